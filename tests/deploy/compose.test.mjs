// docker-compose.yml. CI cannot pull the images of Prometheus and Grafana:
// prometheus.test.mjs loads the same files into Debian's Prometheus.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { parse } from 'yaml';
import { Client } from '../integration/support/client.mjs';
import { freePort } from '../integration/support/free_port.mjs';
import { setting } from '../integration/support/setting.mjs';
import { fromValue } from '../integration/support/value.mjs';
import { eventually } from './support/eventually.mjs';
import { podman, podmanStatus, tool } from './support/podman.mjs';

const PROJECT = 'wriftai-test';

async function composeConfig() {
  const { code, stdout, stderr } = await tool('docker-compose', ['config']);
  assert.equal(code, 0, stderr);
  return parse(stdout);
}

test('docker-compose accepts the file, and every service is restricted',
     async () => {
       const { services } = await composeConfig();
       assert.deepEqual(Object.keys(services).sort(),
                        ['certificates', 'etcd-1', 'etcd-2', 'etcd-3', 'gateway',
                         'grafana', 'prometheus', 'replica-1', 'replica-2',
                         'replica-3', 'sandbox']);
       for (const [name, service] of Object.entries(services)) {
         assert.equal(service.read_only, true, name);
         assert.deepEqual(service.cap_drop, ['ALL'], name);
         assert.deepEqual(service.security_opt, ['no-new-privileges:true']);
         assert.match(service.image, /:(?!latest$)[^/]+$/);
         for (const port of service.ports ?? []) {
           assert.match(port, /^127\.0\.0\.1:/, name);
         }
         for (const [other, { condition }] of
           Object.entries(service.depends_on ?? {})) {
           assert.equal(condition, other === 'certificates' ?
               'service_completed_successfully' : 'service_healthy', name);
         }
         // The rest starts only when it is named.
         assert.deepEqual(
             service.profiles, /^(certificates|etcd-.|replica-.)$/.test(name) ?
                 ['replicas'] : undefined, name);
         // The images that are built here contain their own.
         assert.ok(service.healthcheck || service.build, name);
       }
     });

// Starts services; they end with the test. `variables`: of the file.
async function up(t, services, variables) {
  assert.equal(setting('WRIFTAI_IMAGE_TAG'), 'dev', 'the tag in the file');
  const compose = (...args) =>
    tool('podman-compose', ['--project-name', PROJECT, ...args], variables);
  t.after(async () => {
    await compose('down', '--timeout=5');
    // podman-compose leaves those of services that it was not told to start.
    const volumes = await podman('volume', 'ls', '--quiet', '--filter',
                                 `name=${PROJECT}_`);
    if (volumes) await podman('volume', 'rm', ...volumes.split('\n'));
    await podmanStatus('network', 'rm', '--force', `${PROJECT}_default`);
  });
  const { code, stderr } =
      await compose('up', '--detach', '--no-build', ...services);
  assert.equal(code, 0, stderr);
}

const healthy = (service) => eventually(
    () => `${service} is healthy`, async () => await podmanStatus(
        'healthcheck', 'run', `${PROJECT}_${service}_1`) === 0);

test('podman-compose starts a gateway and a sandbox that serve a client',
     async (t) => {
       const port = await freePort();
       await up(t, ['gateway'], {
         GATEWAY_PORT: `${port}`, SANDBOX_PORT: `${await freePort()}`,
       });
       await healthy('gateway');
       const client = new Client(`127.0.0.1:${port}`);
       t.after(() => client.close());
       const end = await client.createAndWait({
         create: { model: 'wriftai/echo', input_json: '"composed"' },
       }).last();
       assert.equal(fromValue(end.prediction.output), 'composed');
     });

test('podman-compose starts three replicas that create once', async (t) => {
  const ports = [await freePort(), await freePort(), await freePort()];
  await up(t, ['replica-1', 'replica-2', 'replica-3'], {
    SANDBOX_PORT: `${await freePort()}`,
    ...Object.fromEntries(ports.map(
        (port, i) => [`REPLICA_${i + 1}_PORT`, `${port}`])),
  });
  // Once they have joined the cluster.
  for (const i of [1, 2, 3]) await healthy(`replica-${i}`);
  const request_id = randomUUID();
  const ids = [];
  for (const port of ports) {
    const client = new Client(`127.0.0.1:${port}`);
    t.after(() => client.close());
    const { id } = await client.create({
      model: 'wriftai/echo', input_json: '"composed"', request_id,
    });
    ids.push(id);
  }
  assert.equal(new Set(ids).size, 1, `${ids}`);
});
