// The command-line client with the real gateway: what a shell script sees.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Gateway } from './support/gateway.mjs';
import { Program, run, secret } from './support/program.mjs';
import { Sandbox, redacted } from './support/sandbox.mjs';
import { setting } from './support/setting.mjs';

const TOKEN = secret('ctl-token-1');

let sandbox;
let gateway;

before(async () => {
  sandbox = await Sandbox.start();
  gateway = await Gateway.start({ apiBaseUrl: sandbox.baseUrl });
});

after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

function options(more) {
  return {
    env: { WRIFTCTL_ADDRESS: gateway.address, WRIFTCTL_TOKEN: TOKEN }, ...more,
  };
}

const ctl = (...args) => run(setting('WRIFTCTL'), args, options());

// Parses the output of --json: one document per line.
const lines = ({ stdout }) =>
  stdout.trimEnd().split('\n').map((line) => JSON.parse(line));

async function createJson(...args) {
  const result = await ctl('create', '--json', ...args);
  assert.equal(result.code, 0, result.stderr);
  return lines(result)[0];
}

// Creates a prediction that runs until it is canceled.
const running = () => createJson(
    'wriftai/echo', '--input={"sandbox":{"run_s":3600}}');

test('create --wait prints the output and succeeds', async () => {
  const { code, stdout, stderr } = await ctl(
      'create', 'wriftai/echo', '--input="forty-two"', '--wait',
      '--poll_interval=100ms');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^status    succeeded$/m);
  assert.match(stdout, /^forty-two$/m);
  assert.match(stderr, /^prediction [0-9a-f-]{36}$/m);
});

test('create --wait --json prints every update on a line', async () => {
  const result = await ctl(
      'create', 'wriftai/echo', '--input={"a": 1.0}', '--wait', '--json',
      '--poll_interval=100ms');
  assert.equal(result.code, 0, result.stderr);
  const updates = lines(result);
  assert.equal(updates[0].source, 'SOURCE_CREATE');
  assert.equal(updates.at(-1).prediction.status, 'PREDICTION_STATUS_SUCCEEDED');
  assert.equal(updates.at(-1).prediction.outputJson, '{"a": 1.0}');
});

test('create reads its input from standard input, byte for byte',
     async () => {
       const input = '{"n": 9007199254740993, "n": 1e-5}';
       const created = await run(
           setting('WRIFTCTL'),
           ['create', 'wriftai/echo', '--input=@-', '--json'],
           options({ input }));
       assert.equal(created.code, 0, created.stderr);
       assert.equal(lines(created)[0].inputJson, input);
     });

test('a failed prediction exits with status 1', async () => {
  const { code, stdout } = await ctl(
      'create', 'wriftai/failing', '--input={}', '--wait',
      '--poll_interval=100ms');
  assert.equal(code, 1);
  assert.match(stdout, /^error     external: The model raised an error$/m);
});

test('get shows the prediction', async () => {
  const { id } = await running();
  const { code, stdout } = await ctl('get', id);
  assert.equal(code, 0);
  assert.ok(stdout.includes(id));
  assert.match(stdout, /^model     wriftai\/echo:1$/m);
});

test('get of an unknown prediction exits with status 3', async () => {
  const { code, stdout, stderr } = await ctl('get', randomUUID());
  assert.equal(code, 3);
  assert.equal(stdout, '');
  assert.match(stderr, /^NOT_FOUND: WriftAI returned 404/);
  assert.match(stderr, /^ {2}reason: NOT_FOUND \(wrift\.ai\)$/m);
});

test('the gateway rejects an invalid model', async () => {
  const { code, stderr } = await ctl('create', 'x', '--input=1');
  assert.equal(code, 3);
  assert.match(stderr, /^INVALID_ARGUMENT: model: expected owner\/name/);
});

test('an invalid id is rejected without a call', async () => {
  const { code, stderr } = await ctl('get', 'x', '--address=127.0.0.1:1');
  assert.equal(code, 2);
  assert.match(stderr, /^wriftctl: ID: expected a UUID such as /);
});

test('list --all goes through every page', async () => {
  const ids = [];
  for (let i = 0; i < 7; ++i) ids.unshift((await running()).id);
  const result = await ctl('list', '--page_size=3', '--all', '--json');
  assert.equal(result.code, 0, result.stderr);
  const listed = lines(result).flatMap(({ predictions }) => predictions);
  assert.deepEqual(listed.slice(0, 7).map(({ id }) => id), ids);
  assert.equal(new Set(listed.map(({ id }) => id)).size, listed.length);
});

