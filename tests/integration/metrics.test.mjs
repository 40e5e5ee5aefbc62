// What operators scrape: the values are right, docs/metrics.md lists every
// metric, and no token appears.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { Gateway } from './support/gateway.mjs';
import { Metrics } from './support/metrics.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { redacted } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('metrics-token-1');
const PREDICTIONS = 3;
const WAITERS = 4;  // For each prediction.

// How the gateway shows the token.
const credential = redacted(TOKEN).replace('Bearer sha256:', '');
const reads = { credential, bucket: 'read' };
const creates = { credential, bucket: 'create' };

let gateway;
let predictions;

before(async () => {
  // The same rates as the sandbox enforces.
  gateway = await Gateway.start(
      { flags: ['--sandbox', '--read_rate=3', '--create_rate=15'] });
  predictions = new Client(gateway.address, { token: TOKEN });
});

after(async () => {
  predictions?.close();
  await gateway?.stop();
});

async function scrape() {
  const { status, type, body } = await gateway.page('/metrics');
  assert.equal(status, 200, body);
  assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8');
  return new Metrics(body);
}

// Waits for predictions that run until canceled, after their first update.
async function wait() {
  const created = await Promise.all(Array.from(
      { length: PREDICTIONS }, () => predictions.create({
        model: 'wriftai/echo', input: toValue({ sandbox: { run_s: 3600 } }),
      })));
  const ids = created.map(({ id }) => id);
  const streams = ids.flatMap((id) => Array.from(
      { length: WAITERS }, () => predictions.wait({ id })));
  await Promise.all(streams.map((stream) => stream.next()));
  return { ids, streams };
}

test('a new gateway has all metrics, at zero', async () => {
  const metrics = await scrape();
  for (const name of ['waiters', 'watches', 'coalescing_ratio', 'waits_total',
                      'updates_total', 'conflated_updates_total',
                      'staleness_seconds_count',
                      'terminal_delay_seconds_count']) {
    assert.equal(metrics.value(name), 0, name);
  }
  assert.equal(metrics.value('polls_total', { method: 'get' }), 0);
  assert.equal(metrics.value('polls_total', { method: 'list' }), 0);
  assert.deepEqual(metrics.samples('budget_used'), []);
});

test('metrics count waiters, watches and updates', async () => {
  const { ids, streams } = await wait();
  const during = await scrape();
  assert.equal(during.value('waiters'), PREDICTIONS * WAITERS);
  assert.equal(during.value('open_streams'), PREDICTIONS * WAITERS);
  assert.equal(during.value('watches'), PREDICTIONS);
  assert.equal(during.value('coalescing_ratio'), WAITERS);
  assert.equal(during.value('waits_total'), PREDICTIONS * WAITERS);

  await Promise.all(ids.map((id) => predictions.cancel({ id })));
  const ends = await Promise.all(streams.map((stream) => stream.last()));
  assert.ok(ends.every(({ prediction }) =>
    prediction.status === 'PREDICTION_STATUS_FAILED'));
  const afterwards = await scrape();
  assert.equal(afterwards.value('waiters'), 0);
  assert.equal(afterwards.value('watches'), 0);
  assert.equal(afterwards.value('coalescing_ratio'), 0);
  assert.equal(afterwards.value('ended_predictions_total'), PREDICTIONS);
  assert.equal(afterwards.value('terminal_delay_seconds_count'), PREDICTIONS);
  assert.ok(afterwards.value('staleness_seconds_count') > 0);
  assert.ok(afterwards.value('updates_total') >= 2 * streams.length);
  assert.ok(afterwards.value('polls_total', { method: 'get' }) > 0);
  assert.ok(afterwards.value('cached_predictions') >= PREDICTIONS);
  assert.ok(afterwards.value('cache_bytes') > 0);
});

