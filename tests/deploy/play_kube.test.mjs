// The pods of both overlays, as kubectl renders them. Without a cluster, podman
// starts the pods of Deployments with their ConfigMaps; it supports neither
// Services nor probes.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { Authority } from '../integration/support/certificates.mjs';
import { Client } from '../integration/support/client.mjs';
import { temporaryFolder } from '../integration/support/files.mjs';
import { freePort } from '../integration/support/free_port.mjs';
import { run } from '../integration/support/program.mjs';
import { setting } from '../integration/support/setting.mjs';
import { fromValue } from '../integration/support/value.mjs';
import { eventually } from './support/eventually.mjs';
import { Container, podman, podmanStatus } from './support/podman.mjs';
import { rendered, whyNotRendered } from './support/render.mjs';

const TAG = setting('WRIFTAI_IMAGE_TAG');

// podman's name of a Deployment's pod, which is also its host name.
const podOf = (name) => `${name}-pod-0`;

const API = `http://${podOf('wriftai-sandbox')}:8080/v1`;

// Creates a folder with a Secret's files, as the kubelet mounts it.
function mounted(path, texts, mode, group) {
  mkdirSync(path);
  for (const [key, text] of Object.entries(texts)) {
    writeFileSync(join(path, key), text, { mode });
    chownSync(join(path, key), 0, group);
  }
  return path;
}

// Starts the pods of an overlay, with the sandbox as the API. Returns the host
// ports of the gateway's ports, by name. `secrets`: their contents, by name and
// key.
async function play(t, overlay, secrets = {}) {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o755);
  const objects = rendered(overlay).filter(
      ({ kind }) => ['ConfigMap', 'Deployment'].includes(kind));
  const ports = {};
  const pods = [];
  for (const { kind, data, metadata, spec } of objects) {
    if (kind === 'ConfigMap') {
      data.WRIFTAI_API_BASE_URL = API;
      continue;
    }
    pods.push(podOf(metadata.name));
    const [container] = spec.template.spec.containers;
    container.image = container.image.replace(
        /^.*?(wriftai-[a-z]+):.*$/, `localhost/$1:${TAG}`);
    // podman 4.3 passes secrets on as base64: use a folder for each instead.
    for (const volume of spec.template.spec.volumes ?? []) {
      const { secretName, defaultMode } = volume.secret;
      volume.hostPath = {
        type: 'Directory',
        path: mounted(join(folder, secretName), secrets[secretName],
                      defaultMode, spec.template.spec.securityContext.fsGroup),
      };
      delete volume.secret;
    }
    for (const port of container.ports) {
      port.hostIP = '127.0.0.1';
      port.hostPort = ports[port.name] = await freePort();
    }
  }
  const file = join(folder, 'pods.yaml');
  writeFileSync(file, objects.map((object) => stringify(object)).join('---\n'));
  t.after(() => podman('pod', 'rm', '--force', '--time=0', ...pods));
  await podman('play', 'kube', file);
  return ports;
}

const gateway = new Container(`${podOf('wriftai-gateway')}-gateway`);

// Same check as the readiness probe.
const ready = () => eventually(() => 'the gateway is ready', async () =>
  await podmanStatus('exec', `--env=WRIFTCTL_ADDRESS=localhost:50052`,
                     gateway.id, '/usr/bin/wriftctl', 'health',
                     '--service=wriftai.predictions.v1.Predictions') === 0);

const skip = whyNotRendered();

test('the pods of the development overlay serve a client and drain',
     { skip }, async (t) => {
       const { grpc } = await play(t, 'development');
       await ready();
       const client = new Client(`127.0.0.1:${grpc}`);
       t.after(() => client.close());
       const end = await client.createAndWait({
         create: { model: 'wriftai/echo', input_json: '"in a pod"' },
       }).last();
       assert.equal(fromValue(end.prediction.output), 'in a pod');
       assert.equal(await gateway.inspect('.HostConfig.ReadonlyRootfs'),
                    'true');
       assert.equal(await gateway.inspect('.HostConfig.Memory'),
                    `${512 << 20}`);
       assert.equal(await gateway.stop(), 0);
     });

test('the pod of the production overlay requires client certificates, and ' +
     'serves probes and webhooks',
     { skip }, async (t) => {
       const folder = temporaryFolder(t);
       const authority = new Authority(folder, 'ca');
       const server =
           authority.issue({ names: 'DNS:localhost,IP:127.0.0.1' });
       const ports = await play(t, 'production', {
         'wriftai-gateway-token': { token: 'any' },
         'wriftai-gateway-webhook': { keys: 'a-key-of-webhooks' },
         'wriftai-gateway-tls': {
           'tls.crt': server.cert, 'tls.key': server.key,
           'ca.crt': authority.cert,
         },
       });
       await ready();

       const client = authority.issue({ names: 'DNS:client' });
       const path = (name) => join(folder, name);
       writeFileSync(path('ca'), authority.cert);
       writeFileSync(path('cert'), client.cert);
       writeFileSync(path('key'), client.key);
       const create = (...flags) => run(setting('WRIFTCTL'), [
         'create', 'no-model', '--input=1', `--address=localhost:${ports.grpc}`,
         `--ca_file=${path('ca')}`, ...flags,
       ]);
       const known = await create(`--cert_file=${path('cert')}`,
                                  `--key_file=${path('key')}`);
       assert.match(known.stderr, /^INVALID_ARGUMENT: model: expected owner/);
       assert.match((await create()).stderr, /^UNAVAILABLE: /);

       const page = async (port, path) =>
         (await fetch(`http://127.0.0.1:${port}${path}`)).status;
       assert.equal(await page(ports.webhooks, '/webhooks/wriftai'), 405);
       assert.equal(await page(ports.http, '/readyz'), 200);
       assert.equal(await gateway.stop(), 0);
     });
