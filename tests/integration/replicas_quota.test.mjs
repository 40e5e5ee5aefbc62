// What docs/replicas.md says of replicas whose etcd has used up its quota.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectWithin, measure } from './support/bounds.mjs';
import { stopAll } from './support/cleanup.mjs';
import { Etcd } from './support/etcd.mjs';
import { secret } from './support/program.mjs';
import { ReplicaProcess } from './support/replicas.mjs';
import { failure } from './support/rpc_error.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';
import { until } from './support/webhooks.mjs';

const TOKEN = secret('replicas-quota-token-1');
const OTHER_TOKEN = secret('replicas-quota-token-2');
const QUOTA_BYTES = 2 << 20;

function newCreate(run_s = 0) {
  const output = randomUUID();
  return {
    model: 'wriftai/echo',
    input: toValue({ sandbox: { pending_s: 0, run_s, output } }),
  };
}

const withId = (create) => ({ ...create, request_id: randomUUID() });

// Writes versions of a key until etcd rejects them.
async function fill(etcd) {
  const value = 'x'.repeat(100_000);
  for (let i = 0; i < 2 * QUOTA_BYTES / value.length; ++i) {
    try {
      await etcd.control('put', 'filler', value);
    } catch (error) {
      assert.match(error.message, /database space exceeded/);
      return;
    }
  }
  assert.fail('etcd has no quota');
}

// What etcd's manual says to do.
async function makeRoom(etcd) {
  const { header } = JSON.parse(await etcd.control('get', 'filler', '-w=json'));
  await etcd.control('compact', `${header.revision}`);
  await etcd.control('defrag');
  await etcd.control('alarm', 'disarm');
}

test('etcd\'s used-up quota stops only request ids, new tokens and new ' +
     'replicas, until there is room', async (t) => {
  let etcd, sandbox, replicas = [];
  t.after(() => stopAll(replicas, sandbox, etcd));
  etcd = await Etcd.start({ flags: [`--quota-backend-bytes=${QUOTA_BYTES}`] });
  sandbox = await Sandbox.start('--time_scale=1');
  const options = { etcd: etcd.endpoint, token: TOKEN,
                    apiBaseUrl: sandbox.baseUrl };
  replicas = await Promise.all(
      [1, 2].map(() => ReplicaProcess.start(options)));
  const { id } = await replicas[0].client.create(withId(newCreate(6)));
  const waits = replicas.map(({ client }) =>
    client.wait({ id }, { timeoutMs: 60_000 }));
  await Promise.all(waits.map((wait) => wait.next()));

  await fill(etcd);
  const created = await sandbox.createdCount();
  // Longer than a lease, and than a replica is certain without etcd's reads.
  await sleep(4000);
  for (const { client } of replicas) {
    assert.equal((await client.get({ id })).id, id);
    await failure(client.create(withId(newCreate())), {
      code: 'UNAVAILABLE', reason: 'STORE_DOWN',
      message: 'cannot record the request_id, so the create was not sent: ' +
          'etcd: etcdserver: mvcc: database space exceeded',
    });
    assert.ok((await client.create(newCreate())).id);
    // No replica can begin to own it.
    await failure(client.call('List', {}, { timeoutMs: 1000, metadata: [
      ['authorization', `Bearer ${OTHER_TOKEN}`]] }),
                  { code: 'UNAVAILABLE', reason: 'OWNER_UNAVAILABLE' });
  }
  // Only those without an id.
  assert.equal(await sandbox.createdCount(), created + replicas.length);
  for (const wait of waits) {
    const { prediction } = await wait.last();
    assert.equal(prediction.status, 'PREDICTION_STATUS_SUCCEEDED');
  }
  const late = await ReplicaProcess.launch(options);
  replicas.push(late);
  const log = late.gateway.program;
  await until(
      () => /error etcd rejects a call: .*: database space exceeded$/m.test(
          log.stderr), 'the new replica logs why it is not ready');
  assert.equal(await late.readiness(), 503);

  await makeRoom(etcd);
  const retried = withId(newCreate());
  const recovery = await measure(() => until(
      () => replicas[1].client.create(retried).then(
          () => true, ({ code }) => assert.equal(code, 'UNAVAILABLE')),
      'creates succeed again'));
  expectWithin(t, recovery, 2000, 'creates after there is room');
  await until(async () => await late.readiness() === 200,
              'the new replica is ready');
  assert.equal((await late.client.create(retried)).id,
               (await replicas[0].client.create(retried)).id);
});
