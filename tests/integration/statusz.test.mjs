// What /statusz reports as JSON, and what it must not contain.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BusyGateway } from './support/busy_gateway.mjs';

let busy;
before(async () => (busy = await BusyGateway.start()));
after(() => busy?.stop());

test('the report counts waits, predictions and watches', async () => {
  const report = await busy.report();
  assert.equal(report.phase, 'serving');
  assert.match(report.version, /^\d+\.\d+\.\d+$/);
  assert.equal(report.waits.waiters, busy.waiters);
  assert.equal(report.waits.predictions, busy.predictions);
  assert.equal(report.streams.open, busy.waiters);
  assert.match(
      report.summary,
      new RegExp(`^Serving, ${busy.waiters} waits on ${busy.predictions} pr`));
  const [{ name, waiters, predictions, reads }] = report.credentials;
  assert.deepEqual({ name, waiters, predictions }, {
    name: busy.credential, waiters: busy.waiters,
    predictions: busy.predictions,
  });
  assert.ok(reads.sent_per_second > 0);
  assert.equal(report.watches.failing, 1);
  const byState = Object.fromEntries(report.watches.groups.map(
      ({ state, predictions: counts }) =>
        [state, counts.reduce((sum, count) => sum + count)]));
  assert.equal(byState['no state yet'], 1);
  assert.equal(byState.pending + byState.started, busy.predictions - 1);
});

test('the blocked reader is among the slowest streams', async () => {
  const stream = busy.findStuckStream(await busy.report());
  assert.equal(stream.credential, busy.credential);
  assert.ok(stream.conflated > 0 || stream.write_seconds >= 1);
});

test('failing polls are among the errors', async () => {
  const error = busy.findFailedPoll(await busy.report());
  assert.equal(error.method, 'poll');
  assert.equal(error.code, 'UNAVAILABLE');
  assert.equal(error.reason, 'UPSTREAM_UNAVAILABLE');
  assert.equal(error.message, 'WriftAI returned 503');
  assert.equal(error.credential, busy.credential);
});

test('the page contains neither tokens nor payloads', async () => {
  for (const path of ['/statusz', '/statusz?format=json']) {
    const { body } = await busy.gateway.page(path);
    assert.ok(body.includes(busy.credential));
    assert.ok(!body.includes(busy.token));
    assert.ok(!body.includes(busy.payload));
  }
});

test('the report has calls, upstream requests and the process', async () => {
  const report = await busy.report();
  const names = report.methods.map(({ name }) => name);
  assert.deepEqual(names, ['Create', 'Wait']);
  const [create, wait] = report.methods;
  assert.equal(create.ok_recent, busy.predictions - 1);
  assert.equal(create.failures_recent, 0);
  assert.ok(create.recent_p50_seconds > 0);
  assert.equal(wait.in_progress, busy.waiters);
  const get = report.upstream_operations.find(({ name }) => name === 'get');
  const failed = get.results.find(({ result }) => result === '503');
  assert.equal(failed.failure, true);
  assert.ok(failed.recent > 0);
  assert.ok(report.process.resident_bytes > 1e6);
  assert.ok(report.process.open_fds > 10);
});

test('an unknown format is rejected', async () => {
  const { status, body } = await busy.gateway.page('/statusz?format=xml');
  assert.equal(status, 400);
  assert.equal(body, 'format: expected html or json\n');
});
