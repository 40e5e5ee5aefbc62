// What scripts use of wriftctl: formats, errors, files, inputs, retries.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { temporaryFolder } from './support/files.mjs';
import { Gateway } from './support/gateway.mjs';
import { Program, run, secret } from './support/program.mjs';
import { setting } from './support/setting.mjs';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/;

const folder = temporaryFolder({ after });
const path = (name) => join(folder, name);

let gateway;
before(async () => (gateway = await Gateway.start({ flags: ['--sandbox'] })));
after(() => gateway?.stop());

// The home folder has no configuration.
const launch = (args, { env, ...more } = {}) => new Program(
    setting('WRIFTCTL'), args, {
      env: { WRIFTCTL_ADDRESS: gateway.address, HOME: folder, ...env }, ...more,
    });
const ctl = (...args) => launch(args).end();

async function output(...args) {
  const { code, stdout, stderr } = await ctl(...args);
  assert.equal(code, 0, stderr);
  return stdout;
}

const wait = ['--wait', '--poll_interval=100ms'];

test('-o raw prints only the output, without a line feed', async () => {
  assert.equal(await output(
      'create', 'wriftai/echo', '--input="two\\nlines"', ...wait, '-o', 'raw'),
               'two\nlines');
  assert.equal(await output(
      'create', 'wriftai/echo', '--input={"a": 1.0}', ...wait, '-oraw'),
               '{"a": 1.0}');
});

test('-o id prints only the id, for the next command', async () => {
  const id = await output('create', 'wriftai/echo', 'a=1', '-o', 'id');
  assert.match(id, UUID);
  assert.equal(await output('get', id.trim(), '-o', 'id'), id);
  assert.equal(await output('list', '--limit=1', '-o', 'id'), id);
  assert.equal(await output('wait', id.trim(), '-qo', 'id'), id);
});

test('key=value makes the input, byte for byte', async () => {
  writeFileSync(path('prompt'), 'from "file"\n');
  writeFileSync(path('list.json'), '[9007199254740993]');
  const { code, stdout, stderr } = await launch(
      ['create', 'wriftai/echo', 'text=a=b', 'n:=1.000', `p=@${path('prompt')}`,
       `l:=@${path('list.json')}`, 'i=@-', ...wait, '-o', 'raw'],
      { input: 'piped' }).end();
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '{"text":"a=b","n":1.000,"p":"from \\"file\\"\\n",' +
      '"l":[9007199254740993],"i":"piped"}');
});

test('--input - reads standard input', async () => {
  const { stdout } = await launch(
      ['create', 'wriftai/echo', '--input', '-', ...wait, '-o', 'raw'],
      { input: '[ 1, 1.0 ]\n' }).end();
  assert.equal(stdout, '[ 1, 1.0 ]');
});

test('an invalid input is rejected before the call', async () => {
  const { code, stdout, stderr } =
      await ctl('create', 'wriftai/echo', '--input={"a":1,}');
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.equal(stderr, 'wriftctl: --input: not valid JSON at byte 7: ' +
      'expected a key\n');
});

test('-O replaces a file as a whole, and only with a result', async () => {
  const file = path('out');
  writeFileSync(file, 'old');
  const missing = await ctl('get', randomUUID(), '-O', file);
  assert.equal(missing.code, 3);
  assert.equal(readFileSync(file, 'utf8'), 'old');
  const failed = await ctl(
      'create', 'wriftai/failing', 'a=1', ...wait, '-o', 'raw', '-O', file);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /failed: external: The model raised an error\n$/);
  assert.equal(readFileSync(file, 'utf8'), 'old');
  assert.equal(await output('create', 'wriftai/echo', '--input="new"', ...wait,
                            '-o', 'raw', '-O', file), '');
  assert.equal(readFileSync(file, 'utf8'), 'new');
  assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('out')), ['out']);
});

test('an interrupted command leaves no file', async () => {
  for (const [signal, code] of [['SIGINT', 130], ['SIGHUP', 129]]) {
    const waiting = launch(
        ['create', 'wriftai/slow', 'a=1', '--wait', '-O', path('never')]);
    await waiting.awaitOutput('stderr', /(update 1)/);
    assert.equal((await waiting.stop(signal)).code, code);
    assert.deepEqual(
        readdirSync(folder).filter((name) => name.startsWith('never')), []);
  }
});

