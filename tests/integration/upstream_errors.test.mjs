// Upstream errors and invalid responses, and the error that the caller gets.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { RawCall } from './support/raw_call.mjs';
import { failure } from './support/rpc_error.mjs';
import { matchGet, predictionJson } from './support/sandbox.mjs';
import { encode } from './support/schema.mjs';
import { gateway, predictions, sandbox, useSharedGateway }
  from './support/shared_gateway.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('error-token-1');
const SMALL = 64 << 10;

useSharedGateway({ token: TOKEN, flags: [`--max_response_bytes=${SMALL}`] });
after(() => clients.forEach((client) => client.close()));

// A client with a new token, because a rate limit applies to all calls with a
// token.
const clients = [];
function newClient() {
  const token = secret(`error-token-of-call-${clients.length}`);
  clients.push(new Client(gateway.address, { token }));
  return clients.at(-1);
}

// The three kinds of calls. `fault` applies to no other call: the id is unique,
// or it applies to one create.
const CALLS = {
  async get(fault) {
    const id = randomUUID();
    await sandbox.addFaults({ ...matchGet(id), ...fault });
    return { id, call: newClient().get({ id }) };
  },
  async cancel(fault) {
    const id = randomUUID();
    await sandbox.addFaults({
      method: 'POST', path_regex: `^/v1/predictions/${id}/cancel$`, ...fault,
    });
    return { id, call: newClient().cancel({ id }) };
  },
  async create(fault) {
    await sandbox.addFaults({
      method: 'POST', path_regex: '^/v1/predictions$', times: 1, ...fault,
    });
    const call = newClient().create(
        { model: 'wriftai/echo', input: toValue({ marker: randomUUID() }) });
    return { id: 'wriftai/echo', call };
  },
};

const detail = (text) => JSON.stringify({ detail: text });

// Each row: the kind of call, the upstream's status and body; the code, the
// reason, the types of the details other than ErrorInfo.
const ROWS = [
  ['get', 400, detail('no'), 'INVALID_ARGUMENT', 'REQUEST_REFUSED',
   'BadRequest'],
  ['create', 400, detail('no'), 'INVALID_ARGUMENT', 'REQUEST_REFUSED',
   'BadRequest'],
  ['get', 401, detail('no'), 'UNAUTHENTICATED', 'TOKEN_REFUSED'],
  ['create', 401, detail('no'), 'UNAUTHENTICATED', 'TOKEN_REFUSED'],
  ['create', 402, detail('no'), 'RESOURCE_EXHAUSTED', 'PAYMENT_REQUIRED',
   'QuotaFailure'],
  ['get', 403, detail('no'), 'PERMISSION_DENIED', 'FORBIDDEN'],
  ['get', 404, detail('no'), 'NOT_FOUND', 'NOT_FOUND', 'ResourceInfo'],
  ['create', 404, detail('no'), 'NOT_FOUND', 'NOT_FOUND', 'ResourceInfo'],
  ['cancel', 404, detail('no'), 'NOT_FOUND', 'NOT_FOUND', 'ResourceInfo'],
  ['get', 410, detail('no'), 'NOT_FOUND', 'NOT_FOUND', 'ResourceInfo'],
  ['cancel', 409, detail('no'), 'FAILED_PRECONDITION', 'CONFLICT',
   'PreconditionFailure'],
  ['cancel', 400, detail('no'), 'FAILED_PRECONDITION', 'CONFLICT',
   'PreconditionFailure'],
  ['get', 422, detail('no'), 'INVALID_ARGUMENT', 'REQUEST_REFUSED',
   'BadRequest'],
  ['get', 429, detail('no'), 'RESOURCE_EXHAUSTED', 'RATE_LIMITED',
   'QuotaFailure', 'RetryInfo'],
  ['create', 429, detail('no'), 'RESOURCE_EXHAUSTED', 'RATE_LIMITED',
   'QuotaFailure', 'RetryInfo'],
  ['get', 500, detail('no'), 'UNAVAILABLE', 'UPSTREAM_UNAVAILABLE'],
  ['create', 500, detail('no'), 'INTERNAL', 'UPSTREAM_FAILED'],
  ['cancel', 500, detail('no'), 'INTERNAL', 'UPSTREAM_FAILED'],
  ['get', 502, '<html>no</html>', 'UNAVAILABLE', 'UPSTREAM_UNAVAILABLE'],
  ['create', 502, '<html>no</html>', 'UNKNOWN', 'CREATE_OUTCOME_UNKNOWN'],
  ['get', 503, '', 'UNAVAILABLE', 'UPSTREAM_UNAVAILABLE'],
  ['create', 503, detail('no'), 'UNAVAILABLE', 'UPSTREAM_UNAVAILABLE'],
  // From a proxy; see create_outcome.test.mjs.
  ['create', 503, '', 'UNKNOWN', 'CREATE_OUTCOME_UNKNOWN'],
  ['create', 429, '', 'UNKNOWN', 'CREATE_OUTCOME_UNKNOWN'],
  ['get', 504, '', 'UNAVAILABLE', 'UPSTREAM_UNAVAILABLE'],
  ['create', 504, '', 'UNKNOWN', 'CREATE_OUTCOME_UNKNOWN'],
  ['get', 302, '', 'INTERNAL', 'UPSTREAM_RESPONSE_INVALID'],
  ['get', 418, '', 'INTERNAL', 'UPSTREAM_RESPONSE_INVALID'],
];

