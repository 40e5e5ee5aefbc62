// What the chart leaves to its user: `helm test`, and the commands in the
// notes.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder } from '../integration/support/files.mjs';
import { Gateway } from '../integration/support/gateway.mjs';
import { run } from '../integration/support/program.mjs';
import { setting } from '../integration/support/setting.mjs';
import { CHART, chartObjects, isHook } from './support/helm.mjs';
import { whyNotRendered } from './support/render.mjs';
import { schemaErrors } from './support/schema.mjs';

const TLS = ['tls.secretName=wriftai-gateway-tls'];

const testPod = (sets) =>
  chartObjects([], sets).find(({ kind }) => kind === 'Pod').spec;

describe('helm test', { skip: whyNotRendered() }, () => {
  test('creates valid objects, and the policy before the pod', async () => {
    const hooks = chartObjects([], TLS).filter(isHook);
    assert.deepEqual(hooks.map(({ kind }) => kind), ['NetworkPolicy', 'Pod']);
    for (const hook of hooks) assert.deepEqual(await schemaErrors(hook), []);
  });

  test('succeeds with a gateway that serves, and fails without', async () => {
    const [{ command, args }] = testPod([]).containers;
    assert.deepEqual(command, ['/usr/bin/wriftctl']);
    const gateway = await Gateway.start({ flags: ['--sandbox'] });
    const check = () => run(setting('WRIFTCTL'), args.map(
        (arg) => arg.replace('wriftai-gateway:50051', gateway.address)));
    const serving = await check();
    assert.equal(serving.stdout, 'SERVING\n', serving.stderr);
    assert.equal(serving.code, 0);
    await gateway.stop();
    assert.equal((await check()).code, 1);
  });

  test('calls the health port with TLS, or the gRPC port with a certificate',
       () => {
         const addresses = (sets) => testPod(sets).containers[0].args.filter(
             (arg) => /^--(address|cert_file)/.test(arg));
         assert.deepEqual(addresses(TLS),
                          ['--address=wriftai-gateway-replicas:50052']);
         assert.deepEqual(
             addresses([...TLS, 'test.clientSecretName=client']), [
               '--address=wriftai-gateway:50051',
               '--cert_file=/run/secrets/wriftai/client/tls.crt',
             ]);
       });
});

// The text of NOTES.txt, which `helm template` does not print.
function notes(t, sets) {
  const chart = join(temporaryFolder(t), 'wriftai-gateway');
  cpSync(CHART, chart, { recursive: true });
  const path = join(chart, 'templates/NOTES.txt');
  writeFileSync(join(chart, 'templates/_notes.tpl'),
                `{{ define "notes" }}${readFileSync(path, 'utf8')}{{ end }}`);
  rmSync(path);
  writeFileSync(join(chart, 'templates/notes.yaml'),
                'kind: Notes\nmetadata: {name: x}\n' +
                    'text: {{ include "notes" . | toJson }}\n');
  return chartObjects([], sets, { chart }).find(
      ({ kind }) => kind === 'Notes').text;
}

describe('the notes', { skip: whyNotRendered() }, () => {
  test('have the two commands that call a gateway without TLS', (t) => {
    const lines = notes(t, []).split('\n');
    assert.deepEqual(lines.slice(0, 4), [
      'To call the gateway from this machine:', '',
      '  kubectl -n wriftai port-forward service/wriftai-gateway 50051 &',
      '  wriftctl create wriftai/echo --input \'"Hello"\' --wait',
    ]);
    assert.match(lines.join('\n'),
                 /^The gateway has no token of its own: set WRIFTCTL_TOKEN/m);
    assert.match(lines.join('\n'), /^ {2}wriftai-gateway\/client=true$/m);
  });

  test('have flags of wriftctl for TLS', async (t) => {
    const [, command] = /^ {2}(wriftctl .*)$/m.exec(notes(t, TLS));
    const flags = command.match(/--\w+/g);
    assert.deepEqual(flags, ['--input', '--wait', '--server_name', '--ca_file',
                             '--cert_file', '--key_file']);
    const { stdout } = await run(setting('WRIFTCTL'), ['create', '--help']);
    for (const flag of flags) assert.ok(stdout.includes(`${flag} `), flag);
  });

  test('name no token if the gateway has one', (t) =>
    assert.doesNotMatch(notes(t, ['token.secretName=a']), /WRIFTCTL_TOKEN/));
});
