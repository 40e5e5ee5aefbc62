// The example of clients/java, with the jar that Maven has built.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Gateway } from '../../integration/support/gateway.mjs';
import { run } from '../../integration/support/program.mjs';
import { Sandbox } from '../../integration/support/sandbox.mjs';
import { setting } from '../../integration/support/setting.mjs';

const folder = setting('CLIENT_FOLDER');
const classpath =
    `${folder}/example:${readFileSync(`${folder}/classpath`, 'utf8').trim()}`;
const example = (...args) =>
  run('java', ['-cp', classpath, 'Example', gateway.address, ...args]);

let sandbox;
let gateway;

before(async () => {
  sandbox = await Sandbox.start();
  gateway = await Gateway.start({ apiBaseUrl: sandbox.baseUrl, token: 'any' });
});

after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

test('the example prints the output', async () => {
  const { code, stdout, stderr } =
      await example('wriftai/echo', '{"n": 12345678901234567890}');
  assert.equal(code, 0, stderr);
  // A slow start may miss the updates before.
  assert.match(stdout, /(^|\n)succeeded\n\{"n": 12345678901234567890\}\n$/);
});

test('the example prints an error', async () => {
  const { code, stderr } = await example('no-slash', '1');
  assert.equal(code, 1, stderr);
  assert.match(
      stderr, /INVALID_ARGUMENT, description=create\.model: expected owner\//);
});