for (const [kind, status, body, code, reason, ...types] of ROWS) {
  test(`${status} to a ${kind} is ${code}, ${reason}`, async () => {
    const { id, call } = await CALLS[kind](
        { status, body, headers: { 'x-request-id': 'request-17' } });
    const error = await failure(call, { code, reason });
    assert.deepEqual(Object.keys(error.details).sort(),
                     ['ErrorInfo', ...types].sort());
    const { domain, metadata } = error.details.ErrorInfo;
    delete metadata.gateway_request_id;  // See tracing.test.mjs.
    assert.equal(domain, 'wrift.ai');
    const may_exist = kind === 'create' && ['UNKNOWN', 'INTERNAL'].includes(code);
    assert.deepEqual(metadata, {
      http_status: `${status}`, upstream_request_id: 'request-17',
      ...(body === detail('no') && { upstream_error_detail: 'no' }),
      ...(may_exist && { create_outcome: 'unknown' }),
    });
    assert.equal(/may have been created/.test(error.message), may_exist);
    assert.ok(error.message.includes(`WriftAI returned ${status} for the`));
    const { ResourceInfo, PreconditionFailure } = error.details;
    if (ResourceInfo) assert.equal(ResourceInfo.resource_name, id);
    if (PreconditionFailure) {
      assert.equal(PreconditionFailure.violations[0].subject, id);
    }
  });
}

test('a validation error names fields of the gateway\'s API', async () => {
  const entry = (...loc) => ({ loc, msg: `about ${loc.at(-1)}`, type: 't' });
  const { call } = await CALLS.create({
    status: 422,
    body: detail([
      entry('body', 'input', 'messages', 0, 'text'), entry('body', 'model'),
      entry('body', 'webhook', 'url'), entry('header', 'validate-input'),
    ]),
  });
  const error = await failure(call, {
    code: 'INVALID_ARGUMENT',
    fields: ['input.messages[0].text', 'model', 'webhook.url',
             'validate_input'],
  });
  assert.equal(error.details.BadRequest.field_violations[0].description,
               'about text');
});

test('a validation error of CreateAndWait has its field paths', async () => {
  await sandbox.addFaults({
    method: 'POST', path_regex: '^/v1/predictions$', times: 1, status: 422,
    body: detail([{ loc: ['body', 'input', 'a'], msg: 'm', type: 't' }]),
  });
  const stream = predictions.createAndWait(
      { create: { model: 'wriftai/echo', input: toValue(1) } });
  await failure(stream.next(), {
    code: 'INVALID_ARGUMENT', fields: ['create.input.a'],
  });
});

describe('the reset of a rate limit', () => {
  const limited = (reset) => CALLS.get({
    status: 429, body: '', headers: { 'x-ratelimit-reset': reset },
  });

  test('as a number of seconds becomes RetryInfo', async () => {
    const { call } = await limited('7');
    assert.equal((await failure(call, {})).retrySeconds, 7);
  });

  test('as a Unix time becomes RetryInfo', async () => {
    const at = Math.floor(Date.now() / 1000) + 60;
    const { call } = await limited(`${at}`);
    const { retrySeconds } = await failure(call, {});
    assert.ok(retrySeconds > 40 && retrySeconds <= 60, `${retrySeconds}`);
  });

  test('in the past becomes a RetryInfo of a second', async () => {
    const { call } = await limited('1751414820');
    assert.equal((await failure(call, {})).retrySeconds, 1);
  });

  for (const reset of ['', 'soon', '-5', 'nan']) {
    test(`that is "${reset}" becomes a RetryInfo of a second`, async () => {
      const { call } = await limited(reset);
      assert.equal((await failure(call, {})).retrySeconds, 1);
    });
  }

  test('in a 503 to a create is passed on', async () => {
    const { call } = await CALLS.create(
        { status: 503, body: detail('no'), headers: { 'retry-after': '11' } });
    assert.equal((await failure(call, {})).retrySeconds, 11);
  });
});

