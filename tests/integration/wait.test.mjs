// What one waiter sees.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { getOf, predictionJson, scriptedStates } from './support/sandbox.mjs';
import { gateway, predictions, sandbox, serve } from './support/served.mjs';
import { fromValue, toValue } from './support/value.mjs';

const TOKEN = secret('wait-token-1');
const often = { poll_interval: { nanos: 100e6 } };

serve({ token: TOKEN });

// A prediction that runs until it is cancelled; its id.
async function running() {
  const { id } = await predictions.create({
    model: 'wriftai/echo', input: toValue({ sandbox: { run_s: 3600 } }),
  });
  return id;
}

const words = (updates) =>
  updates.map(({ prediction }) => prediction.status_text);

test('updates are numbered from 1 and end with the end of the prediction',
     async () => {
       const id = await running();
       const stream = predictions.wait({ id, wait_options: often });
       const updates = await stream.take(3);
       await predictions.cancel({ id });
       updates.push(...await stream.rest());
       assert.deepEqual(updates.map(({ sequence }) => Number(sequence)),
                        updates.map((_, i) => i + 1));
       assert.equal(updates.at(-1).prediction.status, 'STATUS_FAILED');
       assert.ok(updates.slice(0, -1).every(
           ({ prediction }) => prediction.status !== 'STATUS_FAILED'));
     });

test('an update says when, how and how often the gateway asks', async () => {
  const id = await running();
  const began = Date.now() / 1000;
  const stream = predictions.wait(
      { id, wait_options: { poll_interval: { nanos: 250e6 } } });
  // The first is what the create has told.
  assert.equal((await stream.next()).source, 'SOURCE_CREATE');
  const update = await stream.next();
  stream.cancel();
  assert.equal(update.source, 'SOURCE_GET');
  assert.deepEqual(update.interval, { seconds: '0', nanos: 250e6 });
  const { seconds, nanos } = update.observed_at;
  const observed = Number(seconds) + nanos / 1e9;
  assert.ok(observed >= began - 1 && observed <= Date.now() / 1000 + 1);
});

test('the poll interval is one second where none is asked for', async () => {
  const id = await running();
  const stream = predictions.wait({ id });
  assert.deepEqual((await stream.next()).interval,
                   { seconds: '1', nanos: 0 });
  stream.cancel();
});

test('CreateAndWait begins with the answer to the create', async () => {
  const stream = predictions.createAndWait({
    create: {
      model: 'wriftai/echo', input: toValue({ sandbox: { run_s: 3600 } }),
    },
    wait_options: often,
  });
  const [first, second] = await stream.take(2);
  stream.cancel();
  assert.equal(first.source, 'SOURCE_CREATE');
  assert.equal(second.source, 'SOURCE_GET');
  assert.equal(first.prediction.id, second.prediction.id);
});

test('every poll result is told, repeated states too', async () => {
  const id = randomUUID();
  await sandbox.addFaults(
      ...scriptedStates(id, ['pending', 'started', 'succeeded'], 4));
  const updates =
      await predictions.wait({ id, wait_options: often }).rest();
  // A poll that is late by half an interval may stand for two.
  assert.ok(updates.length >= 5, words(updates).join());
  assert.deepEqual([...new Set(words(updates))],
                   ['pending', 'started', 'succeeded']);
});

test('only_changes tells each change and nothing else', async () => {
  const id = randomUUID();
  await sandbox.addFaults(
      ...scriptedStates(id, ['pending', 'started', 'succeeded'], 3));
  const updates = await predictions.wait(
      { id, wait_options: { ...often, only_changes: true } }).rest();
  assert.deepEqual(words(updates), ['pending', 'started', 'succeeded']);
  assert.deepEqual(updates.map(({ sequence }) => sequence), ['1', '2', '3']);
});

test('a status never goes back, whatever the upstream says', async () => {
  const id = randomUUID();
  await sandbox.addFaults(...scriptedStates(
      id, ['started', 'pending', 'started', 'pending', 'succeeded'], 1));
  const updates =
      await predictions.wait({ id, wait_options: often }).rest();
  assert.deepEqual([...new Set(words(updates))], ['started', 'succeeded']);
});

test('a status that nobody knows is passed on and is no end', async () => {
  const id = randomUUID();
  await sandbox.addFaults(
      ...scriptedStates(id, ['pending', 'paused', 'succeeded'], 1));
  const updates =
      await predictions.wait({ id, wait_options: often }).rest();
  assert.deepEqual(words(updates), ['pending', 'paused', 'succeeded']);
  assert.equal(updates[1].prediction.status, 'STATUS_UNSPECIFIED');
});

test('a prediction that has ended is told once, then OK', async () => {
  const id = randomUUID();
  await sandbox.addFaults(...scriptedStates(id, ['succeeded'], 1));
  const updates = await predictions.wait({ id }).rest();
  assert.deepEqual(words(updates), ['succeeded']);
  assert.equal(await sandbox.getCount(id), 1);
});