test('-o json prints errors as JSON, of calls and of usage', async () => {
  const parse = ({ stderr }) => JSON.parse(stderr).error;
  const call = await ctl('get', randomUUID(), '-o', 'json');
  assert.equal(call.code, 3);
  assert.equal(call.stdout, '');
  const error = parse(call);
  assert.equal(error.code, 'NOT_FOUND');
  assert.equal(error.reason, 'NOT_FOUND');
  assert.equal(error.domain, 'wrift.ai');
  assert.equal(error.exitStatus, 3);
  assert.equal(error.metadata.http_status, '404');
  assert.ok(error.details.some((detail) =>
    detail['@type'] === 'type.googleapis.com/google.rpc.ResourceInfo'));

  const usage = await ctl('get', '42', '--json');
  assert.equal(usage.code, 2);
  assert.deepEqual(parse(usage), {
    code: 'INVALID_ARGUMENT', reason: 'USAGE', domain: 'wriftctl',
    message: 'ID: expected a UUID such as ' +
        'c12258c4-ed83-4d7b-a784-8ed55412325a',
    exitStatus: 2,
  });
});

test('--quiet prints no progress', async () => {
  const { code, stderr } = await ctl(
      'create', 'wriftai/echo', 'a=1', ...wait, '--quiet');
  assert.equal(code, 0);
  assert.equal(stderr, '');
});

test('a log has a line for each change, not for each poll', async () => {
  const { stderr } = await ctl(
      'create', 'wriftai/echo', '--input={"sandbox":{"run_s":1}}', ...wait);
  const statuses = [...stderr.matchAll(/^update \d+: (\w+) after/gm)];
  assert.deepEqual(statuses.map(([, status]) => status),
                   [...new Set(statuses.map(([, status]) => status))]);
  assert.ok(statuses.length >= 2, stderr);
});

test('list --limit takes as many pages as needed', async () => {
  for (let i = 0; i < 4; ++i) await output('create', 'wriftai/echo', 'a=1');
  const ids = await output('list', '--page_size=2', '--limit=3', '-o', 'id');
  assert.equal(ids.trimEnd().split('\n').length, 3);
});

test('--retry_for waits for a gateway that starts later', async (t) => {
  const first = await Gateway.start({ flags: ['--sandbox'] });
  await first.stop();
  const checking = launch(
      ['health', `--address=${first.address}`, '--retry_for=30s']);
  await checking.awaitOutput('stderr', /(refused; retrying in)/);
  const second = await Gateway.start(
      { flags: ['--sandbox', `--listen_address=${first.address}`] });
  t.after(() => second.stop());
  const { code, stdout } = await checking.end();
  assert.equal(code, 0);
  assert.equal(stdout, 'SERVING\n');
});

test('--color=always colors a pipe, NO_COLOR and auto do not', async () => {
  const id = (await output('create', 'wriftai/echo', 'a=1', '-o', 'id')).trim();
  assert.match(await output('get', id, '--color=always'),
               /^status {4}\x1b\[3\dm\w+\x1b\[0m$/m);
  assert.ok(!(await output('get', id)).includes('\x1b'));
});

test('a profile names the gateway and its token', async () => {
  const config = path('config');
  writeFileSync(path('token'), secret('ctl-profile-token'), { mode: 0o600 });
  writeFileSync(config, `[mine]\naddress = ${gateway.address}\n` +
      'token_file = token\noutput = id\n', { mode: 0o600 });
  const env = { WRIFTCTL_CONFIG: config, WRIFTCTL_ADDRESS: '' };
  const created = await launch(
      ['create', 'wriftai/echo', 'a=1', '--profile=mine'], { env }).end();
  assert.match(created.stdout, UUID, created.stderr);
  // The variable selects it, too, and flags override it.
  const got = await run(
      setting('WRIFTCTL'), ['get', created.stdout.trim(), '-o', 'json'],
      { env: { ...env, WRIFTCTL_PROFILE: 'mine' } });
  assert.equal(JSON.parse(got.stdout).id, created.stdout.trim());
  const other = await launch(['list', '-p', 'other'], { env }).end();
  assert.equal(other.code, 2);
  assert.equal(other.stderr, `wriftctl: --profile: ${config} has no section ` +
      '[other]; it has mine\n');
});
