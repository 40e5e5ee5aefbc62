// Scales replicas that act as one from 1 to 5 to 2, and then replaces both,
// while clients that follow the rules of docs/clients.md wait, create and get.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stopAll } from './support/cleanup.mjs';
import { Etcd } from './support/etcd.mjs';
import { Follower } from './support/follower.mjs';
import { freePort } from './support/free_port.mjs';
import { InteractiveLoad, newCreate } from './support/interactive_load.mjs';
import { secret } from './support/program.mjs';
import { ReplicaProcess } from './support/replicas.mjs';
import { awaitConnected, connect } from './support/resilient_client.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { setting } from './support/setting.mjs';
import { until } from './support/webhooks.mjs';

// The published limits, which the sandbox enforces.
const LIMITS = ['--read_rate=3', '--create_rate=15'];
const TOKEN = secret('replicas-scaling-token-1');

// 2,000 for the release build; fewer for the slower sanitized builds.
const WAITS = Number(setting('ROLLOUT_WAITS'));
// Each end is one read, and there are three a second. The first ends before the
// replicas are scaled, the last after all are replaced.
const PREDICTIONS = 40;
const runSeconds = (i) => 6 + i * 0.9;
const CHANNELS = 10;

// Generous: these only keep a hang from lasting forever.
const TIMEOUT_MS = 100_000;
const TEST_TIMEOUT_MS = 110_000;

const percentile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

function describe(times) {
  const sorted = [...times].sort((a, b) => a - b).map(Math.round);
  return `${sorted.length}: p50 ${percentile(sorted, 0.5)} ms, ` +
      `p99 ${percentile(sorted, 0.99)} ms, max ${sorted.at(-1)} ms`;
}

test(`${WAITS} Waits see each end once, and no older state, while replicas ` +
     'are added, removed and replaced, and there are no 429s',
     { timeout: TEST_TIMEOUT_MS }, async (t) => {
  const start = Date.now();
  const report = (step) =>
    t.diagnostic(`${((Date.now() - start) / 1000).toFixed(1)} s: ${step}`);
  const deadline = start + TIMEOUT_MS;
  const stopping = new AbortController();
  const running = new Map();  // By address.
  let etcd, sandbox, channels = [];
  t.after(async () => {
    // Otherwise the calls of a failed test would be repeated for ever.
    stopping.abort();
    channels.forEach((channel) => channel.close());
    await Promise.all([...running.values()].map((replica) => replica.kill()));
    await stopAll([...running.values()], sandbox, etcd);
  });

  etcd = await Etcd.start();
  sandbox = await Sandbox.start(...LIMITS, '--time_scale=1');
  const addresses = [];
  while (addresses.length < 5) addresses.push(`127.0.0.1:${await freePort()}`);
  const launch = async (address) => running.set(
      address, await ReplicaProcess.start({
        etcd: etcd.endpoint, token: TOKEN, apiBaseUrl: sandbox.baseUrl,
        flags: [...LIMITS, `--listen_address=${address}`],
      }));
  const drain = async (address) => {
    const replica = running.get(address);
    await replica.stop();
    running.delete(address);
  };
  channels = Array.from(
      { length: CHANNELS }, () => connect(`ipv4:${addresses.join(',')}`));
  const connected = () => Promise.all(channels.map(
      (channel) => awaitConnected(channel, [...running.keys()], deadline)));

  await launch(addresses[0]);
  await connected();
  const load = new InteractiveLoad(channels, stopping.signal);
  const created = await Promise.all(
      Array.from({ length: PREDICTIONS },
                 (_, i) => load.create(newCreate(runSeconds(i)))));
  report('created');

  const followers = [];
  const ends = [];
  const again = {};
  const onAgain = ({ code, details }) => {
    const why = `${code} ${details}`;
    again[why] = (again[why] ?? 0) + 1;
  };
  const allOpen = () => until(
      () => followers.every(({ isOpen, ends }) => isOpen || ends > 0),
      'the Waits are open');
  // Opens half of the Waits.
  const follow = async () => {
    for (let i = 0; i < WAITS / 2; ++i) {
      const { id, output } = created[i % PREDICTIONS];
      const follower = new Follower();
      followers.push(follower);
      ends.push(follower.run(channels[i % CHANNELS], id, deadline, onAgain)
          .then((ended) => assert.equal(ended.output.stringValue, output)));
      // Reported below.
      ends.at(-1).catch(() => {});
    }
    await allOpen();
  };
  await follow();
  load.start();
  report(`${followers.length} Waits at one replica`);

  await Promise.all(addresses.slice(1, 4).map(launch));
  await launch(addresses[4]);
  report('five replicas');
  await connected();
  await follow();
  report(`${followers.length} Waits at five replicas`);

  // The owner, and the newest, to which it would hand over.
  assert.equal(await running.get(addresses[0]).ownsTokens(), 1);
  await Promise.all([0, 3, 4].map((i) => drain(addresses[i])));
  report('two replicas');
  await allOpen();

  for (const [i, next] of [[1, 0], [2, 3]]) {
    await launch(addresses[next]);
    await drain(addresses[i]);
    report(`replica ${i} is replaced`);
    await allOpen();
  }
  const open = followers.filter(({ ends }) => ends === 0).length;
  report(`${open} Waits are still open`);
  assert.ok(open > 0);

  await Promise.all(ends);
  report('all Waits have ended');
  stopping.abort();
  await load.ended;

  const count = (name) =>
    followers.reduce((sum, follower) => sum + follower[name], 0);
  const delays = followers.map(({ delayMs }) => delayMs);
  t.diagnostic(`ends after ${describe(delays)}`);
  t.diagnostic(`updates: ${count('updates')}, older: ${count('older')}`);
  t.diagnostic(`Waits again: ${JSON.stringify(again)}`);
  t.diagnostic(`creates ${describe(load.createMs)}, ` +
               `repeated: ${JSON.stringify(load.repeats)}`);
  t.diagnostic(`Gets ${describe(load.getMs)}`);
  assert.equal(count('ends'), WAITS);
  assert.ok(followers.every(({ ends }) => ends === 1));
  assert.equal(count('older'), 0);

  const stats = await sandbox.stats();
  t.diagnostic(`reads: ${stats.clients.flatMap(({ seconds }) => seconds.map(
      ({ reads }) => reads))}`);
  assert.deepEqual(Object.values(stats.rate_limited ?? {}).filter(Boolean), []);
  assert.equal(stats.predictions_created, load.requests.length);
});