describe('a read', { concurrency: 4 }, () => {
  test('is attempted three times, then fails', async () => {
    const { id, call } = await CALLS.get({ status: 503, body: '' });
    await failure(call, { code: 'UNAVAILABLE' });
    assert.equal(await sandbox.getCount(id), 3);
  });

  for (const [name, fault] of [
    ['a 500', { status: 500, body: '' }], ['a 502', { status: 502, body: '' }],
    ['a connection that closes', { close_without_response: true }],
    ['a truncated body',
     { status: 200, body: '{"id":"1234"}', cut_body: true }],
  ]) {
    test(`survives ${name}`, async () => {
      const id = randomUUID();
      await sandbox.addFaults(
          { ...matchGet(id), times: 1, ...fault },
          { ...matchGet(id), status: 200,
            body: predictionJson(id, 'started') });
      assert.equal((await predictions.get({ id })).id, id);
      assert.equal(await sandbox.getCount(id), 2);
    });
  }

  test('is not retried after a client error', async () => {
    const { id, call } = await CALLS.get({ status: 404, body: '' });
    await failure(call, { code: 'NOT_FOUND' });
    assert.equal(await sandbox.getCount(id), 1);
  });

  test('whose connections all close is UNAVAILABLE', async () => {
    const { call } = await CALLS.get({ close_without_response: true });
    const error = await failure(
        call, { code: 'UNAVAILABLE', reason: 'UPSTREAM_UNREACHABLE' });
    assert.equal(error.details.ErrorInfo.domain, 'gateway.wriftai');
  });
});

for (const [name, fault] of [
  ['that is not JSON', { status: 200, body: '', bad_json: true }],
  ['that is empty', { status: 200, body: '' }],
  ['without an id', { status: 200, body: '{"status":"pending"}' }],
  ['that is a list', { status: 200, body: '[]' }],
  ['with an id that is a number',
   { status: 200, body: '{"id":7,"status":"pending"}' }],
]) {
  test(`a response ${name} is UPSTREAM_RESPONSE_INVALID`, async () => {
    const { call } = await CALLS.get(fault);
    const error = await failure(
        call, { code: 'INTERNAL', reason: 'UPSTREAM_RESPONSE_INVALID' });
    assert.equal(error.details.ErrorInfo.metadata.http_status, '200');
  });
}

test('an error page is quoted only in part', async () => {
  const { call } = await CALLS.get(
      { status: 403, body: `<html>${'long '.repeat(2000)}</html>` });
  const { message } = await failure(call, { code: 'PERMISSION_DENIED' });
  assert.ok(message.includes('<html>long long'), message);
  assert.ok(message.length < 400, message);
});

test('an error with a hundred details fits the limits of clients',
     async () => {
       const id = randomUUID();
       const entry = (_, i) =>
         ({ loc: ['query', `${i}`], msg: 'ü%'.repeat(100), type: 't' });
       await sandbox.addFaults({
         ...matchGet(id), status: 422,
         body: detail(Array.from({ length: 100 }, entry)),
       });
       const { headers } = await new RawCall(
           gateway.address, 'Get', encode('GetRequest', { id })).finish();
       assert.equal(headers['grpc-status'], '3');
       // gRPC libraries accept 8 KiB of trailers.
       const bytes = Object.entries(headers).flat().join().length;
       assert.ok(bytes > 2000 && bytes < 8192, `${bytes} bytes`);
       // The remaining details can be read.
       const error = await failure(predictions.get({ id }), {});
       assert.deepEqual(error.fields.slice(0, 2), ['', '']);
       assert.match(
           error.details.BadRequest.field_violations[1].description,
           /^query\.1: ü%/);
     });

test('a response above the limit is aborted and not retried',
     async () => {
       const { id, call } = await CALLS.get({ huge_body: 256 << 20 });
       const error = await failure(
           call, { code: 'INTERNAL', reason: 'UPSTREAM_RESPONSE_INVALID' });
       assert.equal(error.details.ErrorInfo.metadata.cause, 'too_large');
       assert.equal(await sandbox.getCount(id), 1);
     });

test('invalid rate limit headers are ignored', async () => {
  for (const rate_headers of ['missing', 'zero', 'negative', 'absurd']) {
    const id = randomUUID();
    await sandbox.addFaults({
      ...matchGet(id), status: 200, body: predictionJson(id, 'started'),
      rate_headers,
    });
    assert.equal((await predictions.get({ id })).id, id);
  }
});

test('an unreachable upstream is UNAVAILABLE', async (t) => {
  const upstream = await FakeUpstream.start();
  await upstream.stop();
  const other = await Gateway.start(
      { apiBaseUrl: upstream.baseUrl, token: TOKEN });
  const client = new Client(other.address);
  t.after(() => Promise.all([client.close(), other.stop()]));
  const unreachable = { code: 'UNAVAILABLE', reason: 'UPSTREAM_UNREACHABLE' };
  await failure(client.list({}), unreachable);
  // Nothing was sent, so the create may be retried.
  await failure(client.create({ model: 'a/b', input: toValue(1) }),
                unreachable);
});
