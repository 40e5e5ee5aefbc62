// Creates under request ids, thrown at all replicas while their owner is
// killed: each is sent at most once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopAll } from './support/cleanup.mjs';
import { Etcd } from './support/etcd.mjs';
import { secret } from './support/program.mjs';
import { ReplicaProcess } from './support/replicas.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';
import { until } from './support/webhooks.mjs';

const REQUEST_IDS = 200;
const CALLS_PER_ID = 5;
// The published limits, which the sandbox enforces.
const LIMITS = ['--read_rate=3', '--create_rate=15'];
const TOKEN = secret('replicas-creates-token-1');
// At 15 a second all are created within 14 s, and the take-over adds 6.
// Generous: this only keeps a hang from lasting forever.
const TIMEOUT_MS = 60_000;

let etcd;
let sandbox;
let replicas = [];

before(async () => {
  etcd = await Etcd.start();
  sandbox = await Sandbox.start(...LIMITS, '--time_scale=1');
  replicas = await Promise.all(Array.from({ length: 3 }, () =>
    ReplicaProcess.start({ etcd: etcd.endpoint, token: TOKEN,
                           apiBaseUrl: sandbox.baseUrl, flags: LIMITS })));
});

after(() => stopAll(replicas, sandbox, etcd));

// The id of the prediction, or the reason of an outcome that is final. Retries
// as the contract says, until the deadline.
async function create(first, request, deadline) {
  for (let i = first; ; ++i) {
    const alive = replicas.filter(({ killed }) => !killed);
    try {
      return (await alive[i % alive.length].client.call(
          'Create', request, { timeoutMs: 30_000 })).id;
    } catch (error) {
      if (error.reason === 'CREATE_OUTCOME_UNKNOWN') return error.reason;
      if (Date.now() > deadline) throw error;
      // Also of this caller's own connection, when its replica was killed.
      assert.ok(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED']
                    .includes(error.code), error.message);
      await sleep(200);
    }
  }
}

test(`${REQUEST_IDS * CALLS_PER_ID} creates under ${REQUEST_IDS} request ids ` +
     'create at most once each while the owner is killed',
     { timeout: 2 * TIMEOUT_MS }, async (t) => {
  // So that some are under way at any time.
  await sandbox.addFaults({ method: 'POST', delay_ms: 300 });
  await replicas[0].client.list({});
  let owner;
  await until(async () => {
    const owned = await Promise.all(
        replicas.map((replica) => replica.ownsTokens()));
    owner = replicas[owned.findIndex((count) => count > 0)];
    return owner;
  }, 'a replica owns the token');
  const requests = Array.from({ length: REQUEST_IDS }, () => {
    const request_id = randomUUID();
    return { model: 'wriftai/echo', request_id, input: toValue(request_id) };
  });
  const start = Date.now();
  const outcomes = Promise.all(
      Array.from({ length: REQUEST_IDS * CALLS_PER_ID }, async (_, i) => {
    const request = requests[i % REQUEST_IDS];
    return { request,
             outcome: await create(i, request, start + TIMEOUT_MS) };
  }));
  // In the middle: 15 are created each second.
  await until(async () => await sandbox.createdCount() >= REQUEST_IDS / 3,
              'a third is created');
  owner.killed = true;
  await owner.kill();

  const byRequest = new Map(requests.map((request) => [request, new Set()]));
  for (const { request, outcome } of await outcomes) {
    byRequest.get(request).add(outcome);
  }
  const seconds = (Date.now() - start) / 1000;
  const posts = (await sandbox.requestsTo('/v1/predictions', 'POST'))
      .map(({ body }) => body);
  let unknown = 0;
  for (const [{ request_id }, answers] of byRequest) {
    const sent = posts.filter((body) => body.includes(request_id)).length;
    assert.ok(sent <= 1, `${request_id} was sent ${sent} times`);
    if (answers.has('CREATE_OUTCOME_UNKNOWN')) {
      ++unknown;
      answers.delete('CREATE_OUTCOME_UNKNOWN');
    } else {
      assert.equal(sent, 1);
    }
    // The same prediction for all callers.
    assert.ok(answers.size <= 1, `${request_id}: ${[...answers]}`);
  }
  t.diagnostic(`${posts.length} POSTs for ${REQUEST_IDS} request ids, ` +
               `${unknown} with an unknown outcome, in ${seconds} s`);
  // Only those under way when the owner was killed.
  assert.ok(unknown <= 15, `${unknown}`);
  const { rate_limited } = await sandbox.stats();
  assert.deepEqual(Object.values(rate_limited ?? {}).filter(Boolean), []);
});
