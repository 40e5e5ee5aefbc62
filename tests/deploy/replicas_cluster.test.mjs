// The pods of deploy/k8s/replicas, three gateways and three members of etcd, run
// with their own settings, probes and certificates: cluster_test.sh.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Authority } from '../integration/support/certificates.mjs';
import { Metrics } from '../integration/support/metrics.mjs';
import { run } from '../integration/support/program.mjs';
import { Sandbox } from '../integration/support/sandbox.mjs';
import { setting } from '../integration/support/setting.mjs';
import { eventually } from './support/eventually.mjs';
import { toolPath } from './support/paths.mjs';
import { podsOf, prepare } from './support/pods.mjs';
import { rendered, whyNotRendered } from './support/render.mjs';

const NAME = 'wriftai-gateway';

describe('replicas in Kubernetes', { skip: whyNotRendered() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'wriftai-'));
  let sandbox, gateways, programs = [];

  // The Secrets that docs/deploying.md lets the operator create.
  function makeSecrets() {
    const write = (secret, files) => {
      mkdirSync(join(folder, secret), { recursive: true });
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(folder, secret, name), text);
      }
    };
    const authority = new Authority(folder, 'ca');
    const pair = authority.issue({ names: `DNS:${NAME}` });
    const tls = { 'ca.crt': authority.cert, 'tls.crt': pair.cert,
                  'tls.key': pair.key };
    write(`${NAME}-tls`, tls);
    write('client', tls);
    write(`${NAME}-token`, { token: 'a-token-of-replicas' });
    write(`${NAME}-webhook`, { keys: 'a-key-of-webhooks' });
  }
  const wriftctl = (i, ...args) => run(setting('WRIFTCTL'), [
    ...args, `--address=${gateways[i].address}:50051`,
    `--server_name=${NAME}`,
    ...[['ca', 'ca.crt'], ['cert', 'tls.crt'], ['key', 'tls.key']].map(
        ([flag, file]) => `--${flag}_file=${join(folder, 'client', file)}`),
  ]);
  const page = async (i, path) => {
    const response = await fetch(`http://${gateways[i].address}:20051${path}`);
    return { status: response.status, body: await response.text() };
  };
  // The probe of a gateway, as the kubelet sends it: whether it succeeds.
  const ready = async (i) => (await run(setting('WRIFTCTL'), [
    'health', `--address=${gateways[i].address}:50052`,
    `--service=${gateways[i].container.readinessProbe.grpc.service}`,
  ])).code === 0;
  const value = async (i, name) =>
    new Metrics((await page(i, '/metrics')).body).value(name);

  before(async () => {
    const objects = rendered('replicas');
    const members = podsOf(folder, objects, 'StatefulSet', `${NAME}-etcd`, 0, 3);
    gateways = podsOf(folder, objects, 'Deployment', NAME, 1, 3);
    makeSecrets();
    prepare(folder, objects, members);
    sandbox = await Sandbox.start();
    programs = gateways.map((pod) => pod.start(
        setting('WRIFTAI_GATEWAY'),
        { WRIFTAI_API_BASE_URL: sandbox.baseUrl }));
    // Without etcd, they start all the same.
    await eventually(() => 'the gateways are alive', async () =>
      (await Promise.all([0, 1, 2].map((i) => page(i, '/healthz').catch(
          () => ({}))))).every(({ status }) => status === 200));
    assert.deepEqual(await Promise.all([0, 1, 2].map(ready)),
                     [false, false, false]);
    programs.push(...members.map((pod) => pod.start(toolPath('etcd'))));
  });
  after(async () => {
    await Promise.all(programs.map((program) => program.stop('SIGKILL').catch(
        () => {})));
    await sandbox?.stop();
    rmSync(folder, { recursive: true });
  });

  test('become ready once they have joined', async () => {
    await eventually(() => programs[0].describe(), async () =>
      (await Promise.all([0, 1, 2].map(ready))).every(Boolean));
    await eventually(() => 'each knows the others', async () =>
      (await Promise.all([0, 1, 2].map(
          (i) => value(i, 'cluster_members')))).every((n) => n === 3));
  });

  test('forward calls to the owner of the token, and create once', async () => {
    const id = randomUUID();
    const outputs = [];
    for (const i of [0, 1, 2]) {
      const { stdout, stderr, code } = await wriftctl(
          i, 'create', 'wriftai/echo', '--input="Hello"', '--wait',
          `--request_id=${id}`);
      assert.equal(code, 0, stderr);
      outputs.push(/^id +(\S+)$/m.exec(stdout)[1]);
    }
    assert.equal(new Set(outputs).size, 1);
    assert.equal(await sandbox.createdCount(), 1);
    const owned = await Promise.all([0, 1, 2].map(
        (i) => value(i, 'cluster_owned_tokens')));
    assert.deepEqual(owned.sort(), [0, 0, 1]);
  });

  test('stay alive and ready without etcd', async () => {
    await Promise.all(programs.slice(3).map((program) =>
      program.stop('SIGKILL').catch(() => {})));
    await eventually(() => 'an owner relies on the others', async () => {
      const ages = await Promise.all([0, 1, 2].map(
          (i) => value(i, 'cluster_certainty_age_seconds')));
      return ages.every((age) => age > 3);
    });
    for (const i of [0, 1, 2]) {
      assert.equal((await page(i, '/healthz')).status, 200);
      assert.equal(await ready(i), true);
    }
    const { code, stderr } = await wriftctl(1, 'list');
    assert.equal(code, 0, stderr);
  });
});
