// Two gateways that share a token are replaced one after the other, under
// clients that do what docs/clients.md says: with the very code that it shows.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import process from 'node:process';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkout, filesOf } from './support/document.mjs';
import { Gateway } from './support/gateway.mjs';
import { Metrics } from './support/metrics.mjs';
import { secret } from './support/program.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { setting } from './support/setting.mjs';

const TOKEN = secret('rollout-token-1');

// 2,000 as they are shipped, fewer in the sanitized builds, which are slower.
const WAITS = Number(setting('ROLLOUT_WAITS'));
const WAITS_PER_PREDICTION = 20;
const WAITS_PER_CHANNEL = 200;  // Of which either gateway has half.

// Ten times the published limits, so that it takes a tenth of the time: the
// outputs alone are a read each.
const READ_RATE = 30;
const CREATE_RATE = 150;

// Everything ends long before; only a bound.
const PATIENCE_MS = 100_000;

const folder =
    await filesOf('docs/clients.md', 'resilient.mjs', 'service_config.json');
after(() => rm(folder, { recursive: true }));
process.chdir(checkout);
const { connect, create, wait } = await import(`${folder}/resilient.mjs`);

function startGateway(sandbox, address = '127.0.0.1:0') {
  return Gateway.start({
    apiBaseUrl: sandbox.baseUrl, token: TOKEN,
    flags: [`--listen_address=${address}`, '--budget_share=0.5',
            `--read_rate=${READ_RATE}`, `--create_rate=${CREATE_RATE}`],
  });
}

// Returns once `gateway` has `count` open streams.
async function openStreams(gateway, count) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const { status, body } = await gateway.page('/metrics');
    const open =
        status === 200 ? new Metrics(body).value('open_streams') : 0;
    if (open >= count) return;
    assert.ok(Date.now() < end, `${open} of ${count} streams are open`);
    await sleep(50);
  }
}

// Returns once calls of `channel` reach all `addresses`. They cost nothing
// upstream: their id is none.
async function connected(channel, addresses) {
  for (const missing = new Set(addresses); missing.size > 0;) {
    await new Promise((resolve) => {
      const call = channel.Get({ id: 'x' }, (error) => {
        assert.equal(error.details.split(':')[0], 'id', error.details);
        missing.delete(call.getPeer());
        resolve();
      });
    });
  }
}

// A create that is told from all others by its input.
function creation(run_s) {
  const requestId = randomUUID();
  return {
    model: 'wriftai/slow', requestId,
    inputJson: JSON.stringify(
        { prompt: requestId, sandbox: { pending_s: 0, run_s,
                                        output: requestId } }),
  };
}

test(`${WAITS} Waits get their end through a rollout, no create is repeated, ` +
     'and the limits are kept without a 429', async (t) => {
  const sandbox = await Sandbox.start(
      `--read_rate=${READ_RATE}`, `--create_rate=${CREATE_RATE}`,
      '--time_scale=1');
  const gateways = [await startGateway(sandbox), await startGateway(sandbox)];
  t.after(async () => {
    await Promise.all(gateways.map(
        ({ program }) => program.stop('SIGKILL').catch(() => {})));
    await sandbox.stop();
  });
  const addresses = gateways.map(({ address }) => address);
  const channels = Array.from(
      { length: WAITS / WAITS_PER_CHANNEL },
      () => connect(`ipv4:${addresses.join(',')}`));
  t.after(() => channels.forEach((channel) => channel.close()));
  await Promise.all(channels.map((channel) => connected(channel, addresses)));
  const channel = (i) => channels[i % channels.length];

  const again = {};
  const onAgain = ({ code, details }) => {
    const why = `${code} ${details}`;
    again[why] = (again[why] ?? 0) + 1;
  };
  const deadline = Date.now() + PATIENCE_MS;
  const follow = async (channel, id, output) => {
    const { status, output: ended } =
        await wait(channel, id, deadline, () => {}, onAgain);
    assert.equal(status, 'STATUS_SUCCEEDED');
    assert.equal(ended.stringValue, output);
  };

  // Their ends fall into all that follows.
  const requests = Array.from(
      { length: WAITS / WAITS_PER_PREDICTION }, (_, i) => creation(4 + i / 5));
  const waits = (await Promise.all(requests.map(async (request, i) => {
    const { id } = await create(channel(i), request, onAgain);
    return Array.from({ length: WAITS_PER_PREDICTION }, (_, j) =>
      follow(channel(i + j), id, request.requestId));
  }))).flat();
  // About half each, as ends and new streams come and go by turns.
  await Promise.all(gateways.map(
      (gateway) => openStreams(gateway, WAITS / 4)));

  const late = [];
  const createMore = async (stop) => {
    while (!stop.aborted) {
      const request = creation(1);
      requests.push(request);
      late.push(create(channel(late.length), request, onAgain).then(
          ({ id }) => follow(channel(0), id, request.requestId)));
      await sleep(100);
    }
  };
  const rollout = new AbortController();
  const creating = createMore(rollout.signal);
  for (const i of [0, 1]) {
    // Creates that are under way as it drains.
    await sandbox.addFaults({ method: 'POST', times: 5, delay_ms: 1000 });
    await sleep(500);
    const { code } = await gateways[i].program.stop('SIGTERM', PATIENCE_MS);
    assert.equal(code, 0, gateways[i].program.describe());
    gateways[i] = await startGateway(sandbox, addresses[i]);
    // Its share of what the other one has sent it, and of what is new.
    await openStreams(gateways[i], 1);
  }
  rollout.abort();
  await creating;
  await Promise.all([...waits, ...late]);
  t.diagnostic(`again: ${JSON.stringify(again)}`);

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
