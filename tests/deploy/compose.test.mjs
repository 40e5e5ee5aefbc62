// docker-compose.yml. CI cannot pull the images of Prometheus and Grafana:
// prometheus.test.mjs loads the same files into Debian's Prometheus.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { Client } from '../integration/support/client.mjs';
import { freePort } from '../integration/support/free_port.mjs';
import { setting } from '../integration/support/setting.mjs';
import { fromValue } from '../integration/support/value.mjs';
import { eventually } from './support/eventually.mjs';
import { podmanStatus, tool } from './support/podman.mjs';

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
                        ['gateway', 'grafana', 'prometheus', 'sandbox']);
       for (const [name, service] of Object.entries(services)) {
         assert.equal(service.read_only, true, name);
         assert.deepEqual(service.cap_drop, ['ALL'], name);
         assert.deepEqual(service.security_opt, ['no-new-privileges:true']);
         assert.match(service.image, /:(?!latest$)[^/]+$/);
         for (const port of service.ports) {
           assert.match(port, /^127\.0\.0\.1:/, name);
         }
         for (const { condition } of Object.values(service.depends_on ?? {})) {
           assert.equal(condition, 'service_healthy', name);
         }
         // The images that are built here contain their own.
         assert.ok(service.healthcheck || service.build, name);
       }
     });

test('podman-compose starts a gateway and a sandbox that serve a client',
     async (t) => {
       assert.equal(setting('WRIFTAI_IMAGE_TAG'), 'dev', 'the tag in the file');
       const port = await freePort();
       const variables = {
         GATEWAY_PORT: `${port}`, SANDBOX_PORT: `${await freePort()}`,
       };
       const compose = (...args) =>
         tool('podman-compose', ['--project-name', PROJECT, ...args],
              variables);
       t.after(async () => {
         await compose('down', '--timeout=5');
         await podmanStatus('network', 'rm', '--force', `${PROJECT}_default`);
       });
       const { code, stderr } =
           await compose('up', '--detach', '--no-build', 'gateway');
       assert.equal(code, 0, stderr);
       await eventually(() => 'the gateway is healthy', async () =>
         await podmanStatus('healthcheck', 'run',
                            `${PROJECT}_gateway_1`) === 0);
       const client = new Client(`127.0.0.1:${port}`);
       t.after(() => client.close());
       const end = await client.createAndWait({
         create: { model: 'wriftai/echo', input_json: '"composed"' },
       }).last();
       assert.equal(fromValue(end.prediction.output), 'composed');
     });
