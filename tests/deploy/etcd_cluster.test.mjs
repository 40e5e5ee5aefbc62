// The StatefulSet of etcd, run with its own arguments, probes, certificates and
// names: cluster_test.sh.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { run } from '../integration/support/program.mjs';
import { eventually } from './support/eventually.mjs';
import { toolPath } from './support/paths.mjs';
import { podsOf, prepare } from './support/pods.mjs';
import { renderedWith, whyNotRendered } from './support/render.mjs';

const NAME = 'wriftai-gateway-etcd';
const urlOf = (i, port) => `https://${NAME}-${i}.${NAME}:${port}`;
const URLS = [0, 1, 2].map((i) => urlOf(i, 2379));

describe('etcd in Kubernetes', { skip: whyNotRendered() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'wriftai-'));
  let pods, members;

  const fileOf = (secret, name) => join(folder, secret, name);
  const etcdctl = (...args) => run(toolPath('etcdctl'), [
    '--command-timeout=2s', ...args,
  ], {
    env: {
      ETCDCTL_API: '3', ETCDCTL_ENDPOINTS: URLS.join(),
      ETCDCTL_CACERT: fileOf(`${NAME}-client`, 'ca.crt'),
      ETCDCTL_CERT: fileOf(`${NAME}-client`, 'tls.crt'),
      ETCDCTL_KEY: fileOf(`${NAME}-client`, 'tls.key'),
    },
  });
  // What a TLS client gets from the URL: a status of HTTP, or that the server
  // closed the connection. `secret`: with its certificate.
  async function get(url, secret) {
    const { code, stdout } = await run('curl', [
      '--silent', '--http1.1', '--output', '/dev/null', '--write-out', '%{http_code}',
      '--cacert', fileOf(`${NAME}-client`, 'ca.crt'),
      ...secret ? ['--cert', fileOf(secret, 'tls.crt'),
                   '--key', fileOf(secret, 'tls.key')] : [], url,
    ]);
    // During the handshake, before a response, while sending, or receiving.
    return code === 0 ? Number(stdout) :
        [35, 52, 55, 56].includes(code) ? 'closed' : `error ${code} of curl`;
  }
  // The status that the kubelet gets for a probe of member `i`.
  async function probe(i, name) {
    const { container, address } = pods[i];
    const { port, path } = container[name].httpGet;
    const { containerPort } = container.ports.find(
        (other) => other.name === port);
    return (await fetch(`http://${address}:${containerPort}${path}`)).status;
  }

  before(async () => {
    const objects = renderedWith('production', ['etcd']);
    pods = podsOf(folder, objects, 'StatefulSet', NAME, 0, 3);
    prepare(folder, objects, pods);
    members = pods.map((pod) => pod.start(toolPath('etcd')));
    await eventually(
        () => members.map((member) => member.describe()).join('\n'),
        async () => (await etcdctl('endpoint', 'health')).code === 0);
  });
  after(async () => {
    await Promise.all(members.map((member) => member.stop('SIGKILL').catch(
        () => {})));
    rmSync(folder, { recursive: true });
  });

  test('is one cluster, which the gateway\'s certificate may use', async () => {
    const { stdout } = await etcdctl('member', 'list', '--write-out=simple');
    assert.deepEqual(stdout.trim().split('\n').map(
        (line) => line.split(', ')[4]).sort(), URLS);
    const { stdout: put, stderr } = await etcdctl('put', 'key', 'value');
    assert.equal(put, 'OK\n', stderr);
  });

  test('rejects clients without a certificate', async () => {
    assert.equal(await get(`${URLS[0]}/version`), 'closed');
    assert.equal(await get(`${URLS[0]}/version`, `${NAME}-client`), 200);
  });

  test('admits no gateway as a member', async () => {
    const url = `${urlOf(0, 2380)}/version`;
    assert.equal(await get(url, `${NAME}-client`), 'closed');
    assert.equal(await get(url, `${NAME}-tls`), 200);
  });

  test('has an etcdctl in each pod', async () => {
    const { stdout, stderr } = await run(
        toolPath('etcdctl'), ['endpoint', 'health', '--cluster'],
        { env: pods[1].env() });
    assert.equal((stdout + stderr).match(/is healthy/g)?.length, 3,
                 stdout + stderr);
  });

  test('serves without one member, and is not restarted without two',
       async () => {
         assert.deepEqual([await probe(0, 'readinessProbe'),
                           await probe(0, 'livenessProbe')], [200, 200]);
         members[2].child.kill('SIGKILL');
         await members[2].ended;
         await eventually(() => 'two members serve', async () =>
           (await etcdctl('put', 'key', 'value')).code === 0);
         assert.equal(await probe(0, 'readinessProbe'), 200);
         members[1].child.kill('SIGKILL');
         await members[1].ended;
         await eventually(() => 'the last member is not ready', async () =>
           await probe(0, 'readinessProbe') === 503);
         assert.equal(await probe(0, 'livenessProbe'), 200);
       });
});
