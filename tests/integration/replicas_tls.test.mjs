// mTLS between replicas, and between them and etcd.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Authority, SecretVolume } from './support/certificates.mjs';
import { stopAll } from './support/cleanup.mjs';
import { Client } from './support/client.mjs';
import { Etcd } from './support/etcd.mjs';
import { secret } from './support/program.mjs';
import { ReplicaProcess } from './support/replicas.mjs';
import { failure } from './support/rpc_error.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';
import { until } from './support/webhooks.mjs';

const TOKEN = secret('replicas-tls-token-1');
const NAME = 'URI:spiffe://cluster.local/ns/a/sa/gateway';
const OTHER_NAME = 'URI:spiffe://cluster.local/ns/a/sa/other';
const ALLOWED = 'spiffe://cluster.local/ns/*/sa/gateway';

const folder = mkdtempSync(join(tmpdir(), 'replicas-tls-'));
const peers = new Authority(folder, 'peers');
const clients = new Authority(folder, 'etcd');
const foreign = new Authority(folder, 'foreign');

let etcd;
let sandbox;
let replicas = [];

const filesOf = (ca, { cert, key }) => ({ ca, cert, key });
const mount = (files) =>
  new SecretVolume(mkdtempSync(join(folder, 'mount-')), files);

// A replica with these certificates, on mounted volumes.
async function launch({ peer = peers.issue({ names: NAME }),
                        peerCa = peers.cert,
                        client = clients.issue({}) } = {}) {
  const volumes = { peer: mount(filesOf(peerCa, peer)),
                    etcd: mount(filesOf(clients.cert, client)) };
  const flags = Object.entries(volumes).flatMap(([prefix, volume]) =>
    ['ca', 'cert', 'key'].map(
        (name) => `--${prefix}_${name}_file=${volume.path(name)}`));
  const replica = await ReplicaProcess.launch({
    etcd: etcd.endpoint, token: TOKEN, apiBaseUrl: sandbox.baseUrl,
    flags: [...flags, `--peer_allowed_names=${ALLOWED}`],
  });
  return Object.assign(replica, { volumes });
}

// The same, once it has joined.
async function start(options) {
  const replica = await launch(options);
  await joined(replica);
  return replica;
}

const joined = (replica) => until(
    async () => await replica.readiness() === 200, 'the replica is ready');

const logOf = ({ gateway }) => gateway.program.stderr;

before(async () => {
  const server = mount(filesOf(
      clients.cert, clients.issue({ names: 'IP:127.0.0.1' })));
  etcd = await Etcd.start({ tls: {
    ca: server.path('ca'), cert: server.path('cert'), key: server.path('key'),
  } });
  sandbox = await Sandbox.start();
  replicas = await Promise.all([start(), start(), start()]);
});

after(async () => {
  await stopAll(replicas, sandbox, etcd);
  rmSync(folder, { recursive: true });
});

async function createAt({ client }) {
  const { id } = await client.create({
    model: 'wriftai/echo', request_id: randomUUID(), input: toValue('a'),
  });
  return id;
}

// The replica that owns the token, first.
async function ownerAndOthers() {
  const owned = await Promise.all(
      replicas.map((replica) => replica.ownsTokens()));
  const owner = replicas[owned.indexOf(1)];
  return [owner, ...replicas.filter((replica) => replica !== owner)];
}

// Gets at each replica a prediction that none has in its cache.
async function expectServed() {
  for (const replica of replicas) {
    const id = await createAt(replica);
    for (const { client } of replicas) {
      assert.equal((await client.get({ id })).id, id);
    }
  }
}

describe('replicas with certificates', { concurrency: false }, () => {
  test('forward calls, and refuse plaintext', async () => {
    await expectServed();
    const [owner] = await ownerAndOthers();
    const [, address] =
        /other replicas are served on (\S+)/.exec(logOf(owner));
    const plaintext = new Client(address);
    await failure(plaintext.list({}), { code: 'UNAVAILABLE' });
    plaintext.close();
  });

  test('keep one of a foreign CA out, until its files are replaced', async () => {
    const [owner] = await ownerAndOthers();
    const refused = await launch({ peer: foreign.issue({ names: NAME }) });
    try {
      await until(async () => (await refused.whyNotReady()).includes(
          'no replica that is ready answers this one'), 'it says why');
      await until(() => logOf(owner).includes(
          "warning rejected a replica's client certificate, untrusted\n"),
                  'a replica that it calls logs why');
      await expectServed();
      refused.volumes.peer.replace(
          filesOf(peers.cert, peers.issue({ names: NAME })));
      await joined(refused);
      await refused.client.list({});
    } finally {
      await refused.stop();
    }
  });

  test('keep one out whose name is not allowed', async () => {
    const [owner] = await ownerAndOthers();
    const refused = await launch({ peer: peers.issue({ names: OTHER_NAME }) });
    try {
      await until(() => logOf(owner).includes(
          "warning rejected a replica's server certificate, " +
          'name_not_allowed: spiffe://cluster.local/ns/a/sa/other\n'),
                  'a replica that calls it logs why');
      await until(() => logOf(refused).includes(
          'warning not ready: no replica that is ready answers this one'),
                  'it logs why it is not ready');
      await expectServed();
    } finally {
      await refused.stop();
    }
  });

  test('join once etcd accepts their certificate', async () => {
    const refused = await launch({ client: foreign.issue({}) });
    try {
      await until(() => /error etcd fails: /.test(logOf(refused)),
                  'the log says that etcd fails');
      assert.equal(await refused.readiness(), 503);
      refused.volumes.etcd.replace(filesOf(clients.cert, clients.issue({})));
      await joined(refused);
      await refused.client.list({});
    } finally {
      await refused.stop();
    }
  });

  test('follow a rotation of the CA without a restart', async () => {
    const next = new Authority(folder, 'next');
    const both = peers.cert + next.cert;
    const old = replicas.map(() => peers.issue({ names: NAME }));
    const renewed = replicas.map(() => next.issue({ names: NAME }));
    const count = (replica, text) => logOf(replica).split(text).length - 1;
    for (const [ca, identities, certificateReloads, caReloads] of [
      [both, old, 1, 1], [both, renewed, 2, 1], [next.cert, renewed, 2, 2],
    ]) {
      replicas.forEach(({ volumes }, i) =>
        volumes.peer.replace(filesOf(ca, identities[i])));
      await until(() => replicas.every((replica) =>
        count(replica, 'reloaded the TLS certificate') === certificateReloads &&
        count(replica, 'reloaded --peer_ca_file') === caReloads),
                  'the files are read again');
      await expectServed();
    }
    // The newest connects to the owner and then takes over, so the others
    // connect to it.
    const newest = await start(
        { peer: next.issue({ names: NAME }), peerCa: next.cert });
    replicas.push(newest);
    await expectServed();
    const [owner, ...others] = await ownerAndOthers();
    replicas = others;
    await owner.stop();
    assert.equal(await newest.ownsTokens(), 1);
    await expectServed();
  });
});