test('wait follows a prediction until cancel ends it', async () => {
  const { id } = await running();
  const waiting = new Program(
      setting('WRIFTCTL'),
      ['wait', id, '--poll_interval=100ms', '--json'], options());
  await waiting.awaitOutput('stdout', /("PREDICTION_STATUS_STARTED")/);
  const cancelled = await ctl('cancel', id);
  assert.equal(cancelled.code, 0, cancelled.stderr);
  const waited = await waiting.end();
  assert.equal(waited.code, 1);
  assert.equal(lines(waited).at(-1).prediction.status,
               'PREDICTION_STATUS_FAILED');
  assert.equal((await ctl('cancel', id)).code, 3);
});

test('an interrupted wait does not cancel the prediction', async () => {
  const { id } = await running();
  const waiting = new Program(
      setting('WRIFTCTL'), ['wait', id, '--json'], options());
  await waiting.awaitOutput('stdout', /("PREDICTION_STATUS_STARTED")/);
  const { code, stderr } = await waiting.stop('SIGINT');
  assert.equal(code, 130);
  assert.match(stderr, /prediction is still running. Resume: wriftctl wait /);
  const [got] = lines(await ctl('get', id, '--json'));
  assert.equal(got.status, 'PREDICTION_STATUS_STARTED');
});

test('wait survives a restart of the gateway', async (t) => {
  const first = await Gateway.start({ apiBaseUrl: sandbox.baseUrl });
  const { id } = await running();
  const waiting = new Program(
      setting('WRIFTCTL'),
      ['wait', id, '--json', `--address=${first.address}`], options());
  await waiting.awaitOutput('stdout', /("PREDICTION_STATUS_STARTED")/);
  await first.stop();
  await waiting.awaitOutput('stderr', /(UNAVAILABLE: this gateway)/);
  const second = await Gateway.start({
    apiBaseUrl: sandbox.baseUrl,
    flags: [`--listen_address=${first.address}`],
  });
  t.after(() => second.stop());
  await ctl('cancel', id);
  const { code, stderr } = await waiting.end();
  assert.equal(code, 1, stderr);
});

test('create --wait reaches a gateway that starts later', async (t) => {
  const { address, ...stopped } =
      await Gateway.start({ apiBaseUrl: sandbox.baseUrl });
  await stopped.program.stop();
  const creating = new Program(
      setting('WRIFTCTL'),
      ['create', 'wriftai/echo', '--input=1', '--wait', `--address=${address}`],
      options());
  const retries = () => creating.stderr.split('; retrying in ').length - 1;
  await creating.awaitOutput('stderr', /(refused; retrying in[^]*refused; re)/);
  const later = await Gateway.start({
    apiBaseUrl: sandbox.baseUrl, flags: [`--listen_address=${address}`],
  });
  t.after(() => later.stop());
  const before = retries();
  const { code, stderr } = await creating.end();
  assert.equal(code, 0, stderr);
  // One may already be scheduled, and fail before the next attempt to connect.
  assert.ok(retries() <= before + 2, stderr);
});

test('a request_id creates once across two runs', async () => {
  const once = ['wriftai/echo', '--input=1', `--request_id=${randomUUID()}`];
  const before = await sandbox.createdCount();
  const first = await createJson(...once);
  const second = await createJson(...once);
  assert.equal(first.id, second.id);
  assert.equal(await sandbox.createdCount(), before + 1);
});

test('the token in WRIFTCTL_TOKEN reaches the upstream', async () => {
  const { id } = await running();
  await ctl('get', id);
  const [{ headers }] = await sandbox.requestsTo(`/v1/predictions/${id}`);
  assert.equal(headers.authorization, redacted(TOKEN));
});

test('health exits with status 0 while the gateway serves', async () => {
  const { code, stdout } = await ctl('health');
  assert.equal(stdout, 'SERVING\n');
  assert.equal(code, 0);
  assert.equal((await ctl(
      'health', '--service=wriftai.predictions.v1.Predictions')).code,
               0);
});

test('health of an unknown service exits with status 1', async () => {
  const { code, stderr } = await ctl('health', '--service=wriftai.Other');
  assert.equal(code, 1);
  assert.match(stderr, /^NOT_FOUND: /);
});

test('health without a gateway exits with status 1', async () => {
  const { code, stderr } = await ctl('health', '--address=127.0.0.1:1');
  assert.equal(code, 1);
  assert.match(stderr, /^UNAVAILABLE: /);
});

test('list without a gateway exits with status 3', async () => {
  const { code, stderr } =
      await ctl('list', '--address=127.0.0.1:1', '--timeout=5s');
  assert.equal(code, 3);
  assert.match(stderr, /^UNAVAILABLE: /);
});
