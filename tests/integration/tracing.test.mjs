// How to find a call: its request id, and its trace.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { Gateway } from './support/gateway.mjs';
import { endedCall } from './support/log.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER_SPAN = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE_ID}-${CALLER_SPAN}-01`;
const TRACESTATE = 'rojo=00f067aa0ba902b7, congo=t61rcWkgMzE';
const TRACED = {
  metadata: [['traceparent', TRACEPARENT], ['tracestate', TRACESTATE]],
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const creation = { model: 'wriftai/echo', input_json: '1' };

let upstream;
let gateway;
let client;

before(async () => {
  upstream = await FakeUpstream.start();
  gateway = await Gateway.start({
    apiBaseUrl: upstream.baseUrl, token: 'own', flags: ['--log_format=json'],
  });
  client = new Client(gateway.address);
});

after(async () => {
  client?.close();
  await gateway?.stop();
  await upstream?.stop();
});

// Responds to the next request; returns its trace headers.
async function respond(status, body, headers) {
  const held = await upstream.next();
  held.respond(status, body, headers);
  return traceOf(held);
}

function traceOf({ headers }) {
  const { traceparent, tracestate } = headers;
  return { traceparent, tracestate };
}

const NO_TRACE = { traceparent: undefined, tracestate: undefined };

// The request belongs to the span in the call's log line.
async function expectTraced(trace, requestId) {
  const line = await endedCall(gateway, requestId);
  assert.equal(line.trace_id, TRACE_ID);
  assert.equal(line.parent_span_id, CALLER_SPAN);
  assert.match(line.span_id, /^[0-9a-f]{16}$/);
  assert.notEqual(line.span_id, CALLER_SPAN);
  assert.deepEqual(trace, {
    traceparent: `00-${TRACE_ID}-${line.span_id}-01`, tracestate: TRACESTATE,
  });
}

const ID = randomUUID();

for (const [method, request, status, body] of [
  ['Get', { id: ID }, 200, predictionJson(ID, 'started')],
  ['Create', creation, 202, predictionJson(ID, 'pending')],
  ['List', {}, 200, '{"items": []}'],
  ['Cancel', { id: randomUUID() }, 200, 'null'],
]) {
  test(`the request of a ${method} belongs to the caller's trace`, async () => {
    const call = client.call(method, request, TRACED);
    const trace = await respond(status, body);
    await call;
    await expectTraced(trace, await call.requestId);
  });
}

test('every attempt of a read belongs to the trace, and its id is logged',
     async () => {
       const call = client.call('Get', { id: ID }, TRACED);
       const first = await respond(503, '', { 'x-request-id': 'first' });
       const second = await respond(200, predictionJson(ID, 'started'),
                                    { 'x-request-id': 'second' });
       await call;
       await expectTraced(first, await call.requestId);
       assert.deepEqual(second, first);
       const line = await endedCall(gateway, await call.requestId);
       assert.deepEqual(line.upstream_request_ids, ['first', 'second']);
       assert.equal(line.upstream_requests, 2);
     });

test('the create of a CreateAndWait belongs to the trace, its polls do not',
     async () => {
       const id = randomUUID();
       const updates = client.createAndWait({ create: creation }, TRACED);
       const created = await respond(202, predictionJson(id, 'pending'));
       assert.deepEqual(await respond(200, predictionJson(id, 'succeeded')),
                        NO_TRACE);
       await updates.rest();
       await expectTraced(created, await updates.requestId);
     });

test('the polls of a Wait, which all waiters share, belong to no trace',
     async () => {
       const id = randomUUID();
       const updates = client.wait({ id }, TRACED);
       assert.deepEqual(await respond(200, predictionJson(id, 'succeeded')),
                        NO_TRACE);
       await updates.rest();
       const line = await endedCall(gateway, await updates.requestId);
       assert.equal(line.trace_id, TRACE_ID);
     });

test('creates that share a request_id belong to the trace of the first',
     async () => {
       const shared = { ...creation, request_id: randomUUID() };
       const first = client.call('Create', shared, TRACED);
       const held = await upstream.next();
       const second = client.call('Create', shared, {
         metadata: [['traceparent', TRACEPARENT.replace('4bf9', 'ffff')]],
       });
       held.respond(202, predictionJson(randomUUID(), 'pending'));
       await Promise.all([first, second]);
       await expectTraced(traceOf(held), await first.requestId);
     });

for (const [name, metadata] of [
  ['no traceparent', [['tracestate', TRACESTATE]]],
  ['two of them', [['traceparent', TRACEPARENT], ['traceparent', TRACEPARENT]]],
  ['an upper-case one', [['traceparent', TRACEPARENT.toUpperCase()]]],
  ['one of version ff', [['traceparent', TRACEPARENT.replace('00-', 'ff-')]]],
  ['one of zeros', [['traceparent', TRACEPARENT.replace(TRACE_ID,
                                                        '0'.repeat(32))]]],
  ['one with a suffix', [['traceparent', `${TRACEPARENT}-x`]]],
]) {
  test(`no trace is sent upstream with ${name}`, async () => {
    const call = client.call('List', {}, { metadata });
    assert.deepEqual(await respond(200, '{"items": []}'), NO_TRACE);
    await call;
    const line = await endedCall(gateway, await call.requestId);
    assert.equal(line.trace_id, undefined);
  });
}

test('only an invalid tracestate is dropped', async () => {
  const call = client.call('List', {}, {
    metadata: [['traceparent', TRACEPARENT], ['tracestate', 'no list']],
  });
  const { traceparent, tracestate } = await respond(200, '{"items": []}');
  await call;
  assert.match(traceparent, new RegExp(`^00-${TRACE_ID}-`));
  assert.equal(tracestate, undefined);
});

test('the caller\'s request id is returned, not sent upstream', async () => {
  const mine = 'Root=1-67891233-abcdef012345678912345678';
  const call =
      client.call('List', {}, { metadata: [['x-request-id', mine]] });
  const held = await upstream.next();
  held.respond(200, '{"items": []}');
  await call;
  assert.equal(await call.requestId, mine);
  assert.equal(held.headers['x-request-id'], undefined);
  await endedCall(gateway, mine);
});

test('the gateway replaces a missing or invalid request id',
     async () => {
       const calls = [
         client.get({ id: 'x' }),
         client.call('Get', { id: 'x' },
                     { metadata: [['x-request-id', 'two words']] }),
         client.call('Get', { id: 'x' }, {
           metadata: [['x-request-id', 'one'], ['x-request-id', 'two']],
         }),
       ];
       const ids = await Promise.all(calls.map(async (call) => {
         await failure(call, { code: 'INVALID_ARGUMENT' });
         return call.requestId;
       }));
       for (const id of ids) assert.match(id, UUID);
       assert.equal(new Set(ids).size, ids.length);
     });

for (const [name, begin] of [
  ['a Get', (options) => client.call('Get', { id: 'x' }, options)],
  ['a Create', (options) => client.call('Create', {}, options)],
  ['a List', (options) => client.call('List', { page_size: -1 }, options)],
  ['a Cancel', (options) => client.call('Cancel', { id: 'x' }, options)],
  ['a Wait', (options) => client.wait({ id: 'x' }, options)],
  ['a CreateAndWait', (options) => client.createAndWait({}, options)],
]) {
  test(`the error of ${name} contains its request id`, async () => {
    const mine = randomUUID();
    const call = begin({ metadata: [['x-request-id', mine]] });
    const error = await failure(call.next?.() ?? call,
                                { code: 'INVALID_ARGUMENT' });
    assert.equal(await call.requestId, mine);
    assert.equal(error.details.ErrorInfo.metadata.gateway_request_id, mine);
    await endedCall(gateway, mine);
  });
}
