// How a replica starts: without etcd, without rights, with another account.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Etcd } from './support/etcd.mjs';
import { freePort } from './support/free_port.mjs';
import { grpc } from './support/modules.mjs';
import { secret } from './support/program.mjs';
import { ReplicaProcess } from './support/replicas.mjs';
import { failure } from './support/rpc_error.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { until } from './support/webhooks.mjs';

const TOKEN = secret('replicas-start-token-1');

let etcd;
let sandbox;

before(async () => {
  etcd = await Etcd.start();
  sandbox = await Sandbox.start();
});

after(async () => {
  await sandbox?.stop();
  await etcd?.stop();
});

function launch(options = {}) {
  return ReplicaProcess.launch({
    etcd: etcd.endpoint, token: TOKEN, apiBaseUrl: sandbox.baseUrl, ...options,
  });
}

async function awaitReady(replica) {
  await until(async () => await replica.readiness() === 200,
              'the replica is ready');
}

test('is not ready before etcd answers, then joins', async (t) => {
  const port = await freePort();
  const replica = await launch({ etcd: `http://127.0.0.1:${port}` });
  t.after(() => replica.stop());
  await replica.gateway.program.awaitOutput(
      'stderr', new RegExp(`(etcd fails: 127\\.0\\.0\\.1:${port}: )`));
  const { status, body } = await replica.gateway.page('/readyz');
  assert.equal(status, 503);
  assert.equal(body, 'waiting for etcd to join the cluster\n');
  assert.equal((await replica.gateway.page('/healthz')).status, 200);
  await failure(
      replica.client.call('Get', { id: randomUUID() }, { timeoutMs: 1000 }),
      { code: 'UNAVAILABLE', reason: 'OWNER_UNAVAILABLE' });
  const late = new Etcd(etcd.folder + '-late', port, await freePort());
  await late.run();
  t.after(() => late.stop());
  await awaitReady(replica);
});

test('does not join replicas of another account', async (t) => {
  const first = await launch({ flags: ['--cluster_name=accounts'] });
  t.after(() => first.stop());
  await awaitReady(first);
  // It owns its own token, under a tag that is not of the token's text.
  await first.client.list({});
  const other = await launch({
    token: secret('replicas-start-token-2'), flags: ['--cluster_name=accounts'],
  });
  t.after(() => other.stop());
  await other.gateway.program.awaitOutput(
      'stderr', /(cannot join the cluster accounts: the gateway's own token)/);
  const { status, body } = await other.gateway.page('/readyz');
  assert.equal(status, 503);
  assert.equal(
      body, 'the cluster has another account\'s token as the gateway\'s own\n');
  // Its calls do not go to the other account.
  await failure(other.client.call('List', {}, { timeoutMs: 1000 }),
                { code: 'UNAVAILABLE', reason: 'OWNER_UNAVAILABLE' });
  // Under another name it may.
  const elsewhere = await launch({
    token: secret('replicas-start-token-2'), flags: ['--cluster_name=other'],
  });
  t.after(() => elsewhere.stop());
  await awaitReady(elsewhere);
  assert.equal(await first.readiness(), 200);
});

// It reaches etcd and the others, as behind a policy that blocks its port.
test('does not become ready while no other replica can call it', async (t) => {
  const flags = ['--cluster_name=blocked'];
  const first = await launch({ flags });
  t.after(() => first.stop());
  await awaitReady(first);
  await first.client.list({});
  const blocked = await launch({
    flags: [...flags, `--peer_advertise=127.0.0.1:${await freePort()}`],
  });
  t.after(() => blocked.stop());
  await blocked.gateway.program.awaitOutput(
      'stderr', /(warning not ready: no replica that is ready calls this one)/);
  assert.equal(await blocked.whyNotReady(),
               'no replica that is ready calls this one on its port for ' +
               'replicas\n');
  // An outage of etcd ends all sessions. The blocked one may be the first to
  // join again, but must not become ready before the other has joined, too.
  const sessions = async (replica) =>
    (await replica.metrics()).value('cluster_sessions_total');
  etcd.signal('SIGSTOP');
  await until(async () => (await first.report()).cluster.certainty_age_seconds >
                          3, 'the leases are over');
  etcd.signal('SIGCONT');
  await until(async () => await sessions(first) === 2 &&
                          await sessions(blocked) === 2, 'both join again');
  await first.client.list({});
  assert.equal(await blocked.readiness(), 503);
  // One that can be called becomes ready beside it, and takes over.
  const next = await launch({ flags });
  t.after(() => next.stop());
  await awaitReady(next);
  await first.stop();
  assert.equal(await next.ownsTokens(), 1);
  assert.equal(await blocked.readiness(), 503);
  // The last one left serves, whatever its port.
  await next.stop();
  await awaitReady(blocked);
  await blocked.client.list({});
});

// Calls FindOwners as a replica of that cluster, which knows no tags.
function askOwners(address, cluster) {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  const metadata = new grpc.Metadata();
  if (cluster !== undefined) metadata.set('wriftai-cluster', cluster);
  const same = (bytes) => bytes;
  return new Promise((resolve) => client.makeUnaryRequest(
      '/wriftai.peers.v1.Peers/FindOwners', same, same, Buffer.alloc(0),
      metadata, (error) => resolve(error?.details ?? 'answered')))
      .finally(() => client.close());
}

// As one whose peer's address has passed to a replica of another cluster.
test('answers no replica of another cluster or etcd', async (t) => {
  const replica = await launch({ flags: ['--cluster_name=mine'] });
  t.after(() => replica.stop());
  await awaitReady(replica);
  const [{ address }] = (await replica.report()).cluster.members;
  const refusal = await askOwners(address, 'others@1');
  const [, own] =
      /^this replica is of the cluster (mine@[0-9a-f]+) \(name and etcd\)$/
          .exec(refusal);
  assert.equal(await askOwners(address, own), 'answered');
  assert.equal(await askOwners(address, 'mine@1'), refusal);
  assert.equal(await askOwners(address, undefined), 'answered');
});

test('stays ready while etcd does not answer later', async (t) => {
  const replica = await launch({ flags: ['--cluster_name=later'] });
  t.after(() => replica.stop());
  await awaitReady(replica);
  etcd.signal('SIGSTOP');
  t.after(() => etcd.signal('SIGCONT'));
  await replica.gateway.program.awaitOutput('stderr', /(etcd fails)/);
  assert.equal(await replica.readiness(), 200);
});
