// What operators read: one log line for each call, however it ends, in both
// formats, and never a secret or a payload.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { Gateway } from './support/gateway.mjs';
import { awaitLines, endedCalls, jsonLines } from './support/log.mjs';
import { Metrics } from './support/metrics.mjs';
import { secret } from './support/program.mjs';
import { RawCall } from './support/raw_call.mjs';
import { RpcError, failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { Predictions } from './support/schema.mjs';

// What must never be logged; the output of every program is searched for it.
const TOKEN = secret('marker-of-the-token');
const BAD_TOKEN = secret('marker-of-a-rejected-token');
const INPUT = secret('marker-of-the-input');
const OUTPUT = secret('marker-of-the-output');
const ERROR_BODY = secret('marker-of-an-error-body');
const WEBHOOK_URL = secret('marker-of-the-webhook-url');
const WEBHOOK_KEY = secret('marker-of-the-webhook-key');
const BAD_ID = secret('marker-of-an-id');
const BAD_REQUEST_ID = secret('marker of a request id');
const PAGE_TOKEN = secret('marker-of-a-page-token');
const METADATA = secret('marker-of-other-metadata');

const creation = {
  model: 'wriftai/echo:2', input_json: JSON.stringify(INPUT),
  webhook: { url: `https://example.com/?key=${WEBHOOK_URL}`,
             secret: WEBHOOK_KEY },
};

async function start(t, ...flags) {
  const upstream = await FakeUpstream.start();
  const gateway =
      await Gateway.start({ apiBaseUrl: upstream.baseUrl, flags });
  const client = new Client(gateway.address, { token: TOKEN });
  t.after(async () => {
    client.close();
    await gateway.stop();
    await upstream.stop();
  });
  return { upstream, gateway, client };
}

const prediction = (id, status) => predictionJson(
    id, status, { input: INPUT, output: OUTPUT, logs: [OUTPUT] });

// Makes a call of each kind and each way to end. Returns what each call's line
// must contain: method, status, and more.
async function callEverything({ upstream, gateway, client }) {
  const expected = [];
  const expect = (method, status, more = {}) =>
    expected.push({ method, status, ...more });
  const respond = async (status, body) =>
    (await upstream.next()).respond(
        status, body, { 'x-request-id': `upstream-${expected.length}` });
  const failing = async (call, status, body) => {
    const failed = failure(call, {});
    await respond(status, body);
    await failed;
  };

  const id = randomUUID();
  const get = client.call(
      'Get', { id }, { metadata: [['x-other', METADATA]] });
  await respond(200, prediction(id, 'started'));
  await get;
  expect('Get', 'OK', { prediction_id: id, upstream_http_status: 200,
                        upstream_request_ids: ['upstream-0'] });

  const create = client.create(creation);
  await respond(202, prediction(id, 'pending'));
  await create;
  expect('Create', 'OK', { prediction_id: id, model: 'wriftai/echo:2' });

  const list = client.list({});
  await respond(200, `{"items": [${prediction(id, 'started')}]}`);
  await list;
  expect('List', 'OK');

  const cancel = client.cancel({ id });
  await respond(200, 'null');
  await cancel;
  expect('Cancel', 'OK', { prediction_id: id });

  const ended = randomUUID();
  const wait = client.wait({ id: ended });
  await respond(200, prediction(ended, 'succeeded'));
  await wait.rest();
  expect('Wait', 'OK', { updates: 1 });

  const other = randomUUID();
  const createAndWait = client.createAndWait({ create: creation });
  await respond(202, prediction(other, 'pending'));
  await respond(200, prediction(other, 'succeeded'));
  await createAndWait.rest();
  expect('CreateAndWait', 'OK', { prediction_id: other, updates: 2 });

  await failing(client.cancel({ id }), 500, ERROR_BODY);
  expect('Cancel', 'INTERNAL', { reason: 'UPSTREAM_FAILED', level: 'error' });

  await failing(client.create(creation), 422, JSON.stringify(
      { detail: [{ loc: ['body', 'input', ERROR_BODY], msg: ERROR_BODY }] }));
  expect('Create', 'INVALID_ARGUMENT', { reason: 'REQUEST_REFUSED' });

  await failing(client.get({ id }), 200, `${ERROR_BODY} is not JSON`);
  expect('Get', 'INTERNAL', { reason: 'UPSTREAM_RESPONSE_INVALID' });

  await failing(client.list({}), 429, JSON.stringify({ detail: ERROR_BODY }));
  expect('List', 'RESOURCE_EXHAUSTED', { level: 'warning' });

  await failing(client.wait({ id: randomUUID() }).next(), 404,
                JSON.stringify({ detail: ERROR_BODY }));
  expect('Wait', 'NOT_FOUND', { updates: 0, upstream_http_status: 404 });

  await failure(client.call('Get', { id: BAD_ID }, {
    metadata: [['x-request-id', BAD_REQUEST_ID]],
  }), {});
  expect('Get', 'INVALID_ARGUMENT', { reason: 'INVALID_FIELD' });

  await failure(client.list({ page_token: PAGE_TOKEN }), {});
  expect('List', 'INVALID_ARGUMENT');

  await failure(client.wait({ id: BAD_ID }).next(), {});
  expect('Wait', 'INVALID_ARGUMENT');

  await failure(client.createAndWait(
      { create: { ...creation, model: BAD_ID } }).next(), {});
  expect('CreateAndWait', 'INVALID_ARGUMENT');

  // The caller cancels.
  const canceled = client.call('Get', { id });
  const held = await upstream.next();
  canceled.cancel();
  await failure(canceled, { code: 'CANCELLED' });
  await held.aborted();
  expect('Get', 'CANCELLED', { prediction_id: id });

  const running = randomUUID();
  const waiting = client.wait({ id: running });
  await respond(200, prediction(running, 'started'));
  await waiting.next();
  waiting.cancel();
  await assert.rejects(waiting.rest(), RpcError);
  expect('Wait', 'CANCELLED');

  // The deadline expires. A gRPC library would end the call slightly earlier.
  const late = new RawCall(
      gateway.address, 'Wait',
      Predictions.service.Wait.requestSerialize({ id: randomUUID() }),
      { 'authorization': `Bearer ${TOKEN}`, 'grpc-timeout': '300m' });
  late.stream.on('error', () => {});  // The gateway may reset it.
  const poll = await upstream.next();
  await poll.aborted();
  late.session.destroy();
  expect('Wait', 'DEADLINE_EXCEEDED', { reason: 'DEADLINE_EXCEEDED' });
  return expected;
}

// The lines match the calls, in any order: the line of a canceled call may come
// late.
function expectCalls(lines, expected) {
  const unmatched = [...lines];
  for (const { method, status, ...more } of expected) {
    const found = unmatched.findIndex((line) =>
      line.grpc_method === `wriftai.predictions.v1.Predictions/${method}` &&
      line.grpc_status === status &&
      Object.entries(more).every(
          ([key, value]) => String(line[key]) === String(value)));
    assert.notEqual(found, -1,
                    `${method} ${status} ${JSON.stringify(more)} in ` +
                    `${JSON.stringify(unmatched)}`);
    unmatched.splice(found, 1);
  }
  assert.deepEqual(unmatched, []);
}

// The fields in a section of docs/logs.md, in order.
async function documentedFields(heading) {
  const text =
      await readFile(new URL('../../docs/logs.md', import.meta.url), 'utf8');
  const [, section] =
      new RegExp(`^## ${heading}$([^]*?)^## `, 'm').exec(text);
  // The fields are the last table.
  const table = section.slice(section.indexOf('| field |'));
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
}

test('every call logs one JSON line without secrets and payloads',
     async (t) => {
       const fixture =
           await start(t, '--log_format=json', '--log_level=debug');
       const { gateway, client } = fixture;
       const expected = await callEverything(fixture);
       const rejected =
           new Client(gateway.address, { token: `${BAD_TOKEN} x` });
       await failure(rejected.get({ id: randomUUID() }), {});
       rejected.close();
       expected.push({ method: 'Get', status: 'INVALID_ARGUMENT' });
       // With a trace, so that all fields occur.
       await failure(client.call('Get', { id: 'x' }, {
         metadata: [['traceparent',
                     `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`]],
       }), {});
       expected.push({ method: 'Get', status: 'INVALID_ARGUMENT',
                       trace_id: 'a'.repeat(32) });

       const lines = await endedCalls(gateway, expected.length);
       expectCalls(lines, expected);
       assert.equal(new Set(lines.map(({ request_id }) => request_id)).size,
                    expected.length);
       for (const line of lines) {
         assert.match(line.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
         assert.equal(line.peer, '127.0.0.1');
         assert.ok(line.duration_seconds >= 0);
       }

       const fields = await documentedFields('The fields');
       const ofPolls = ['time', 'level', 'message',
                        ...await documentedFields('Polls')];
       const seen = new Set();
       for (const line of jsonLines(gateway)) {
         if (line.message === 'started') continue;
         if (/^poll|^waiters notified$/.test(line.message)) {
           assert.deepEqual(Object.keys(line),
                            ofPolls.filter((field) => field in line));
           continue;
         }
         const keys = Object.keys(line);
         keys.forEach((key) => seen.add(key));
         assert.deepEqual(keys, fields.filter((field) => field in line));
       }
       assert.deepEqual([...seen].sort(), [...fields].sort());
       const started = jsonLines(gateway).filter(
           ({ message }) => message === 'call started');
       assert.equal(started.length, expected.length);
     });

test('every call logs one text line without secrets and payloads',
     async (t) => {
       const fixture = await start(t);
       const { gateway } = fixture;
       const expected = await callEverything(fixture);
       const lines = await awaitLines(gateway, (all) => {
         const calls = all.filter((line) => line.includes(' call '));
         return calls.length < expected.length ? undefined : calls;
       });
       for (const line of lines) {
         assert.match(line, new RegExp(
             '^[-0-9]{10}T[0-9:.]{12}Z (info|warning|error) call ended' +
             '( [a-z_]+=("([^"\\\\]|\\\\.)*"|[^ "]+))+$'));
       }
       expectCalls(
           lines.map((line) => ({
             level: line.split(' ')[1],
             ...Object.fromEntries(
                 [...line.matchAll(/ ([a-z_]+)=([^ "]+)/g)].map(
                     ([, key, value]) => [key, value])),
           })),
           expected);
     });

test('the last log line is written before the gateway exits', async () => {
  const gateway = await Gateway.start({ flags: ['--sandbox'] });
  await gateway.stop();
  assert.match(gateway.program.stderr, / info stopped\n$/);
});

test('a blocked stderr delays neither calls nor the shutdown',
     async (t) => {
       // The log suppresses similar lines about failed calls, but not the debug
       // lines about their start.
       const { gateway, client } = await start(t, '--log_level=debug');
       gateway.program.child.stderr.pause();
       // More than the pipe, Node.js and the log's queue hold.
       const request = { id: 'x' };
       for (let i = 0; i < 70; ++i) {
         await Promise.all(Array.from({ length: 100 }, () => failure(
             client.get(request), { code: 'INVALID_ARGUMENT' })));
       }
       const metrics = new Metrics((await gateway.page('/metrics')).body);
       assert.ok(metrics.value('log_lines_dropped_total') > 0);
       const { child } = gateway.program;
       const exited = once(child, 'exit');
       child.kill('SIGTERM');
       assert.deepEqual(await exited, [0, null]);
       child.stderr.resume();
     });
