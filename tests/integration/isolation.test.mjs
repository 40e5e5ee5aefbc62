// What an upstream says that nobody asked for, or about something else, reaches
// no caller.
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

// Answers a request; the tests replace it.
let answer;

before(async () => {
  upstream = await RawUpstream.start((request) => answer(request));
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
const proper = (request) =>
  request.respond(200, predictionJson(idOf(request), 'started'));

describe('a surplus response', () => {
  const stranger = predictionJson(randomUUID(), 'succeeded',
                                  { output: 'somebody else\'s' });
  const chunked = (body) => Buffer.concat([
    rawResponse(200, '', { 'transfer-encoding': 'chunked' }),
    Buffer.from(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`)]);

  // Each row: what is sent at once, and what later, as the answer to the first
  // request for `id`.
  const ROWS = [
    ['that comes later', (id) => [
      rawResponse(200, predictionJson(id, 'started')),
      rawResponse(200, stranger)]],
    ['right behind the first', (id) => [Buffer.concat([
      rawResponse(200, predictionJson(id, 'started')),
      rawResponse(200, stranger)])]],
    ['behind chunks, a part later', (id) => {
      const surplus = rawResponse(200, stranger);
      return [Buffer.concat([chunked(predictionJson(id, 'started')),
                             surplus.subarray(0, 10)]),
              surplus.subarray(10)];
    }],
    ['behind bytes that belong to nothing', (id) => [
      Buffer.concat([chunked(predictionJson(id, 'started')),
                     Buffer.from('\r\n')]),
      rawResponse(200, stranger)]],
  ];

  for (const [name, bytesOf] of ROWS) {
    test(`${name} answers no call`, async () => {
      let sent;
      answer = (request) => {
        const [now, ...later] = bytesOf(idOf(request));
        sent = request.send(now).then(
            () => Promise.all(later.map((bytes) => request.send(bytes))));
        answer = proper;
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

  test('does not reach a create either', async () => {
    answer = proper;
    const owner = newClient();
    await owner.get({ id: randomUUID() });
    await upstream.requests.at(-1).respond(200, stranger);
    const own = randomUUID();
    answer = (request) => request.respond(202, predictionJson(own, 'pending'));
    const created = await owner.create(
        { model: 'wriftai/echo', input: toValue(1) });
    assert.equal(created.id, own);
  });
});

test('two credentials share no connection', async () => {
  answer = proper;
  const pair = [newClient(), newClient()];
  for (let i = 0; i < 6; ++i) await pair[i % 2].get({ id: randomUUID() });
  const used = upstream.requests.slice(-6).map(
      ({ token, connection }) => `${token} on ${connection}`);
  assert.equal(new Set(used).size, 2, `${used}`);
  assert.equal(new Set(used.map((text) => text.split(' ').at(-1))).size, 2);
});

describe('a response about another id', () => {
  const invalid = { code: 'INTERNAL', reason: 'UPSTREAM_RESPONSE_INVALID' };

  test('is no answer, and is not kept', async () => {
    const client = newClient();
    const [asked, named] = [randomUUID(), randomUUID()];
    answer = (request) => request.respond(
        200, predictionJson(named, 'succeeded', { output: 'of the other' }));
    const error = await failure(client.get({ id: asked }), invalid);
    assert.match(error.message, /id: expected/);

    answer = proper;
    const { id, status_text } = await client.get({ id: named });
    assert.deepEqual([id, status_text], [named, 'started']);
    const wait = client.wait({ id: named });
    assert.equal((await wait.next()).prediction.status_text, 'started');
    wait.cancel();
    const paths = upstream.requestsOf(`/v1/predictions/${named}`);
    assert.ok(paths.length >= 1, 'the other id was answered from a cache');
  });

  // Else each further request would get the answer to the one before.
  test('ends the use of its connection', async () => {
    const client = newClient();
    // One connection is a response behind; others are not.
    let first;
    let late = rawResponse(200, predictionJson(randomUUID(), 'started'));
    answer = (request) => {
      first ??= request.connection;
      if (request.connection !== first) return proper(request);
      request.send(late);
      late = rawResponse(200, predictionJson(idOf(request), 'started'));
    };
    await failure(client.get({ id: randomUUID() }), invalid);
    const id = randomUUID();
    assert.equal((await client.get({ id })).id, id);
  });

  test('is no answer to a Cancel', async () => {
    answer = (request) => request.respond(
        200, predictionJson(randomUUID(), 'failed'));
    await failure(newClient().cancel({ id: randomUUID() }), invalid);
  });

  test('is no update of a Wait', async () => {
    const client = newClient();
    const id = randomUUID();
    let polls = 0;
    answer = (request) => request.respond(200, predictionJson(
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
    ['nothing', ''],
    ['no UUID', 'prediction-7'],
    ['a UUID and more', `${randomUUID()}/cancel`],
  ]) {
    test(`that is ${name} is no answer to any call`, async () => {
      const client = newClient();
      const good = randomUUID();
      answer = (request) => {
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
