// Three gateways that act as one over a real etcd, one token with the published
// limits: calls and Waits through each, a crash of the owner, and of etcd.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd } from './support/etcd.mjs';
import { secret } from './support/program.mjs';
import { ReplicaProcess } from './support/replicas.mjs';
import { failure } from './support/rpc_error.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';
import { until } from './support/webhooks.mjs';

// The published limits, which the sandbox enforces.
const LIMITS = ['--read_rate=3', '--create_rate=15'];
const REPLICAS = 3;
const TOKEN = secret('replicas-token-1');
const CALLERS_TOKEN = secret('replicas-callers-token-1');

let etcd;
let sandbox;
let replicas = [];

function startReplica(options = {}) {
  return ReplicaProcess.start({
    etcd: etcd.endpoint, token: TOKEN, clientToken: CALLERS_TOKEN,
    apiBaseUrl: sandbox.baseUrl, flags: LIMITS, ...options,
  });
}

before(async () => {
  etcd = await Etcd.start();
  sandbox = await Sandbox.start(...LIMITS, '--time_scale=1');
  replicas = await Promise.all(
      Array.from({ length: REPLICAS }, () => startReplica()));
});

after(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await sandbox?.stop();
  await etcd?.stop();
});

// A create that differs from all others.
function newCreate({ run_s = 1 } = {}) {
  const request_id = randomUUID();
  return {
    model: 'wriftai/echo', request_id,
    input: toValue({ sandbox: { pending_s: 0, run_s, output: request_id } }),
  };
}

async function expectNo429() {
  const { rate_limited } = await sandbox.stats();
  assert.deepEqual(Object.values(rate_limited ?? {}).filter(Boolean), []);
}

// The replica that owns the callers' token, once one does.
async function owner() {
  let found;
  await until(async () => {
    const owned = await Promise.all(
        replicas.map((replica) => replica.ownsTokens()));
    found = replicas[owned.findIndex((count) => count > 0)];
    return found;
  }, 'a replica owns the token');
  return found;
}

// Waits until `id` has ended with `output`; repeats as the contract says.
async function follow(replica, id, output) {
  for (;;) {
    try {
      const update = await replica().client.wait(
          { id }, { timeoutMs: 60_000 }).last();
      assert.equal(update.prediction.status, 'PREDICTION_STATUS_SUCCEEDED');
      assert.equal(update.prediction.output.stringValue, output);
      return;
    } catch (error) {
      // RetryInfo, or a crash of the replica.
      if (error.code !== 'UNAVAILABLE') throw error;
      await sleep(1000 * (error.retrySeconds ?? 0.1));
    }
  }
}

