// What happens when the owner of a token, or the path to it, fails: the rows of
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
const TOKEN = secret('replicas-takeover-token-1');

let etcd;
let sandbox;
let replicas = [];

function start() {
  return FaultyReplica.start(
      { etcd, token: TOKEN, apiBaseUrl: sandbox.baseUrl, flags: LIMITS });
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

// The owner of the token, which serves calls, and the others.
async function serving(t) {
  await replicas[0].client.list({});
  const owner = await ownerOf(replicas);
  t.after(() => replicas.forEach((replica) => replica.heal()));
  return [owner, ...replicas.filter((replica) => replica !== owner)];
}

// Loses the owner by `lose`, and expects that calls at another replica go on
// within the bound. Returns the former owner.
async function expectTakeover(t, lose, bound) {
  const [owner, other] = await serving(t);
  const prober = new Prober(other);
  try {
    await prober.recovery();
    await lose(owner);
    replicas = replicas.filter((replica) => replica !== owner);
    await ownerOf(replicas);
    await prober.recovery();
    expectWithin(t, prober.longestGapMs(), bound, 'gap');
  } finally {
    await stopAll(prober);
  }
  await expectNo429();
  return owner;
}

describe('the path to the owner', { concurrency: false }, () => {
  // A Wait whose state stays, and calls that fail within the bounds.
  async function expectUnreachable(t, fault, { min, max }) {
    const [owner, other] = await serving(t);
    const output = randomUUID();
    const { id } = await owner.client.create({
      model: 'wriftai/echo',
      input: toValue({ sandbox: { pending_s: 0, run_s: 9, output } }),
    });
    const wait = other.client.wait({ id }, { timeoutMs: 60_000 });
    await wait.next();
    fault(owner.peerLink);
    const ms = await measure(() => failure(
        other.client.list({}),
        { code: 'UNAVAILABLE', reason: 'OWNER_UNAVAILABLE' }));
    assert.ok(ms >= min, `${ms} ms`);
    expectWithin(t, ms, max, 'UNAVAILABLE after');
    owner.heal();
    const recovery = await measure(() => until(
        () => other.client.list({}).then(() => true, () => false),
        'calls succeed again'));
    expectWithin(t, recovery, 2000, 'calls after it is mended');
    const { prediction } = await wait.last();
    assert.equal(prediction.output.stringValue, output);
    await expectNo429();
  }

  test('cut: calls end UNAVAILABLE after 2 s, Waits go on', (t) =>
    expectUnreachable(t, (link) => link.cut(), { min: 1900, max: 2100 }));

  test('hanging: calls end UNAVAILABLE after 2 to 4 s, Waits go on', (t) =>
    expectUnreachable(t, (link) => link.blackHole(), { min: 1900, max: 4200 }));

  test('quiet Waits keep their connection', async (t) => {
    const [owner, other] = await serving(t);
    const { id } = await owner.client.create({
      model: 'wriftai/echo',
      input: toValue({ sandbox: { pending_s: 0, run_s: 8, output: 'end' } }),
    });
    const wait = other.client.wait({ id }, { timeoutMs: 60_000 });
    await wait.next();
    const before = owner.peerLink.accepted;
    await wait.last();
    // Twice a second pings, which the owner permits.
    assert.equal(owner.peerLink.accepted, before);
  });
});

describe('the owner', { concurrency: false }, () => {
  test('stopped: another takes over, and it sends nothing when it wakes',
       async (t) => {
    const stopped = await expectTakeover(t, (owner) => {
      owner.signal('SIGSTOP');
    }, 5300);
    const [successor, other] = replicas;
    assert.ok(successor && other);
    // Callers that it has, and whose reads are queued there.
    const calls = Promise.allSettled(Array.from(
        { length: 5 }, () => stopped.client.call('List', {},
                                                 { timeoutMs: 15_000 })));
    await sleep(200);
    stopped.signal('SIGCONT');
    const sent = await stopped.sentCount();
    // Forwarded.
    assert.deepEqual((await calls).map(({ status }) => status),
                     Array(5).fill('fulfilled'));
    await until(async () => (await stopped.process.report()).cluster.certain,
                'it joins again');
    assert.equal(await stopped.sentCount(), sent);
    replicas.push(stopped);
    await expectNo429();
  });

  test('killed: another takes over', async (t) => {
    await expectTakeover(t, (owner) => owner.kill(), 5300);
    replicas.push(await start());
  });

  test('drained: its successor goes on', async (t) => {
    // The newest replica is the successor. After it has joined, it pauses.
    await sleep(3000);
    await expectTakeover(t, (owner) => {
      // The prober's own replica stays.
      owner.signal('SIGTERM');
      t.after(() => owner.stop());
    }, 1400);
    replicas.push(await start());
  });
});
