// What waiters share: polls, and nothing else.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { secret } from './support/program.mjs';
import { RawCall } from './support/raw_call.mjs';
import { failure } from './support/rpc_error.mjs';
import { matchGet } from './support/sandbox.mjs';
import { decode, encode } from './support/schema.mjs';
import { gateway, predictions, sandbox, useSharedGateway }
  from './support/shared_gateway.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('sharing-token-1');
const fastPoll = { poll_interval: { nanos: 100e6 } };

useSharedGateway({ token: TOKEN });

// Returns the id of a prediction that runs until it is canceled.
async function running(input = {}) {
  const { id } = await predictions.create({
    model: 'wriftai/echo',
    input: toValue({ ...input, sandbox: { run_s: 3600 } }),
  });
  return id;
}

const statuses = (updates) =>
  updates.map(({ prediction }) => prediction.status);

test('300 waiters for one prediction share its polls', async () => {
  const id = await running();
  const streams = Array.from(
      { length: 300 }, () => predictions.wait({ id, wait_options: fastPoll }));
  // Each sees at least two polls; alone, each would have made them.
  await Promise.all(streams.map((stream) => stream.take(2)));
  await predictions.cancel({ id });
  const ends = await Promise.all(streams.map((stream) => stream.last()));
  assert.ok(ends.every(
      ({ prediction }) => prediction.status === 'PREDICTION_STATUS_FAILED'));
  // The number of polls depends on the readers' speed.
  const polls = await sandbox.getCount(id);
  assert.ok(polls < streams.length, `${polls} polls`);
});

test('polls use the shortest interval; each waiter keeps its own',
     async () => {
       const id = await running();
       const slow = predictions.wait(
           { id, wait_options: { poll_interval: { seconds: 3600 } } });
       const updates = [await slow.next()];
       const fast = predictions.wait({ id, wait_options: fastPoll });
       await fast.take(4);
       await predictions.cancel({ id });
       await fast.rest();
       updates.push(...await slow.rest());
       // Only the changes, although the fast waiter got more updates.
       assert.deepEqual([...new Set(statuses(updates))], statuses(updates));
       assert.equal(statuses(updates).at(-1), 'PREDICTION_STATUS_FAILED');
     });

test('a later waiter gets the latest state at once', async () => {
  const id = await running();
  const first = predictions.wait({ id, wait_options: fastPoll });
  await first.take(2);
  // From now on no poll gets a response.
  await sandbox.addFaults({ ...matchGet(id), delay_ms: 3_600_000 });
  const later = predictions.wait({ id, wait_options: fastPoll });
  assert.equal((await later.next()).prediction.status,
               'PREDICTION_STATUS_STARTED');
  first.cancel();
  later.cancel();
});

test('polls stop once the last waiter has left', async () => {
  const left = await running();
  const other = await running();
  const leaving = predictions.wait({ id: left, wait_options: fastPoll });
  await leaving.take(2);
  leaving.cancel();
  const clock = predictions.wait({ id: other, wait_options: fastPoll });
  await clock.take(3);
  const count = await sandbox.getCount(left);
  await clock.take(3);
  clock.cancel();
  assert.equal(await sandbox.getCount(left), count);
});

test('a waiter that leaves does not end the waits of others', async () => {
  const id = await running();
  const leaving = predictions.wait({ id, wait_options: fastPoll });
  const staying = predictions.wait({ id, wait_options: fastPoll });
  await leaving.next();
  leaving.cancel();
  await staying.take(3);
  await predictions.cancel({ id });
  assert.equal(statuses(await staying.rest()).at(-1),
               'PREDICTION_STATUS_FAILED');
});

test('a waiter that leaves does not cancel the prediction', async () => {
  const id = await running();
  const leaving = predictions.wait({ id });
  await leaving.next();
  leaving.cancel();
  assert.equal((await predictions.get({ id })).status,
               'PREDICTION_STATUS_STARTED');
});

test('a blocked reader gets the latest state and the end, not a queue',
     async () => {
       // Each update is larger than the HTTP/2 windows.
       const id = await running({ filler: 'x'.repeat(300_000) });
       const request = { id, wait_options: fastPoll };
       const stuck =
           new RawCall(gateway.address, 'Wait', encode('WaitRequest', request));
       const reader = predictions.wait(request);
       await reader.take(8);
       await predictions.cancel({ id });
       assert.equal(statuses(await reader.rest()).at(-1),
                    'PREDICTION_STATUS_FAILED');
       const { messages, headers } = await stuck.finish();
       const updates =
           messages.map((bytes) => decode('PredictionUpdate', bytes));
       assert.equal(headers['grpc-status'], '0');
       // The update that was in flight when it stopped, and the end.
       assert.equal(statuses(updates).at(-1), 'PREDICTION_STATUS_FAILED');
       assert.deepEqual(updates.map(({ sequence }) => sequence), ['1', '2']);
     });

test('two tokens never share a prediction', async (t) => {
  const id = await running();
  const other = new Client(gateway.address,
                           { token: secret('sharing-token-2') });
  t.after(() => other.close());
  const owner = predictions.wait({ id, wait_options: fastPoll });
  await owner.take(2);
  await failure(other.wait({ id, wait_options: fastPoll }).next(),
                { code: 'NOT_FOUND' });
  await failure(other.get({ id }), { code: 'NOT_FOUND' });
  await failure(other.cancel({ id }), { code: 'NOT_FOUND' });
  // The owner is not affected.
  await owner.take(2);
  await predictions.cancel({ id });
  assert.equal(statuses(await owner.rest()).at(-1), 'PREDICTION_STATUS_FAILED');
});

test('an unknown prediction ends the waits of all waiters', async () => {
  const id = randomUUID();
  const streams = Array.from(
      { length: 20 }, () => predictions.wait({ id, wait_options: fastPoll }));
  await Promise.all(streams.map((stream) =>
    failure(stream.next(), { code: 'NOT_FOUND' })));
});

test('200 concurrent waits each get the end of their prediction',
     async () => {
       const ends = await Promise.all(Array.from({ length: 200 }, (_, i) =>
         predictions.createAndWait({
           create: { model: 'wriftai/echo', input: toValue(i) },
           wait_options: fastPoll,
         }).last()));
       assert.deepEqual(
           ends.map(({ prediction }) => prediction.output.numberValue),
           ends.map((_, i) => i));
     });
