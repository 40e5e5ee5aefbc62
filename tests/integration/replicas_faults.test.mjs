// What happens when etcd, or the path of one replica to it, fails: the rows of
// docs/replicas.md, with real processes and their bounds.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectWithin, measure } from './support/bounds.mjs';
import { stopAll } from './support/cleanup.mjs';
import { Etcd } from './support/etcd.mjs';
import { FaultyReplica, ownerOf, Prober } from './support/faulty_replicas.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';
import { until } from './support/webhooks.mjs';

const LIMITS = ['--read_rate=3', '--create_rate=15'];
const TOKEN = secret('replicas-faults-token-1');

let etcd;
let sandbox;
let replicas = [];

function start(flags = []) {
  return FaultyReplica.start({
    etcd, token: TOKEN, apiBaseUrl: sandbox.baseUrl,
    flags: [...LIMITS, ...flags],
  });
}

before(async () => {
  etcd = await Etcd.start();
  sandbox = await Sandbox.start(...LIMITS, '--time_scale=1');
  replicas = await Promise.all([start(), start(), start()]);
});

after(() => stopAll(replicas, sandbox, etcd));

async function expectNo429() {
  const { rate_limited } = await sandbox.stats();
  assert.deepEqual(Object.values(rate_limited ?? {}).filter(Boolean), []);
}

function newCreate() {
  const request_id = randomUUID();
  return {
    model: 'wriftai/echo', request_id,
    input: toValue({ sandbox: { pending_s: 0, run_s: 0, output: request_id } }),
  };
}

// The owner of the token, which serves calls, and the others.
async function serving(t, among = replicas) {
  await among[0].client.list({});
  const owner = await ownerOf(among);
  t.after(() => among.forEach((replica) => replica.heal()));
  return [owner, ...among.filter((replica) => replica !== owner)];
}

// Breaks the owner's path to etcd by `fault`, and expects that calls at another
// replica and at the former owner go on within the bound.
async function expectTakeover(t, among, fault, bound) {
  const [owner, other] = await serving(t, among);
  const probers = [new Prober(other), new Prober(owner)];
  try {
    await Promise.all(probers.map((prober) => prober.recovery()));
    fault(owner);
    await until(async () => await other.process.ownsTokens() +
                            await among.at(-1).process.ownsTokens() > 0 &&
                            await owner.process.ownsTokens() === 0,
                'another replica owns the token');
    await Promise.all(probers.map((prober) => prober.recovery()));
    for (const [i, where] of ['another replica', 'the former owner'].entries()) {
      expectWithin(t, probers[i].longestGapMs(), bound, `gap at ${where}`);
      assert.deepEqual(probers[i].failures, []);
    }
    // Also creates under a request id, which it cannot record.
    const created = newCreate();
    const { id } = await owner.client.create(created);
    assert.equal((await other.client.create(created)).id, id);
    owner.heal();
    await until(async () =>
      (await owner.process.report()).cluster.certain, 'it joins again');
  } finally {
    await stopAll(probers);
  }
  await expectNo429();
}

describe('one replica and etcd', { concurrency: false }, () => {
  test('owner cut off from etcd forwards to its successor', (t) =>
    expectTakeover(t, replicas, ({ etcdLink }) => etcdLink.cut(), 3800));

  test('owner for which etcd hangs forwards to its successor', (t) =>
    expectTakeover(t, replicas, ({ etcdLink }) => etcdLink.blackHole(), 3800));

  test('owner that loses etcd\'s responses forwards to its successor', (t) =>
    expectTakeover(t, replicas,
                   ({ etcdLink }) => etcdLink.blackHole('toClient'), 3800));

  test('with --coordination_outage=pause, the owner stops at once',
       async (t) => {
    const flags = ['--coordination_outage=pause', '--cluster_name=pausing'];
    const pausing = await Promise.all([start(flags), start(flags)]);
    try {
      await expectTakeover(
          t, pausing, ({ etcdLink }) => etcdLink.blackHole(), 5300);
    } finally {
      await stopAll(pausing);
    }
  });
});

describe('all of etcd', { concurrency: false }, () => {
  test('its outage stops new request ids only, until its return',
       async (t) => {
    const [owner, other] = await serving(t);
    const before = newCreate();
    const { id } = await other.client.create(before);
    const prober = new Prober(other);
    try {
      await prober.recovery();
      await etcd.kill();
      // Longer than the lease and any pause.
      await sleep(6000);
      for (const { client } of [owner, other]) {
        assert.equal((await client.get({ id })).id, id);
        await failure(client.create(newCreate()),
                      { code: 'UNAVAILABLE', reason: 'STORE_DOWN' });
      }
      expectWithin(t, prober.longestGapMs(), 1500, 'gap');
      assert.deepEqual(prober.failures, []);
      await etcd.run();
      const creates = await measure(() => until(
          () => other.client.create(newCreate()).then(
              () => true, ({ code }) => assert.equal(code, 'UNAVAILABLE')),
          'creates succeed again'));
      expectWithin(t, creates, 2000, 'creates after its return');
    } finally {
      await stopAll(prober);
    }
    await expectNo429();
  });

  test('its outage and a crash stop owners that nobody can confirm',
       async (t) => {
    const [owner, other, crashed] = await serving(t);
    const { id } = await other.client.create({
      model: 'wriftai/echo',
      input: toValue({ sandbox: { pending_s: 0, run_s: 20, output: 'end' } }),
    });
    const wait = other.client.wait({ id }, { timeoutMs: 60_000 });
    await etcd.kill();
    await crashed.kill();
    replicas = replicas.filter((replica) => replica !== crashed);
    // It lapses.
    await until(async () =>
      !(await owner.process.report()).cluster.certain, 'the owner lapses');
    await failure(
        owner.client.call('List', {}, { timeoutMs: 1000 }),
        { code: 'UNAVAILABLE', reason: 'OWNER_UNAVAILABLE' });
    const before = await sandbox.requestCount();
    await sleep(2000);
    assert.equal(await sandbox.requestCount(), before);
    await etcd.run();
    const recovery = await measure(
        () => until(() => other.client.call('List', {}, { timeoutMs: 5000 })
            .then(() => true, () => false), 'calls succeed again'));
    // All join again, which takes another pause.
    expectWithin(t, recovery, 2000 + 2700, 'calls after its return');
    const { prediction } = await wait.last();
    assert.equal(prediction.output.stringValue, 'end');
    await expectNo429();
  });
});
