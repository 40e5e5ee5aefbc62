// How a call is found again: its request id, and the trace it belongs to.
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
const CALLERS_SPAN = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE_ID}-${CALLERS_SPAN}-01`;
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

// Answers the next request; what it had of a trace.
async function answer(status, body, headers) {
  const held = await upstream.next();
  held.answer(status, body, headers);
  return traceOf(held);
}

function traceOf({ headers }) {
  const { traceparent, tracestate } = headers;
  return { traceparent, tracestate };
}

const NO_TRACE = { traceparent: undefined, tracestate: undefined };

// Whether a request belongs to the span that the call's line names.
async function expectTraced(trace, requestId) {
  const line = await endedCall(gateway, requestId);
  assert.equal(line.trace_id, TRACE_ID);
  assert.equal(line.parent_span_id, CALLERS_SPAN);
  assert.match(line.span_id, /^[0-9a-f]{16}$/);
  assert.notEqual(line.span_id, CALLERS_SPAN);
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
  test(`the request of a ${method} belongs to its caller's trace`, async () => {
    const call = client.call(method, request, TRACED);
    const trace = await answer(status, body);
    await call;
    await expectTraced(trace, await call.requestId);
  });
}

test('so does every attempt of a read, and the line has all their ids',
     async () => {
       const call = client.call('Get', { id: ID }, TRACED);
       const first = await answer(503, '', { 'x-request-id': 'first' });
       const second = await answer(200, predictionJson(ID, 'started'),
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
       const created = await answer(202, predictionJson(id, 'pending'));
       assert.deepEqual(await answer(200, predictionJson(id, 'succeeded')),
                        NO_TRACE);
       await updates.rest();
       await expectTraced(created, await updates.requestId);
     });

test('the polls of a Wait, which are for all who wait, belong to none',
     async () => {
       const id = randomUUID();
       const updates = client.wait({ id }, TRACED);
       assert.deepEqual(await answer(200, predictionJson(id, 'succeeded')),
                        NO_TRACE);
       await updates.rest();
       const line = await endedCall(gateway, await updates.requestId);
       assert.equal(line.trace_id, TRACE_ID);
     });

test('creates that share a request_id belong to the trace of the first',
     async () => {
       const once = { ...creation, request_id: randomUUID() };
       const first = client.call('Create', once, TRACED);
       const held = await upstream.next();
       const second = client.call('Create', once, {
         metadata: [['traceparent', TRACEPARENT.replace('4bf9', 'ffff')]],
       });
       held.answer(202, predictionJson(randomUUID(), 'pending'));
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
  ['one with more behind it', [['traceparent', `${TRACEPARENT}-x`]]],
]) {
  test(`with ${name} no trace goes upstream`, async () => {
    const call = client.call('List', {}, { metadata });
    assert.deepEqual(await answer(200, '{"items": []}'), NO_TRACE);
    await call;
    const line = await endedCall(gateway, await call.requestId);
    assert.equal(line.trace_id, undefined);
  });
}

test('a tracestate that is not valid is left out alone', async () => {
  const call = client.call('List', {}, {
    metadata: [['traceparent', TRACEPARENT], ['tracestate', 'no list']],
  });
  const { traceparent, tracestate } = await answer(200, '{"items": []}');
  await call;
  assert.match(traceparent, new RegExp(`^00-${TRACE_ID}-`));
  assert.equal(tracestate, undefined);
});

test('a request id of the caller\'s comes back and stays here', async () => {
  const mine = 'Root=1-67891233-abcdef012345678912345678';
  const call =
      client.call('List', {}, { metadata: [['x-request-id', mine]] });
  const held = await upstream.next();
  held.answer(200, '{"items": []}');
  await call;
  assert.equal(await call.requestId, mine);
  assert.equal(held.headers['x-request-id'], undefined);
  await endedCall(gateway, mine);
});

test('without one, or with one that is none, the gateway makes one',
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
  test(`${name} that fails names itself, in its error too`, async () => {
    const mine = randomUUID();
    const call = begin({ metadata: [['x-request-id', mine]] });
    const error = await failure(call.next?.() ?? call,
                                { code: 'INVALID_ARGUMENT' });
    assert.equal(await call.requestId, mine);
    assert.equal(error.details.ErrorInfo.metadata.gateway_request_id, mine);
    await endedCall(gateway, mine);
  });
}
