// docker-compose.yml. The images of Prometheus and Grafana cannot be pulled
// where CI runs: prometheus.test.mjs has a Prometheus of Debian's read the same
// files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { Client } from '../integration/support/client.mjs';
import { setting } from '../integration/support/setting.mjs';
import { fromValue } from '../integration/support/value.mjs';
import { eventually } from './support/eventually.mjs';
import { freePort, podmanStatus, tool } from './support/podman.mjs';

const PROJECT = 'wriftai-test';

async function composed() {
  const { code, stdout, stderr } = await tool('docker-compose', ['config']);
  assert.equal(code, 0, stderr);
  return parse(stdout);
}

test('docker-compose finds nothing wrong, and every service is shut in',
     async () => {
       const { services } = await composed();
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
         for (const need of Object.values(service.depends_on ?? {})) {
           assert.equal(need.condition, 'service_healthy', name);
         }
         // The images that are built here bring theirs along.
         assert.ok(service.healthcheck || service.build, name);
       }
     });

test('podman-compose starts gateway and sandbox, and a client is served',
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
