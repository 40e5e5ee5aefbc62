// The chart through Helm's commands, against an API server that stores what it
// is sent: what is created, what an upgrade sends, and what is left at the end.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { temporaryFolder } from '../integration/support/files.mjs';
import { run } from '../integration/support/program.mjs';
import { FakeKubernetes } from './support/fake_kubernetes.mjs';
import { CHART, installedObjects, valueArgs } from './support/helm.mjs';
import { toolPath } from './support/paths.mjs';
import { nameOf, whyNotRendered } from './support/render.mjs';

const FILES = ['values-production.yaml'];

function kubeconfig(server) {
  const named = (kind, fields) => [{ name: 'fake', [kind]: fields }];
  return stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'fake',
    clusters: named('cluster', { server }), users: named('user', {}),
    contexts: named('context', { cluster: 'fake', user: 'fake' }),
  });
}

// A cluster, and Helm for it: helm(command, ...args) returns its exit status,
// its output and what it has changed.
async function startCluster(t) {
  const kubernetes = await new FakeKubernetes().start();
  t.after(() => kubernetes.stop());
  const home = temporaryFolder(t);
  const config = join(home, 'config');
  writeFileSync(config, kubeconfig(kubernetes.url));
  return async (command, ...args) => {
    const { code, stdout, stderr } = await run(
        toolPath('helm'),
        [command, 'wriftai-gateway', '--namespace=wriftai', ...args],
        { env: { HOME: home, KUBECONFIG: config } });
    return { code, stdout, stderr, changes: kubernetes.takeChanges() };
  };
}

const withoutBodies = (changes) =>
  changes.map(([method, name]) => `${method} ${name}`);

const skip = whyNotRendered();

test('Helm installs, tests, upgrades, rolls back and uninstalls production',
     { skip }, async (t) => {
       const start = await startCluster(t);
       const helm = async (...args) => {
         const result = await start(...args);
         assert.equal(result.code, 0, result.stderr);
         return result;
       };
       const values = [CHART, ...valueArgs(FILES)];
       const names = installedObjects(FILES).map(nameOf);

       const installed = await helm('install', ...values);
       assert.match(installed.stdout,
                    /^NOTES:\nTo call the gateway from this machine:$/m);
       assert.deepEqual(withoutBodies(installed.changes).sort(),
                        names.map((name) => `POST ${name}`).sort());

       const tested = await helm('test');
       assert.match(tested.stdout, /^Phase: +Succeeded$/m);
       assert.deepEqual(withoutBodies(tested.changes), [
         'POST NetworkPolicy/wriftai-gateway-test',
         'POST Pod/wriftai-gateway-test',
         'DELETE Pod/wriftai-gateway-test',
         'DELETE NetworkPolicy/wriftai-gateway-test',
       ]);

       assert.deepEqual((await helm('upgrade', ...values)).changes, []);
       const upgraded =
           await helm('upgrade', ...values, '--set=flags.read_rate=5');
       const checksum = upgraded.changes[1][2].spec.template.metadata
           .annotations['checksum/settings'];
       assert.deepEqual(upgraded.changes, [
         ['PATCH', 'ConfigMap/wriftai-gateway',
          { data: { GATEWAY_READ_RATE: '5' } }],
         ['PATCH', 'Deployment/wriftai-gateway', {
           spec: {
             template: {
               metadata: { annotations: { 'checksum/settings': checksum } },
             },
           },
         }],
       ]);

       const rolledBack = await helm('rollback', '1');
       assert.deepEqual(rolledBack.changes[0], [
         'PATCH', 'ConfigMap/wriftai-gateway',
         { data: { GATEWAY_READ_RATE: null } },
       ]);
       assert.equal(rolledBack.changes.length, 2);

       const uninstalled = await helm('uninstall');
       assert.deepEqual(withoutBodies(uninstalled.changes).sort(),
                        names.map((name) => `DELETE ${name}`).sort());
     });

test('Helm creates nothing if the cluster lacks an operator', { skip },
     async (t) => {
       const helm = await startCluster(t);
       const { code, stderr, changes } = await helm(
           'install', CHART, ...valueArgs([...FILES, 'ci/keda.yaml']));
       assert.equal(code, 1);
       assert.match(stderr, /no matches for kind "ScaledObject" in version /);
       assert.deepEqual(changes, []);
     });
