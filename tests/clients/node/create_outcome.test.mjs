// What follows if a create fails, and a prediction may have been created.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { connect, startPrograms } from './fixture.mjs';
import { CreateOutcomeUnknown } from './package.mjs';

// Programs of its own: the gateway remembers the request ids. `faults`: of the
// next POST.
async function setUp(t, fault) {
  const { sandbox, gateway } = await startPrograms();
  t.after(async () => {
    await gateway.stop();
    await sandbox.stop();
  });
  return {
    sandbox, predictions: connect(t, {}, gateway.address),
    fail: () => sandbox.addFaults({ method: 'POST', times: 1, ...fault }),
  };
}

const LOST_RESPONSE = { close_after_processing: true };
const LOST_REQUEST = { close_without_response: true };
const echo = { model: 'wriftai/echo', input: 1 };

test('an unknown outcome is raised and not repeated', async (t) => {
  const { sandbox, predictions, fail } = await setUp(t, LOST_RESPONSE);
  await fail();
  const requestId = randomUUID();
  await assert.rejects(predictions.create({ ...echo, requestId }), (error) => {
    assert.ok(error instanceof CreateOutcomeUnknown);
    assert.equal(error.reason, 'CREATE_OUTCOME_UNKNOWN');
    assert.equal(error.requestId, requestId);
    return true;
  });
  assert.equal(await sandbox.createdCount(), 1);
});

test('the created prediction is found by its model and input', async (t) => {
  const { sandbox, predictions, fail } = await setUp(t, LOST_RESPONSE);
  for (const n of [1, '1', null]) {
    await predictions.create({ ...echo, input: { n } });
  }
  await predictions.create({ model: 'wriftai/failing', input: { n: true } });
  await fail();
  const prediction = await predictions.create({
    ...echo, inputJson: '{"n": true}', input: undefined, ifUnknown: 'find',
    wait: true,
  });
  assert.equal(prediction.outputJson, '{"n": true}');
  assert.equal(await sandbox.createdCount(), 5);
});

test('find does not create a missing prediction again', async (t) => {
  const { sandbox, predictions, fail } = await setUp(t, LOST_REQUEST);
  await fail();
  await assert.rejects(predictions.create({ ...echo, ifUnknown: 'find' }),
                       CreateOutcomeUnknown);
  assert.equal(await sandbox.createdCount(), 0);
});

test('find_or_create creates a missing prediction again', async (t) => {
  const { sandbox, predictions, fail } = await setUp(t, LOST_REQUEST);
  await fail();
  const prediction = await predictions.create(
      { ...echo, ifUnknown: 'find_or_create', wait: true });
  assert.equal(prediction.output, 1);
  assert.equal(await sandbox.createdCount(), 1);
});

test('a create is repeated after the API\'s own 429', async (t) => {
  const { sandbox, predictions, fail } = await setUp(t, {
    status: 429, body: '{"detail": "slow down"}',
    headers: {
      'content-type': 'application/json',
      'x-ratelimit-reset': `${Math.trunc(Date.now() / 1e3) + 1}`,
    },
  });
  await fail();
  await predictions.create(echo);
  assert.equal(await sandbox.createdCount(), 1);
});

test('one request id creates once', async (t) => {
  const { sandbox, predictions } = await setUp(t);
  const requestId = randomUUID();
  const [first, second] = await Promise.all(
      [1, 2].map(() => predictions.create({ ...echo, requestId })));
  assert.equal(first.id, second.id);
  assert.equal(await sandbox.createdCount(), 1);
});