test('a failed prediction is no error of the call', async () => {
  const end = await predictions.createAndWait({
    create: { model: 'wriftai/failing', input: toValue({}) },
    wait_options: often,
  }).last();
  assert.equal(end.prediction.status, 'STATUS_FAILED');
  const { error } = end.prediction;
  assert.equal(error.source, 'external');
  assert.equal(error.message, 'The model raised an error');
  assert.deepEqual(fromValue(error.detail), {
    type: 'ValueError', frames: [{ file: 'predict.py', line: 42 }],
  });
  assert.equal(end.prediction.output.kind, 'nullValue');
});

test('an unknown prediction ends the Wait', async () => {
  const id = randomUUID();
  const error = await failure(
      predictions.wait({ id }).next(),
      { code: 'NOT_FOUND', reason: 'NOT_FOUND' });
  assert.equal(error.details.ResourceInfo.resource_name, id);
});

describe('a passing trouble', { concurrency: 8 }, () => {
  for (const [name, fault] of [
    ['500', { status: 500, body: 'oops' }],
    ['502', { status: 502, body: '<html>bad gateway</html>' }],
    ['503', { status: 503, body: '' }],
    ['429', { status: 429, body: '', headers: { 'x-ratelimit-reset': '1' } }],
    ['connection that closes', { close_without_reply: true }],
    ['cut body', { cut_body: true, status: 200, body: '{"id":"1","a":"b"}' }],
    ['body that is no JSON', { bad_json: true, status: 200, body: '' }],
  ]) {
    test(`a Wait outlives a ${name}`, async () => {
      const id = randomUUID();
      const state = (status) =>
        ({ ...getOf(id), status: 200, body: predictionJson(id, status) });
      await sandbox.addFaults({ ...state('started'), times: 1 },
                              { ...getOf(id), ...fault, times: 1 },
                              state('succeeded'));
      const updates =
          await predictions.wait({ id, wait_options: often }).rest();
      assert.deepEqual(words(updates), ['started', 'succeeded']);
      assert.equal(await sandbox.getCount(id), 3);
    });
  }
});

for (const [status, code] of
     [[401, 'UNAUTHENTICATED'], [403, 'PERMISSION_DENIED'],
      [404, 'NOT_FOUND'], [410, 'NOT_FOUND']]) {
  test(`a ${status} on the way ends a Wait with ${code}`, async (t) => {
    const id = randomUUID();
    await sandbox.addFaults(
        { ...getOf(id), times: 1, status: 200,
          body: predictionJson(id, 'started') },
        { ...getOf(id), status, body: '{"detail":"no more"}' });
    // Of its own: a token that is refused once is refused for all its waits.
    const client =
        new Client(gateway.address, { token: secret(`refused-${status}`) });
    t.after(() => client.close());
    const stream = client.wait({ id, wait_options: often });
    assert.equal((await stream.next()).prediction.status, 'STATUS_STARTED');
    await failure(stream.next(), { code });
  });
}

test('a Wait outlives an upstream that is down for a while', async (t) => {
  const upstream = await FakeUpstream.start();
  const other = await Gateway.start(
      { apiBaseUrl: upstream.baseUrl, token: TOKEN });
  const client = new Client(other.address);
  t.after(() => Promise.all([client.close(), other.stop(), upstream.stop()]));
  const id = randomUUID();
  const stream = client.wait({ id, wait_options: often });
  (await upstream.next()).answer(200, predictionJson(id, 'started'));
  assert.equal((await stream.next()).prediction.status, 'STATUS_STARTED');
  await upstream.next();
  await upstream.stop();  // The poll under way breaks.
  await failure(client.get({ id }),
                { code: 'UNAVAILABLE', reason: 'UPSTREAM_UNREACHABLE' });
  await upstream.restart();
  (await upstream.next()).answer(200, predictionJson(id, 'succeeded'));
  assert.deepEqual(words(await stream.rest()), ['succeeded']);
});

test('a deadline ends a Wait and says so', async () => {
  const id = await running();
  const stream = predictions.wait({ id }, { timeoutMs: 1000 });
  await failure(stream.rest(), { code: 'DEADLINE_EXCEEDED' });
  assert.equal((await predictions.get({ id })).status, 'STATUS_STARTED');
});

test('--max_wait ends a Wait and says that the prediction goes on',
     async (t) => {
       const hasty = await Gateway.start({
         apiBaseUrl: sandbox.baseUrl, token: TOKEN, flags: ['--max_wait=1s'],
       });
       const client = new Client(hasty.address);
       t.after(() => Promise.all([client.close(), hasty.stop()]));
       const id = await running();
       const error = await failure(
           client.wait({ id, wait_options: often }).rest(),
           { code: 'DEADLINE_EXCEEDED', reason: 'MAX_WAIT_EXCEEDED' });
       assert.ok(error.message.includes(`the prediction ${id} goes on`));
     });