describe('three replicas', { concurrency: false }, () => {
  test('serve calls and Waits through each, with one budget', async () => {
    const requests = Array.from({ length: 9 }, () => newCreate({ run_s: 2 }));
    const created = await Promise.all(requests.map(async (request, i) => {
      const { id } = await replicas[i % REPLICAS].client.create(request);
      return { id, output: request.request_id };
    }));
    await Promise.all(created.flatMap(({ id, output }) =>
      replicas.map((replica) => follow(() => replica, id, output))));
    // From each replica's view, cached or not.
    for (const [i, { id }] of created.entries()) {
      const got = await replicas[(i + 1) % REPLICAS].client.get({ id });
      assert.equal(got.id, id);
    }
    const list = await replicas[0].client.list({ page_size: 10 });
    assert.equal(list.predictions.length, 9);
    await expectNo429();
    // Exactly one of them has sent everything.
    const owned = await Promise.all(
        replicas.map((replica) => replica.ownsTokens()));
    assert.deepEqual(owned.sort(), [0, 0, 1]);
  });

  test('create once for each request_id, at any replica', async () => {
    const before = await sandbox.createdCount();
    const request = newCreate({ run_s: 0 });
    const responses = await Promise.all(Array.from({ length: 12 }, (_, i) =>
      replicas[i % REPLICAS].client.create(request)));
    assert.equal(new Set(responses.map(({ id }) => id)).size, 1);
    assert.equal(await sandbox.createdCount() - before, 1);
    // A different create under the same id.
    for (const replica of replicas) {
      await failure(
          replica.client.create({ ...request, input: toValue('other') }),
          { code: 'INVALID_ARGUMENT', fields: ['request_id'] });
    }
  });

  test('keep the caller\'s request id through the owner', async () => {
    await owner();
    for (const [i, { client }] of replicas.entries()) {
      const error = await failure(
          client.call('Get', { id: randomUUID() },
                      { metadata: [['x-request-id', `hop-${i}`]] }),
          { code: 'NOT_FOUND' });
      assert.equal(
          error.details.ErrorInfo.metadata.gateway_request_id, `hop-${i}`);
    }
  });

  test('show the cluster on /statusz', async () => {
    const reports = await Promise.all(
        replicas.map((replica) => replica.report()));
    for (const { cluster } of reports) {
      assert.equal(cluster.name, 'wriftai-gateway');
      assert.equal(cluster.certain, true);
      assert.ok(cluster.certainty_age_seconds < 1.5);
      assert.equal(cluster.member_count, REPLICAS);
      assert.equal(cluster.tokens.length, 1);
    }
    const sessions = reports.map(({ cluster }) => cluster.session);
    assert.equal(new Set(sessions).size, REPLICAS);
    assert.ok(sessions.includes(reports[0].cluster.tokens[0].session));
  });

  test('leave no token and no payload in etcd', async () => {
    const dump = await etcd.dump();
    assert.match(dump, /^wriftai-gateway\/member\//m);
    for (const text of [TOKEN, CALLERS_TOKEN, 'pending_s', 'wriftai/echo']) {
      assert.ok(!dump.includes(text), text);
    }
  });

  test('lose no Wait and repeat no create when the owner crashes', async () => {
    const crashed = await owner();
    const others = replicas.filter((replica) => replica !== crashed);
    const requests = Array.from({ length: 6 }, () => newCreate({ run_s: 8 }));
    const created = await Promise.all(requests.map(
        (request, i) => others[i % 2].client.create(request)));
    const waits = created.map(({ id }, i) =>
      follow(() => others[(i + 1) % 2], id, requests[i].request_id));
    // Creates in flight at the crash.
    const before = await sandbox.createdCount();
    await sandbox.addFaults({ method: 'POST', times: 3, delay_ms: 500 });
    const late = Array.from({ length: 3 }, () => newCreate({ run_s: 1 }));
    const outcomes = late.map(async (request, i) => {
      try {
        return (await others[i % 2].client.create(request)).id;
      } catch (error) {
        return error.reason;
      }
    });
    await sleep(250);
    await crashed.kill();
    replicas = others;
    const ids = await Promise.all(outcomes);
    // Never more than one POST; the same answer to every retry.
    for (const [i, request] of late.entries()) {
      const again = await others[(i + 1) % 2].client.create(request).then(
          ({ id }) => id, (error) => error.reason);
      if (again !== 'CREATE_OUTCOME_UNKNOWN') assert.equal(again, ids[i]);
    }
    assert.ok(await sandbox.createdCount() - before <= late.length);
    await Promise.all(waits);
    assert.ok(others.includes(await owner()));
    await expectNo429();
    crashed.client.close();
    replicas.push(await startReplica());
  });

  test('go on while etcd is stopped, and refuse only new request ids',
       async () => {
    const serving = await owner();
    const request = newCreate({ run_s: 6 });
    const { id } = await serving.client.create(request);
    const waits = replicas.map(
        (replica) => follow(() => replica, id, request.request_id));
    etcd.signal('SIGSTOP');
    // Longer than a session's lease and certainty.
    await sleep(4000);
    for (const { client } of replicas) {
      assert.equal((await client.get({ id })).id, id);
      await failure(client.create(newCreate()),
                    { code: 'UNAVAILABLE', reason: 'STORE_DOWN' });
    }
    await Promise.all(waits);
    assert.ok((await serving.metrics())
                  .value('cluster_vouching_rounds_total',
                         { result: 'confirmed' }) > 0);
    for (const replica of replicas) {
      assert.equal(await replica.readiness(), 200);
    }
    etcd.signal('SIGCONT');
    // A new session: claimed, and paused, again.
    const retried = newCreate({ run_s: 0 });
    await until(
        () => replicas[0].client.create(retried).then(
            () => true, ({ code }) => assert.equal(code, 'UNAVAILABLE')),
        'creates succeed again');
    await expectNo429();
  });

  test('hand over while the owner still drains', async () => {
    const leaving = await owner();
    const others = replicas.filter((replica) => replica !== leaving);
    const request = newCreate({ run_s: 3 });
    const { id } = await others[0].client.create(request);
    const waits = others.map(
        (replica) => follow(() => replica, id, request.request_id));
    // A create that the drain waits for.
    await sandbox.addFaults({ method: 'POST', times: 1, delay_ms: 6000 });
    const slow = leaving.client.create(newCreate({ run_s: 0 }));
    await sleep(500);
    const { program } = leaving.gateway;
    program.child.kill('SIGTERM');
    replicas = others;
    await others[0].client.create(newCreate({ run_s: 0 }));
    assert.equal(program.child.exitCode, null);
    // It ends with its result, although the token has another owner.
    assert.ok((await slow).id);
    leaving.client.close();
    assert.equal((await program.end()).code, 0, program.describe());
    await Promise.all(waits);
    await expectNo429();
  });
});
