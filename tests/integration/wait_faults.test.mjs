// An upstream that fails for some ids, or returns a wrong list, does not affect
// waits for other ids. The failing waits end with an error that says why.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { RawUpstream } from '../support/raw_upstream.mjs';
import { Client } from './support/client.mjs';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';

// Low enough that many waits exceed it.
const READS_PER_SECOND = 20;
const FAST_POLL =
  { wait_options: { poll_interval: { nanos: 100e6 } } };
const LONG_TIMEOUT = { timeoutMs: 60_000 };
const EMPTY_PAGE =
  JSON.stringify({ items: [], next_cursor: null, previous_cursor: null });

let upstream;
let gateway;
const clients = [];
const open = [];

// Handlers for the GETs of an id, the list pages and the creates of a token.
// By default a prediction runs, and pages are empty.
const gets = new Map();
const pages = new Map();  // By token.
const creates = new Map();  // By token.

const idOf = (request) => request.path.split('/').at(-1);

before(async () => {
  upstream = await RawUpstream.start((request) => {
    if (request.method === 'POST') return creates.get(request.token)(request);
    if (request.path.includes('/predictions?')) {
      const respond = pages.get(request.token);
      return respond ? respond(request) : request.respond(200, EMPTY_PAGE);
    }
    const id = idOf(request);
    counts.set(id, getsOf(id) + 1);
    const respond = gets.get(id);
    if (respond) return respond(request);
    return request.respond(200, predictionJson(id, 'started'));
  });
  gateway = await Gateway.start({
    apiBaseUrl: upstream.baseUrl, flags: [`--read_rate=${READS_PER_SECOND}`],
  });
});

after(async () => {
  open.forEach((stream) => stream.cancel());
  clients.forEach((client) => client.close());
  await gateway?.stop();
  await upstream?.stop();
});

// A client with a new token, so that tests do not share rate limits.
function newClient() {
  const token = secret(`wait-faults-token-${clients.length}`);
  const client = new Client(gateway.address, { token });
  client.token = token;
  clients.push(client);
  return client;
}

function wait(client, id, options = FAST_POLL) {
  open.push(client.wait({ id, ...options }, LONG_TIMEOUT));
  return open.at(-1);
}

function failingId(status, body = '', headers = {}) {
  const id = randomUUID();
  gets.set(id, (request) => request.respond(status, body, headers));
  return id;
}

function notHttpId() {
  const id = randomUUID();
  gets.set(id, (request) => {
    request.send('SSH-2.0-x\r\n');
    request.socket.end();
  });
  return id;
}

const counts = new Map();
const getsOf = (id) => counts.get(id) ?? 0;

describe('failing ids next to a healthy one', { concurrency: true },
         () => {
  // Each row: how the upstream handles a GET of a failing id.
  const ROWS = [
    ['500', (id) => (r) => r.respond(500, '')],
    ['a truncated body', (id) => (r) => r.respond(200, '{"id": "')],
    ['no response', (id) => () => {}],
    ['a closed connection', (id) => (r) => r.socket.destroy()],
    // Thirty in a row would look like a rate limit of the token, rightly.
    ['429 with Retry-After', (id) => (r) =>
      r.respond(429, '', { 'retry-after': '1' }), [1, 2]],
    ['429 with a Retry-After of an hour', (id) => (r) =>
      r.respond(429, '', { 'retry-after': '3600' }), [2]],
  ];
  for (const [name, respond, numbers = [2, 30]] of ROWS) {
    for (const count of numbers) {
      test(`${name}: ${count} do not stop its updates`, async () => {
        const client = newClient();
        const healthy = wait(client, randomUUID());
        await healthy.take(3);
        const bad = Array.from({ length: count }, () => randomUUID());
        const streams = bad.map((id) => {
          gets.set(id, respond(id));
          return wait(client, id);
        });
        streams.forEach((stream) => stream.next().catch(() => {}));
        await upstream.until(() =>
          bad.filter((id) => getsOf(id) > 0).length >= Math.min(2, count));
        await healthy.take(15);
        streams.forEach((stream) => stream.cancel());
        healthy.cancel();
      });
    }
  }

  test('a healthy id that is added last gets updates', async () => {
    const client = newClient();
    const bad = [failingId(500), failingId(500)];
    for (const id of bad) wait(client, id).next().catch(() => {});
    await upstream.until(() => bad.every((id) => getsOf(id) > 1));
    await wait(client, randomUUID()).take(5);
  });

  test('GETs replace failing pages', async () => {
    const client = newClient();
    pages.set(client.token, (request) => request.respond(500, ''));
    const streams = Array.from({ length: 20 },
                               () => wait(client, randomUUID()));
    await Promise.all(streams.map((stream) => stream.take(2)));
  });
});

test('ends are sent although a stale list hides them', async () => {
  const client = newClient();
  const ids = Array.from({ length: 60 }, () => randomUUID());
  let fetched = 0;
  pages.set(client.token, (request) => {
    ++fetched;
    return request.respond(200, JSON.stringify({
      items: ids.slice(0, 50)
          .map((id) => JSON.parse(predictionJson(id, 'started'))),
      next_cursor: null, previous_cursor: null,
    }));
  });
  const streams = ids.map((id) => wait(client, id));
  await Promise.all(streams.map((stream) => stream.next()));
  await upstream.until(() => fetched > 3, 'pages are used');
  for (const id of ids) {
    gets.set(id, (request) => request.respond(
        200, predictionJson(id, 'succeeded', { output: 1 })));
  }
  const ends = await Promise.all(streams.map((stream) => stream.last()));
  for (const { prediction } of ends) {
    assert.equal(prediction.status, 'PREDICTION_STATUS_SUCCEEDED');
  }
});

