// Replaces two gateways that share a token one after the other. The clients
// follow the rules of docs/clients.md.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Gateway } from './support/gateway.mjs';
import { Metrics } from './support/metrics.mjs';
import { secret } from './support/program.mjs';
import {
  awaitConnected, connect, create, wait,
} from './support/resilient_client.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { setting } from './support/setting.mjs';

const TOKEN = secret('rollout-token-1');

// 2,000 for the release build; fewer for the slower sanitized builds.
const WAITS = Number(setting('ROLLOUT_WAITS'));
const WAITS_PER_PREDICTION = 20;
const WAITS_PER_CHANNEL = 200;  // Half for each gateway.

// Ten times the published limits, to run in a tenth of the time: each output
// alone is one read.
const READ_RATE = 30;
const CREATE_RATE = 150;

// Generous: these only keep a hang from lasting forever. The test's is below
// ctest's, which would end it without a word about where it was.
const TIMEOUT_MS = 100_000;
const TEST_TIMEOUT_MS = 240_000;

function startGateway(sandbox, address = '127.0.0.1:0') {
  return Gateway.start({
    apiBaseUrl: sandbox.baseUrl, token: TOKEN,
    flags: [`--listen_address=${address}`, '--budget_share=0.5',
            `--read_rate=${READ_RATE}`, `--create_rate=${CREATE_RATE}`],
  });
}

// Resolves once `gateway` has `count` open streams.
async function awaitOpenStreams(gateway, count) {
  const end = Date.now() + TIMEOUT_MS;
  for (;;) {
    const { status, body } = await gateway.page('/metrics');
    const open =
        status === 200 ? new Metrics(body).value('open_streams') : 0;
    if (open >= count) return;
    assert.ok(Date.now() < end, `${open} of ${count} streams are open`);
    await sleep(50);
  }
}

// A create whose input differs from all others.
function newCreate(run_s) {
  const requestId = randomUUID();
  return {
    model: 'wriftai/slow', requestId,
    inputJson: JSON.stringify(
        { prompt: requestId, sandbox: { pending_s: 0, run_s,
                                        output: requestId } }),
  };
}

test(`${WAITS} Waits see the end through a rollout; no create is repeated, ` +
     'and there are no 429s', { timeout: TEST_TIMEOUT_MS }, async (t) => {
  const start = Date.now();
  const report = (step) =>
    t.diagnostic(`${(Date.now() - start) / 1000} s: ${step}`);
  const sandbox = await Sandbox.start(
      `--read_rate=${READ_RATE}`, `--create_rate=${CREATE_RATE}`,
      '--time_scale=1');
  const gateways = [await startGateway(sandbox), await startGateway(sandbox)];
  const addresses = gateways.map(({ address }) => address);
  const channels = Array.from(
      { length: WAITS / WAITS_PER_CHANNEL },
      () => connect(`ipv4:${addresses.join(',')}`));
  const rollout = new AbortController();
  t.after(async () => {
    // Otherwise the calls of a failed test would be repeated for ever, and the
    // failure never be reported.
    rollout.abort();
    channels.forEach((channel) => channel.close());
    await Promise.all(gateways.map(
        ({ program }) => program.stop('SIGKILL').catch(() => {})));
    await sandbox.stop();
  });
  await Promise.all(
      channels.map((channel) => awaitConnected(
          channel, addresses, Date.now() + TIMEOUT_MS)));
  report('connected');
  const channel = (i) => channels[i % channels.length];

  const retries = {};
  const onRetry = ({ code, details }) => {
    const why = `${code} ${details}`;
    retries[why] = (retries[why] ?? 0) + 1;
  };
  const deadline = Date.now() + TIMEOUT_MS;
  const follow = async (channel, id, output) => {
    const { status, output: ended } =
        await wait(channel, id, deadline, () => {}, onRetry);
    assert.equal(status, 'PREDICTION_STATUS_SUCCEEDED');
    assert.equal(ended.stringValue, output);
  };

  // They end during all of the following.
  const requests = Array.from(
      { length: WAITS / WAITS_PER_PREDICTION }, (_, i) => newCreate(4 + i / 5));
  const waits = (await Promise.all(requests.map(async (request, i) => {
    const { id } = await create(channel(i), request, onRetry);
    return Array.from({ length: WAITS_PER_PREDICTION }, (_, j) =>
      follow(channel(i + j), id, request.requestId));
  }))).flat();
  // About half each, although streams end and start all the time.
  await Promise.all(gateways.map(
      (gateway) => awaitOpenStreams(gateway, WAITS / 4)));
  report('the Waits are open');

  const late = [];
  const createMore = async (stop) => {
    while (!stop.aborted) {
      const request = newCreate(1);
      requests.push(request);
      late.push(create(channel(late.length), request, onRetry).then(
          ({ id }) => follow(channel(0), id, request.requestId)));
      await sleep(100);
    }
  };
  const creating = createMore(rollout.signal);
  for (const i of [0, 1]) {
    // Creates that are in flight when the drain starts.
    await sandbox.addFaults({ method: 'POST', times: 5, delay_ms: 1000 });
    await sleep(500);
    const { code } = await gateways[i].program.stop('SIGTERM', TIMEOUT_MS);
    assert.equal(code, 0, gateways[i].program.describe());
    gateways[i] = await startGateway(sandbox, addresses[i]);
    // It gets streams that the other gateway ends, and new ones.
    await awaitOpenStreams(gateways[i], 1);
    report(`gateway ${i} is replaced`);
  }
  rollout.abort();
  await creating;
  await Promise.all([...waits, ...late]);
  t.diagnostic(`retries: ${JSON.stringify(retries)}`);

  const stats = await sandbox.stats();
  assert.equal(stats.predictions_created, requests.length);
  const posts = await sandbox.requestsTo('/v1/predictions', 'POST');
  for (const { requestId } of requests) {
    assert.equal(
        posts.filter(({ body }) => body.includes(requestId)).length, 1);
  }
  assert.deepEqual(Object.values(stats.rate_limited ?? {}).filter(Boolean), []);
  for (const { seconds } of stats.clients) {
    for (const { second, reads, creates } of seconds) {
      assert.ok(reads <= READ_RATE, `${reads} reads in second ${second}`);
      assert.ok(creates <= CREATE_RATE, `${creates} creates in ${second}`);
    }
  }
  t.diagnostic(`reads: ${stats.clients.flatMap(({ seconds }) => seconds.map(
      ({ reads }) => reads))}`);
  assert.ok(waits.length >= WAITS);
});
