// What a program sees of the installed package: modules and types.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { program } from './package.mjs';

const exported = 'new Client("localhost:1").close(); ' +
    'console.log(typeof GatewayError, typeof v1.GetRequestSchema);';

for (const [name, type, load] of [
  ['import', 'module',
   'import { Client, GatewayError, v1 } from "@wriftai/gateway"; '],
  ['require', 'commonjs',
   'const { Client, GatewayError, v1 } = require("@wriftai/gateway"); '],
]) {
  test(`${name} finds the package`, () => {
    const printed = execFileSync(
        process.execPath, [`--input-type=${type}`, '-e', load + exported],
        { cwd: program, encoding: 'utf8' });
    assert.equal(printed, 'function object\n');
  });
}

test('the package has its license and no sources', () => {
  const folder = path.join(program, 'node_modules/@wriftai/gateway');
  assert.match(readFileSync(path.join(folder, 'LICENSE'), 'utf8'),
               /Apache License/);
  assert.throws(() => readFileSync(path.join(folder, 'src/index.ts')),
                { code: 'ENOENT' });
});

// What tsc reports of a strict program: "LINE CODE" of each error.
function check(name, text) {
  writeFileSync(path.join(program, name), text);
  const { stdout } = spawnSync(
      path.join(program, 'node_modules/.bin/tsc'),
      ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022',
       '--types', 'node', '--exactOptionalPropertyTypes', name],
      { cwd: program, encoding: 'utf8' });
  return [...stdout.matchAll(/\((\d+),\d+\): error (TS\d+)/g)].map(
      ([, line, code]) => `${line} ${code}`).concat(
      stdout.includes('error') ? [] : stdout.split('\n').filter(Boolean));
}

test('a program with the right types passes, with all declarations', () => {
  assert.deepEqual(check('right.mts', `
    import { Client, type FieldViolation, GatewayError, type Json,
             type Prediction, tls, v1 } from '@wriftai/gateway';

    const { predictions } = new Client('localhost:1', {
      token: () => 'x', credentials: tls({ caFile: 'ca.crt' }),
      channelOptions: { 'grpc.ssl_target_name_override': 'gateway.example' },
    });
    try {
      const prediction: Prediction = await predictions.create({
        model: 'a/b', input: { n: [1, null] }, wait: true,
        webhook: { url: 'http://localhost/' },
        onPoll: async ({ status, createdAt }) => {
          const text: string = status;
          const time: Date | undefined = createdAt;
          console.log(text, time);
        },
      });
      const output: Json | undefined = prediction.output;
      const text: string | undefined = prediction.outputJson;
      console.log(output, text, prediction.message.status ===
          v1.PredictionStatus.SUCCEEDED);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      const violations: readonly FieldViolation[] = error.fieldViolations;
      console.log(error.code, violations);
    }
    for await (const { id } of predictions.list({ pageSize: 5 })) {
      const cancelled: void = await predictions.cancel(id);
    }
    for await (const { prediction, sequence } of predictions.updates('id')) {
      console.log(prediction.id, sequence.toFixed());
    }
    `), []);
});

test('wrong types are reported', () => {
  assert.deepEqual(check('wrong.mts', `\
    import { Client } from '@wriftai/gateway';
    const { predictions } = new Client();
    predictions.create({ model: 1, input: 2 });
    predictions.create({ model: 'a/b', input: 2, webhook: { secret: 'x' } });
    predictions.create({ model: 'a/b', input: 2, ifUnknown: 'hope' });
    predictions.create({ model: 'a/b', input: () => 2 });
    (await predictions.get('id')).model.versionNumber.toFixed();
    predictions.wait('id', { onPoll: (update: number) => update });
    (await predictions.get('id')).state;
    `), ['3 TS2322', '4 TS2741', '5 TS2322', '6 TS2322', '7 TS2532', '8 TS2322',
         '9 TS2339']);
});
