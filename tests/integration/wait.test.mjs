// What one waiter receives.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { matchGet, predictionJson, scriptedStates }
  from './support/sandbox.mjs';
import { gateway, predictions, sandbox, useSharedGateway }
  from './support/shared_gateway.mjs';
import { fromValue, toValue } from './support/value.mjs';

const TOKEN = secret('wait-token-1');
const fastPoll = { poll_interval: { nanos: 100e6 } };

useSharedGateway({ token: TOKEN });

// Returns the id of a prediction that runs until it is canceled.
async function running() {
  const { id } = await predictions.create({
    model: 'wriftai/echo', input: toValue({ sandbox: { run_s: 3600 } }),
  });
  return id;
}

const statusTexts = (updates) =>
  updates.map(({ prediction }) => prediction.status_text);

test('updates are numbered from 1 and end with the end of the prediction',
     async () => {
       const id = await running();
       const stream = predictions.wait({ id, wait_options: fastPoll });
       const updates = await stream.take(3);
       await predictions.cancel({ id });
       updates.push(...await stream.rest());
       assert.deepEqual(updates.map(({ sequence }) => Number(sequence)),
                        updates.map((_, i) => i + 1));
       assert.equal(updates.at(-1).prediction.status,
                    'PREDICTION_STATUS_FAILED');
       assert.ok(updates.slice(0, -1).every(
           ({ prediction }) =>
               prediction.status !== 'PREDICTION_STATUS_FAILED'));
     });

test('an update has its time, source and poll interval', async () => {
  const id = await running();
  const start = Date.now() / 1000;
  const stream = predictions.wait(
      { id, wait_options: { poll_interval: { nanos: 250e6 } } });
  // The first update is the response to the create.
  assert.equal((await stream.next()).source, 'SOURCE_CREATE');
  const update = await stream.next();
  stream.cancel();
  assert.equal(update.source, 'SOURCE_GET');
  assert.deepEqual(update.interval, { seconds: '0', nanos: 250e6 });
  const { seconds, nanos } = update.observed_at;
  const observed = Number(seconds) + nanos / 1e9;
  assert.ok(observed >= start - 1 && observed <= Date.now() / 1000 + 1);
});

test('the poll interval is one second by default', async () => {
  const id = await running();
  const stream = predictions.wait({ id });
  assert.deepEqual((await stream.next()).interval,
                   { seconds: '1', nanos: 0 });
  stream.cancel();
});

test('CreateAndWait begins with the response to the create', async () => {
  const stream = predictions.createAndWait({
    create: {
      model: 'wriftai/echo', input: toValue({ sandbox: { run_s: 3600 } }),
    },
    wait_options: fastPoll,
  });
  const [first, second] = await stream.take(2);
  stream.cancel();
  assert.equal(first.source, 'SOURCE_CREATE');
  assert.equal(second.source, 'SOURCE_GET');
  assert.equal(first.prediction.id, second.prediction.id);
});

test('every poll result is sent, repeated states too', async () => {
  const id = randomUUID();
  await sandbox.addFaults(
      ...scriptedStates(id, ['pending', 'started', 'succeeded'], 4));
  const updates =
      await predictions.wait({ id, wait_options: fastPoll }).rest();
  // A poll that is half an interval late may count for two.
  assert.ok(updates.length >= 5, statusTexts(updates).join());
  assert.deepEqual([...new Set(statusTexts(updates))],
                   ['pending', 'started', 'succeeded']);
});

test('only_changes sends each change and nothing else', async () => {
  const id = randomUUID();
  await sandbox.addFaults(
      ...scriptedStates(id, ['pending', 'started', 'succeeded'], 3));
  const updates = await predictions.wait(
      { id, wait_options: { ...fastPoll, only_changes: true } }).rest();
  assert.deepEqual(statusTexts(updates), ['pending', 'started', 'succeeded']);
  assert.deepEqual(updates.map(({ sequence }) => sequence), ['1', '2', '3']);
});

test('a status never goes back, even if it does upstream', async () => {
  const id = randomUUID();
  await sandbox.addFaults(...scriptedStates(
      id, ['started', 'pending', 'started', 'pending', 'succeeded'], 1));
  const updates =
      await predictions.wait({ id, wait_options: fastPoll }).rest();
  assert.deepEqual([...new Set(statusTexts(updates))],
                   ['started', 'succeeded']);
});

test('an unknown status is passed on and does not end the Wait', async () => {
  const id = randomUUID();
  await sandbox.addFaults(
      ...scriptedStates(id, ['pending', 'paused', 'succeeded'], 1));
  const updates =
      await predictions.wait({ id, wait_options: fastPoll }).rest();
  assert.deepEqual(statusTexts(updates), ['pending', 'paused', 'succeeded']);
  assert.equal(updates[1].prediction.status, 'PREDICTION_STATUS_UNSPECIFIED');
});

