// The pods of the development overlay, started from what kubectl renders. There
// is no cluster here: podman starts the pods of Deployments with their
// ConfigMaps, and knows neither Services nor probes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { Client } from '../integration/support/client.mjs';
import { fromValue } from '../integration/support/value.mjs';
import { eventually } from './support/eventually.mjs';
import { Container, freePort, podman, podmanStatus }
  from './support/podman.mjs';
import { rendered, whyNotRendered } from './support/render.mjs';

// What podman calls the pod of a Deployment, and what the name is resolved to.
const podOf = (name) => `${name}-pod-0`;

// The rendered objects that podman knows, with the pod in the place of the
// Service, and ports of the machine that are free.
async function playable() {
  const objects = rendered('development').filter(
      ({ kind }) => ['ConfigMap', 'Deployment'].includes(kind));
  const ports = {};
  for (const { kind, data, spec } of objects) {
    if (kind === 'ConfigMap') {
      data.WRIFTAI_API_BASE_URL = data.WRIFTAI_API_BASE_URL.replace(
          'wriftai-sandbox', podOf('wriftai-sandbox'));
      continue;
    }
    for (const port of spec.template.spec.containers[0].ports) {
      port.hostIP = '127.0.0.1';
      port.hostPort = await freePort();
      ports[port.name] = port.hostPort;
    }
  }
  return { text: objects.map((object) => stringify(object)).join('---\n'),
           ports };
}

test('podman starts the pods of the development overlay, and they drain',
     { skip: whyNotRendered() }, async (t) => {
       const { text, ports } = await playable();
       const folder = mkdtempSync(join(tmpdir(), 'wriftai-'));
       const file = join(folder, 'pods.yaml');
       writeFileSync(file, text);
       t.after(() => rmSync(folder, { recursive: true }));
       t.after(() => podman('pod', 'rm', '--force', '--time=0',
                            podOf('wriftai-gateway'),
                            podOf('wriftai-sandbox')));
       await podman('play', 'kube', file);
       const gateway = new Container(`${podOf('wriftai-gateway')}-gateway`);
       await eventually(() => 'the gateway is healthy', async () =>
         await podmanStatus('exec', gateway.id, '/usr/bin/wriftctl',
                            'health') === 0);
       const client = new Client(`127.0.0.1:${ports.grpc}`);
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
