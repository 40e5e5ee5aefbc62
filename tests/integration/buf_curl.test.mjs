// The service as `buf curl` sees it, which knows the schema only through
// reflection; and the health service.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from './support/client.mjs';
import { Gateway } from './support/gateway.mjs';
import { run, secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { Health } from './support/schema.mjs';

const TOKEN = secret('buf-token-1');
const BUF = fileURLToPath(
    new URL('../node_modules/.bin/buf', import.meta.url));

let sandbox;
let gateway;

before(async () => {
  assert.ok(existsSync(BUF), 'buf is missing: run npm ci --prefix tests');
  sandbox = await Sandbox.start();
  gateway = await Gateway.start({ apiBaseUrl: sandbox.baseUrl });
});

after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

// Parses the JSON documents that buf prints in a row.
function parseAll(text) {
  return text.split(/^(?=\{)/m).map((document) => JSON.parse(document));
}

function curl(target, ...flags) {
  return run(BUF, ['curl', '--protocol=grpc', '--http2-prior-knowledge',
                   ...flags, `http://${gateway.address}/${target}`]);
}

// The responses to a call of `method`.
async function predictions(method, request) {
  const { code, stdout, stderr } = await curl(
      `wriftai.predictions.v1.Predictions/${method}`,
      `--data=${JSON.stringify(request)}`,
      `--header=authorization: Bearer ${TOKEN}`);
  assert.equal(code, 0, stderr);
  return parseAll(stdout);
}

// With a given id, which the test can look for.
function running(id) {
  return { model: 'wriftai/echo', input: { sandbox: { id, run_s: 3600 } } };
}

test('buf creates a prediction and gets it', async () => {
  const id = randomUUID();
  const [created] = await predictions('Create', running(id));
  assert.equal(created.id, id);
  const [got] = await predictions('Get', { id });
  assert.deepEqual(got.input, running(id).input);
  assert.equal(got.output, null);
});

test('buf lists predictions', async () => {
  const id = randomUUID();
  await predictions('Create', running(id));
  const [page] = await predictions('List', { pageSize: 1 });
  assert.deepEqual(page.predictions.map((item) => item.id), [id]);
});

test('buf cancels a prediction and waits for its end', async () => {
  const id = randomUUID();
  await predictions('Create', running(id));
  assert.deepEqual(await predictions('Cancel', { id }), [{}]);
  const updates = await predictions('Wait', { id });
  assert.equal(updates.at(-1).prediction.status, 'PREDICTION_STATUS_FAILED');
});

test('buf creates and waits, and prints every update as JSON', async () => {
  const updates = await predictions('CreateAndWait', {
    create: { model: 'wriftai/echo', input: { answer: 42 } },
    waitOptions: { pollInterval: '0.1s' },
  });
  assert.equal(updates[0].source, 'SOURCE_CREATE');
  assert.deepEqual(updates.map(({ sequence }) => Number(sequence)),
                   updates.map((_, i) => i + 1));
  assert.deepEqual(updates.at(-1).prediction.output, { answer: 42 });
});

test('buf shows an error with its details', async () => {
  const { code, stderr } = await curl('wriftai.predictions.v1.Predictions/Get',
                                      '--data={"id":"x"}');
  assert.equal(code, 3 << 3);
  const error = JSON.parse(stderr);
  assert.equal(error.code, 'invalid_argument');
  assert.deepEqual(error.details.map(({ type }) => type).sort(),
                   ['google.rpc.BadRequest', 'google.rpc.ErrorInfo']);
});

test('buf lists the methods of every service', async () => {
  const { code, stdout, stderr } = await run(
      BUF, ['curl', '--protocol=grpc', '--http2-prior-knowledge',
            '--list-methods', `http://${gateway.address}`]);
  assert.equal(code, 0, stderr);
  for (const method of
       ['wriftai.predictions.v1.Predictions/Wait',
        'wriftai.predictions.v1.Predictions/Create',
        'grpc.health.v1.Health/Check']) {
    assert.ok(stdout.split('\n').includes(method), stdout);
  }
});

for (const service of ['', 'wriftai.predictions.v1.Predictions']) {
  test(`health reports SERVING for "${service}"`, async (t) => {
    const health = new Client(gateway.address, { Service: Health });
    t.after(() => health.close());
    assert.deepEqual(await health.call('Check', { service }),
                     { status: 'SERVING' });
  });
}

test('health returns NOT_FOUND for an unknown service', async (t) => {
  const health = new Client(gateway.address, { Service: Health });
  t.after(() => health.close());
  await failure(health.call('Check', { service: 'wriftai.Nothing' }),
                { code: 'NOT_FOUND' });
});