test('a prediction that has ended is sent once, then OK', async () => {
  const id = randomUUID();
  await sandbox.addFaults(...scriptedStates(id, ['succeeded'], 1));
  const updates = await predictions.wait({ id }).rest();
  assert.deepEqual(statusTexts(updates), ['succeeded']);
  assert.equal(await sandbox.getCount(id), 1);
});

test('a failed prediction is not an error of the call', async () => {
  const end = await predictions.createAndWait({
    create: { model: 'wriftai/failing', input: toValue({}) },
    wait_options: fastPoll,
  }).last();
  assert.equal(end.prediction.status, 'PREDICTION_STATUS_FAILED');
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

describe('a transient failure', { concurrency: 8 }, () => {
  for (const [name, fault] of [
    ['500', { status: 500, body: 'oops' }],
    ['502', { status: 502, body: '<html>bad gateway</html>' }],
    ['503', { status: 503, body: '' }],
    ['429', { status: 429, body: '', headers: { 'x-ratelimit-reset': '1' } }],
    ['connection that closes', { close_without_response: true }],
    ['truncated body',
     { cut_body: true, status: 200, body: '{"id":"1","a":"b"}' }],
    ['body that is not JSON', { bad_json: true, status: 200, body: '' }],
  ]) {
    test(`a Wait survives a ${name}`, async () => {
      const id = randomUUID();
      const state = (status) =>
        ({ ...matchGet(id), status: 200, body: predictionJson(id, status) });
      await sandbox.addFaults({ ...state('started'), times: 1 },
                              { ...matchGet(id), ...fault, times: 1 },
                              state('succeeded'));
      const updates =
          await predictions.wait({ id, wait_options: fastPoll }).rest();
      assert.deepEqual(statusTexts(updates), ['started', 'succeeded']);
      assert.equal(await sandbox.getCount(id), 3);
    });
  }
});

for (const [status, code] of
     [[401, 'UNAUTHENTICATED'], [403, 'PERMISSION_DENIED'],
      [404, 'NOT_FOUND'], [410, 'NOT_FOUND']]) {
  test(`a ${status} to a poll ends a Wait with ${code}`, async (t) => {
    const id = randomUUID();
    await sandbox.addFaults(
        { ...matchGet(id), times: 1, status: 200,
          body: predictionJson(id, 'started') },
        { ...matchGet(id), status, body: '{"detail":"no more"}' });
    // With its own token, because a 401 ends all waits of a token.
    const client =
        new Client(gateway.address, { token: secret(`refused-${status}`) });
    t.after(() => client.close());
    const stream = client.wait({ id, wait_options: fastPoll });
    assert.equal((await stream.next()).prediction.status,
                 'PREDICTION_STATUS_STARTED');
    await failure(stream.next(), { code });
  });
}

test('a Wait survives an upstream outage', async (t) => {
  const upstream = await FakeUpstream.start();
  const other = await Gateway.start(
      { apiBaseUrl: upstream.baseUrl, token: TOKEN });
  const client = new Client(other.address);
  t.after(() => Promise.all([client.close(), other.stop(), upstream.stop()]));
  const id = randomUUID();
  const stream = client.wait({ id, wait_options: fastPoll });
  (await upstream.next()).respond(200, predictionJson(id, 'started'));
  assert.equal((await stream.next()).prediction.status,
               'PREDICTION_STATUS_STARTED');
  await upstream.next();
  await upstream.stop();  // Breaks the poll in flight.
  await failure(client.get({ id }),
                { code: 'UNAVAILABLE', reason: 'UPSTREAM_UNREACHABLE' });
  await upstream.restart();
  (await upstream.next()).respond(200, predictionJson(id, 'succeeded'));
  assert.deepEqual(statusTexts(await stream.rest()), ['succeeded']);
});

test('a Wait ends with DEADLINE_EXCEEDED at its deadline', async () => {
  const id = await running();
  const stream = predictions.wait({ id }, { timeoutMs: 1000 });
  await failure(stream.rest(), { code: 'DEADLINE_EXCEEDED' });
  assert.equal((await predictions.get({ id })).status,
               'PREDICTION_STATUS_STARTED');
});

test('--max_wait ends a Wait and says that the prediction still runs',
     async (t) => {
       const limited = await Gateway.start({
         apiBaseUrl: sandbox.baseUrl, token: TOKEN, flags: ['--max_wait=1s'],
       });
       const client = new Client(limited.address);
       t.after(() => Promise.all([client.close(), limited.stop()]));
       const id = await running();
       const error = await failure(
           client.wait({ id, wait_options: fastPoll }).rest(),
           { code: 'DEADLINE_EXCEEDED', reason: 'MAX_WAIT_EXCEEDED' });
       assert.ok(error.message.includes(`before prediction ${id} ended; wait for it`));
     });
