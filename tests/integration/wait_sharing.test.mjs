// What waiters have to do with each other: they share polls, and nothing else.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { secret } from './support/program.mjs';
import { RawCall } from './support/raw_call.mjs';
import { failure } from './support/rpc_error.mjs';
import { getOf } from './support/sandbox.mjs';
import { decode, encode } from './support/schema.mjs';
import { gateway, predictions, sandbox, serve } from './support/served.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('sharing-token-1');
const often = { poll_interval: { nanos: 100e6 } };

serve({ token: TOKEN });

// A prediction that runs until it is cancelled; its id.
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
      { length: 300 }, () => predictions.wait({ id, wait_options: often }));
  // Of at least two polls; alone, each would have made them.
  await Promise.all(streams.map((stream) => stream.take(2)));
  await predictions.cancel({ id });
  const ends = await Promise.all(streams.map((stream) => stream.last()));
  assert.ok(ends.every(
      ({ prediction }) => prediction.status === 'STATUS_FAILED'));
  // How many there are is up to how fast the readers are.
  const polls = await sandbox.getCount(id);
  assert.ok(polls < streams.length, `${polls} polls`);
});

test('the polls follow the most eager waiter; each keeps its own interval',
     async () => {
       const id = await running();
       const patient = predictions.wait(
           { id, wait_options: { poll_interval: { seconds: 3600 } } });
       const told = [await patient.next()];
       const eager = predictions.wait({ id, wait_options: often });
       await eager.take(4);
       await predictions.cancel({ id });
       await eager.rest();
       told.push(...await patient.rest());
       // The changes alone, however often the eager one was told.
       assert.deepEqual([...new Set(statuses(told))], statuses(told));
       assert.equal(statuses(told).at(-1), 'STATUS_FAILED');
     });

test('who comes later is told the newest state at once', async () => {
  const id = await running();
  const first = predictions.wait({ id, wait_options: often });
  await first.take(2);
  // From now on no poll is answered.
  await sandbox.addFaults({ ...getOf(id), delay_ms: 3_600_000 });
  const later = predictions.wait({ id, wait_options: often });
  assert.equal((await later.next()).prediction.status, 'STATUS_STARTED');
  first.cancel();
  later.cancel();
});

test('nobody is asked for once the last waiter has left', async () => {
  const left = await running();
  const other = await running();
  const leaver = predictions.wait({ id: left, wait_options: often });
  await leaver.take(2);
  leaver.cancel();
  const clock = predictions.wait({ id: other, wait_options: often });
  await clock.take(3);
  const count = await sandbox.getCount(left);
  await clock.take(3);
  clock.cancel();
  assert.equal(await sandbox.getCount(left), count);
});

test('who leaves does not end the wait of the others', async () => {
  const id = await running();
  const leaver = predictions.wait({ id, wait_options: often });
  const stayer = predictions.wait({ id, wait_options: often });
  await leaver.next();
  leaver.cancel();
  await stayer.take(3);
  await predictions.cancel({ id });
  assert.equal(statuses(await stayer.rest()).at(-1), 'STATUS_FAILED');
});

test('leaving does not cancel the prediction', async () => {
  const id = await running();
  const leaver = predictions.wait({ id });
  await leaver.next();
  leaver.cancel();
  assert.equal((await predictions.get({ id })).status, 'STATUS_STARTED');
});

test('a reader that stops gets the newest state and the end, not a queue',
     async () => {
       // Each update is larger than the windows of HTTP/2.
       const id = await running({ filler: 'x'.repeat(300_000) });
       const request = { id, wait_options: often };
       const stuck =
           new RawCall(gateway.address, 'Wait', encode('WaitRequest', request));
       const reader = predictions.wait(request);
       await reader.take(8);
       await predictions.cancel({ id });
       assert.equal(statuses(await reader.rest()).at(-1), 'STATUS_FAILED');
       const { messages, headers } = await stuck.finish();
       const updates =
           messages.map((bytes) => decode('PredictionUpdate', bytes));
       assert.equal(headers['grpc-status'], '0');
       // The one that was on its way when it stopped, and the end.
       assert.equal(statuses(updates).at(-1), 'STATUS_FAILED');
       assert.deepEqual(updates.map(({ sequence }) => sequence), ['1', '2']);
     });

test('two tokens never share a prediction', async (t) => {
  const id = await running();
  const stranger = new Client(gateway.address,
                              { token: secret('sharing-token-2') });
  t.after(() => stranger.close());
  const owner = predictions.wait({ id, wait_options: often });
  await owner.take(2);
  await failure(stranger.wait({ id, wait_options: often }).next(),
                { code: 'NOT_FOUND' });
  await failure(stranger.get({ id }), { code: 'NOT_FOUND' });
  await failure(stranger.cancel({ id }), { code: 'NOT_FOUND' });
  // The owner has not noticed.
  await owner.take(2);
  await predictions.cancel({ id });
  assert.equal(statuses(await owner.rest()).at(-1), 'STATUS_FAILED');
});

test('a prediction that is gone for all ends the wait of each', async () => {
  const id = randomUUID();
  const streams = Array.from(
      { length: 20 }, () => predictions.wait({ id, wait_options: often }));
  await Promise.all(streams.map((stream) =>
    failure(stream.next(), { code: 'NOT_FOUND' })));
});

test('200 predictions are waited for at once, each to its own end',
     async () => {
       const ends = await Promise.all(Array.from({ length: 200 }, (_, i) =>
         predictions.createAndWait({
           create: { model: 'wriftai/echo', input: toValue(i) },
           wait_options: often,
         }).last()));
       assert.deepEqual(
           ends.map(({ prediction }) => prediction.output.numberValue),
           ends.map((_, i) => i));
     });
