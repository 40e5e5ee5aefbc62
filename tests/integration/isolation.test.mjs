// Unsolicited upstream responses, or ones about another prediction, reach no
// caller.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { RawUpstream, rawResponse } from '../support/raw_upstream.mjs';
import { Client } from './support/client.mjs';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';

let upstream;
let gateway;
const clients = [];

// Handles a request; each test replaces it.
let handler;

before(async () => {
  upstream = await RawUpstream.start((request) => handler(request));
  gateway = await Gateway.start({ apiBaseUrl: upstream.baseUrl });
});

after(async () => {
  clients.forEach((client) => client.close());
  await gateway?.stop();
  await upstream?.stop();
});

function newClient() {
  const token = secret(`isolation-token-${clients.length}`);
  clients.push(new Client(gateway.address, { token }));
  return clients.at(-1);
}

const idOf = (request) => request.path.split('/').at(-1);
const respondStarted = (request) =>
  request.respond(200, predictionJson(idOf(request), 'started'));

describe('a surplus response', () => {
  const foreign = predictionJson(randomUUID(), 'succeeded',
                                  { output: 'another caller\'s' });
  const chunked = (body) => Buffer.concat([
    rawResponse(200, '', { 'transfer-encoding': 'chunked' }),
    Buffer.from(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`)]);

  // Each row: what is sent at once, and what later, in response to the first
  // request for `id`.
  const ROWS = [
    ['that arrives later', (id) => [
      rawResponse(200, predictionJson(id, 'started')),
      rawResponse(200, foreign)]],
    ['right after the first', (id) => [Buffer.concat([
      rawResponse(200, predictionJson(id, 'started')),
      rawResponse(200, foreign)])]],
    ['after a chunked body, partly later', (id) => {
      const surplus = rawResponse(200, foreign);
      return [Buffer.concat([chunked(predictionJson(id, 'started')),
                             surplus.subarray(0, 10)]),
              surplus.subarray(10)];
    }],
    ['after stray bytes', (id) => [
      Buffer.concat([chunked(predictionJson(id, 'started')),
                     Buffer.from('\r\n')]),
      rawResponse(200, foreign)]],
  ];

  for (const [name, bytesOf] of ROWS) {
    test(`${name} completes no call`, async () => {
      let sent;
      handler = (request) => {
        const [now, ...later] = bytesOf(idOf(request));
        sent = request.send(now).then(
            () => Promise.all(later.map((bytes) => request.send(bytes))));
        handler = respondStarted;
      };
      const [owner, other] = [newClient(), newClient()];
      const first = randomUUID();
      assert.equal((await owner.get({ id: first })).id, first);
      await sent;
      for (const client of [other, owner, other]) {
        const id = randomUUID();
        const { id: got, status_text } = await client.get({ id });
        assert.deepEqual([got, status_text], [id, 'started']);
      }
    });
  }

  test('completes no create', async () => {
    handler = respondStarted;
    const owner = newClient();
    await owner.get({ id: randomUUID() });
    await upstream.requests.at(-1).respond(200, foreign);
    const id = randomUUID();
    handler = (request) => request.respond(202, predictionJson(id, 'pending'));
    const created = await owner.create(
        { model: 'wriftai/echo', input: toValue(1) });
    assert.equal(created.id, id);
  });
});

test('two credentials never share a connection', async () => {
  handler = respondStarted;
  const pair = [newClient(), newClient()];
  for (let i = 0; i < 6; ++i) await pair[i % 2].get({ id: randomUUID() });
  const used = upstream.requests.slice(-6).map(
      ({ token, connection }) => `${token} on ${connection}`);
  assert.equal(new Set(used).size, 2, `${used}`);
  assert.equal(new Set(used.map((text) => text.split(' ').at(-1))).size, 2);
});

describe('a response with another id', () => {
  const invalid = { code: 'INTERNAL', reason: 'UPSTREAM_RESPONSE_INVALID' };

  test('is an error, and is not cached', async () => {
    const client = newClient();
    const [asked, named] = [randomUUID(), randomUUID()];
    handler = (request) => request.respond(
        200, predictionJson(named, 'succeeded', { output: 'of the other' }));
    const error = await failure(client.get({ id: asked }), invalid);
    assert.match(error.message, /id: expected/);

    handler = respondStarted;
    const { id, status_text } = await client.get({ id: named });
    assert.deepEqual([id, status_text], [named, 'started']);
    const wait = client.wait({ id: named });
    assert.equal((await wait.next()).prediction.status_text, 'started');
    wait.cancel();
    const paths = upstream.requestsOf(`/v1/predictions/${named}`);
    assert.ok(paths.length >= 1, 'the other id came from a cache');
  });

  // Otherwise each later request would get the response to the previous one.
  test('closes its connection', async () => {
    const client = newClient();
    // One connection is one response behind; others are not.
    let first;
    let late = rawResponse(200, predictionJson(randomUUID(), 'started'));
    handler = (request) => {
      first ??= request.connection;
      if (request.connection !== first) return respondStarted(request);
      request.send(late);
      late = rawResponse(200, predictionJson(idOf(request), 'started'));
    };
    await failure(client.get({ id: randomUUID() }), invalid);
    const id = randomUUID();
    assert.equal((await client.get({ id })).id, id);
  });

  test('is an error for Cancel', async () => {
    handler = (request) => request.respond(
        200, predictionJson(randomUUID(), 'failed'));
    await failure(newClient().cancel({ id: randomUUID() }), invalid);
  });

  test('is not an update of a Wait', async () => {
    const client = newClient();
    const id = randomUUID();
    let polls = 0;
    handler = (request) => request.respond(200, predictionJson(
        ++polls === 1 ? randomUUID() : id, polls === 1 ? 'failed' : 'started'));
    const wait = client.wait({ id, poll_interval: { nanos: 1e8 } });
    const { prediction } = await wait.next();
    wait.cancel();
    assert.deepEqual([prediction.id, prediction.status_text],
                     [id, 'started']);
  });

  for (const [name, bad] of [
    ['a path and a header', '../../x?\r\nhost: evil'],
    ['a megabyte', 'x'.repeat(1 << 20)],
    ['control characters', '\u0000\u001b[31m\u0085'],
    ['empty', ''],
    ['not a UUID', 'prediction-7'],
    ['a UUID with a suffix', `${randomUUID()}/cancel`],
  ]) {
    test(`that is ${name} completes no call`, async () => {
      const client = newClient();
      const good = randomUUID();
      handler = (request) => {
        if (request.path.includes('?')) {
          return request.respond(200, JSON.stringify({
            items: [bad, good].map(
                (id) => JSON.parse(predictionJson(id, 'started'))),
            next_cursor: null, previous_cursor: null,
          }));
        }
        return request.respond(200, predictionJson(bad, 'started'));
      };
      await failure(client.get({ id: randomUUID() }), invalid);
      const { predictions } = await client.list({});
      assert.deepEqual(predictions.map(({ id }) => id), [good]);
      const error = await failure(
          client.create({ model: 'wriftai/echo', input: toValue(1) }), {});
      assert.ok(['INTERNAL', 'UNKNOWN'].includes(error.code), error.code);
      assert.ok(error.message.length < 1000, `${error.message.length}`);
      const lines = gateway.program.stderr.split('\n');
      assert.ok(Math.max(...lines.map((line) => line.length)) < 4000);
      assert.ok(!/[\u0000-\u0009\u000b-\u001f\u0080-\u009f]/.test(
          gateway.program.stderr));
    });
  }
});