test('metrics show the budgets of each bucket', async () => {
  const metrics = await scrape();
  assert.equal(metrics.value('budget_requests_per_second', reads), 3);
  assert.equal(metrics.value('budget_requests_per_second', creates), 15);
  for (const bucket of [reads, creates]) {
    const limit = metrics.value('budget_limit', bucket);
    const used = metrics.value('budget_used', bucket);
    const left = metrics.value('budget_left', bucket);
    assert.ok(limit > 0);
    assert.equal(used + left, limit);
    assert.ok(metrics.value('budget_reserved', bucket) < limit);
    assert.equal(metrics.value('budget_queued_calls', bucket), 0);
    assert.equal(metrics.value('budget_refused_calls_total', bucket), 0);
    for (const by of ['us', 'others']) {
      assert.equal(
          metrics.value('upstream_rate_limited_total', { ...bucket, by }), 0);
    }
  }
  const sent = (bucket, purpose) =>
    metrics.value('upstream_requests_total', { ...bucket, purpose });
  assert.equal(sent(creates, 'call'), PREDICTIONS);
  assert.equal(sent(creates, 'poll'), 0);
  assert.equal(sent(reads, 'call'), PREDICTIONS);  // The cancels.
  // A poll that is no longer needed after its permit counts only there.
  assert.ok(sent(reads, 'poll') >=
            metrics.value('polls_total', { method: 'get' }) +
            metrics.value('polls_total', { method: 'list' }));
});

test('docs/metrics.md lists exactly the metrics that exist', async () => {
  const metrics = await scrape();
  const text = await readFile(
      new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(
      /^\| `((?:wriftai_gateway|grpc_server|process)_\w+)` \| (\w+) \|([^|]*)\|/gm)]
      .map(([, name, type, labels]) => (
        { name, type, labels: labels.match(/\w+/g) ?? [] }));
  assert.deepEqual(documented, metrics.families());
});

test('metrics contain no token', async () => {
  const { body } = await gateway.page('/metrics');
  assert.ok(body.includes(credential));
  assert.ok(!body.includes(TOKEN));
});

test('calls are counted by method and status', async (t) => {
  const other = await Gateway.start({ flags: ['--sandbox'] });
  const client = new Client(other.address);
  t.after(() => Promise.all([client.close(), other.stop()]));
  const create = {
    model: 'wriftai/echo', input: toValue({ sandbox: { run_s: 0 } }),
  };
  const { id } = await client.create(create);
  await client.wait({ id }).rest();
  await client.get({ id });
  await client.get({ id });
  await client.list({});
  await client.createAndWait({ create }).rest();
  for (const call of [() => client.get({ id: 'x' }),
                      () => client.get({ id: 'x' }),
                      () => client.wait({ id: 'x' }).next()]) {
    await failure(call(), { code: 'INVALID_ARGUMENT' });
  }
  await failure(client.cancel({ id }), { code: 'FAILED_PRECONDITION' });

  const metrics = new Metrics((await other.page('/metrics')).body);
  const expected = [
    ['Get', 'OK', 2], ['Get', 'INVALID_ARGUMENT', 2], ['Create', 'OK', 1],
    ['List', 'OK', 1], ['Cancel', 'FAILED_PRECONDITION', 1],
    ['Wait', 'OK', 1], ['Wait', 'INVALID_ARGUMENT', 1],
    ['CreateAndWait', 'OK', 1],
  ];
  const started = {};
  for (const [method, grpc_status, count] of expected) {
    const grpc_method = `wriftai.predictions.v1.Predictions/${method}`;
    started[grpc_method] = (started[grpc_method] ?? 0) + count;
    const value = (name) =>
      metrics.value(`grpc_server_call_${name}`, { grpc_method, grpc_status });
    for (const name of ['duration_seconds',
                        'sent_total_compressed_message_size_bytes',
                        'rcvd_total_compressed_message_size_bytes']) {
      assert.equal(value(`${name}_count`), count, `${name} ${method}`);
    }
    const ok = grpc_status === 'OK';
    assert.equal(
        value('sent_total_compressed_message_size_bytes_sum') > 0, ok);
  }
  for (const { labels, value } of
       metrics.samples('grpc_server_call_started_total')) {
    assert.equal(value, started[labels.grpc_method], labels.grpc_method);
  }
  assert.equal(metrics.samples('grpc_server_call_duration_seconds_count').length,
               expected.length);
});

test('an empty --http_address disables the operators\' port', async (t) => {
  const off =
      await Gateway.start({ flags: ['--sandbox', '--http_address='] });
  t.after(() => off.stop());
  assert.doesNotMatch(off.program.stderr, /HTTP for operators/);
});