describe('a permanent error', { concurrency: true }, () => {
  const HTML = '<html>moved</html>';
  const ROWS = [
    ['301', 'INTERNAL', 'UPSTREAM_RESPONSE_INVALID',
     () => failingId(301, HTML, { location: '/elsewhere' })],
    ['405', 'INTERNAL', 'UPSTREAM_RESPONSE_INVALID',
     () => failingId(405, HTML)],
    ['407', 'INTERNAL', 'UPSTREAM_RESPONSE_INVALID',
     () => failingId(407, HTML)],
    ['402', 'RESOURCE_EXHAUSTED', 'PAYMENT_REQUIRED',
     () => failingId(402, HTML)],
    ['501', 'UNAVAILABLE', 'UPSTREAM_UNAVAILABLE', () => failingId(501)],
    ['511', 'UNAVAILABLE', 'UPSTREAM_UNAVAILABLE', () => failingId(511, HTML)],
    ['a body that is not gzip', 'INTERNAL', 'UPSTREAM_RESPONSE_INVALID',
     () => failingId(200, 'x', { 'content-encoding': 'gzip' })],
    ['a malformed chunk', 'INTERNAL', 'UPSTREAM_RESPONSE_INVALID',
     () => failingId(200, 'zz\r\n', { 'transfer-encoding': 'chunked' })],
    ['an unknown encoding', 'INTERNAL', 'UPSTREAM_RESPONSE_INVALID',
     () => failingId(200, 'x', { 'content-encoding': 'br' })],
    ['bytes that are not HTTP', 'INTERNAL', 'UPSTREAM_RESPONSE_INVALID',
     notHttpId],
    ['HTML with 200', 'INTERNAL', 'UPSTREAM_RESPONSE_INVALID',
     () => failingId(200, HTML, { 'content-type': 'text/html' })],
  ];
  // The attempts are at least a second apart, so all rows run at once.
  test('ends its wait at the fourth attempt, with Get\'s error', async () => {
    await Promise.all(ROWS.map(async ([name, code, reason, make]) => {
      const client = newClient();
      const healthy = wait(client, randomUUID());
      const id = make();
      const error =
        await failure(wait(client, id).next(), { code, reason });
      assert.equal(getsOf(id), 4, name);
      await failure(client.get({ id }),
                    { code, reason, message: error.message });
      await healthy.take(3);
    }));
  });

  test('ends a CreateAndWait, too', async () => {
    const id = failingId(301, HTML, { location: '/elsewhere' });
    const client = newClient();
    creates.set(client.token,
                (r) => r.respond(202, predictionJson(id, 'pending')));
    const stream = client.createAndWait(
        { create: { model: 'o/m', input: toValue(1) }, ...FAST_POLL },
        LONG_TIMEOUT);
    assert.equal((await stream.next()).prediction.status,
                 'PREDICTION_STATUS_PENDING');
    const error = await failure(stream.rest(), { code: 'INTERNAL' });
    assert.equal(error.details.ErrorInfo.metadata.http_status, '301');
  });
});

describe('a 404 right after the create', { concurrency: true }, () => {
  const create = { model: 'o/m', input: toValue(1) };

  // A client whose next create returns `id`. The first `count` GETs of it get
  // 404.
  function createOnLateReplica(count) {
    const client = newClient();
    const id = randomUUID();
    let attempts = 0;
    gets.set(id, (request) => ++attempts <= count
      ? request.respond(404, '{"detail": "not found"}')
      : request.respond(200, predictionJson(id, 'succeeded', { output: 1 })));
    creates.set(client.token,
                (r) => r.respond(202, predictionJson(id, 'pending')));
    return { client, id };
  }

  test('does not end CreateAndWait', async () => {
    const { client } = createOnLateReplica(3);
    const stream =
        client.createAndWait({ create, ...FAST_POLL }, LONG_TIMEOUT);
    assert.equal((await stream.last()).prediction.status,
                 'PREDICTION_STATUS_SUCCEEDED');
  });

  test('does not end a Wait after a Create and its retry', async () => {
    const { client, id } = createOnLateReplica(3);
    const once = { ...create, request_id: randomUUID() };
    await client.create(once);
    await client.create(once);
    const stream = wait(client, id);
    assert.equal((await stream.last()).prediction.status,
                 'PREDICTION_STATUS_SUCCEEDED');
  });

  test('is passed on by Get', async () => {
    const { client, id } = createOnLateReplica(1);
    await client.create(create);
    await failure(client.get({ id }), { code: 'NOT_FOUND' });
    assert.equal((await client.get({ id })).status,
                 'PREDICTION_STATUS_SUCCEEDED');
  });

  test('ends the Wait of a token that did not create it', async () => {
    const { client, id } = createOnLateReplica(1000);
    await client.create(create);
    await failure(wait(newClient(), id).next(), { code: 'NOT_FOUND' });
    assert.equal(getsOf(id), 1);
  });

  test('ends the Wait when it persists', async () => {
    const { client, id } = createOnLateReplica(1000);
    const stream =
        client.createAndWait({ create, ...FAST_POLL }, LONG_TIMEOUT);
    await failure(stream.rest(), { code: 'NOT_FOUND', reason: 'NOT_FOUND' });
    assert.ok(getsOf(id) > 3, `${getsOf(id)} attempts`);
  });
});
