// Traces, as a collector that is not ours receives them.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { Collector, ERROR, KIND } from './support/collector.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { Gateway } from './support/gateway.mjs';
import { endedCall } from './support/log.mjs';
import { grpc } from './support/modules.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { Health } from './support/schema.mjs';

const CALLER_SPAN = '00f067aa0ba902b7';
const creation = { model: 'wriftai/echo', input_json: '1' };

let collector;
let upstream;
let gateway;
let client;

before(async () => {
  collector = await Collector.start();
  upstream = await FakeUpstream.start();
  gateway = await startGateway();
  client = new Client(gateway.address);
});

after(async () => {
  client?.close();
  await gateway?.stop();
  await upstream?.stop();
  collector?.stop();
});

function startGateway({ flags = [], env = {} } = {}) {
  return Gateway.start({
    apiBaseUrl: upstream.baseUrl, token: 'own',
    flags: ['--log_format=json', ...flags],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_SERVICE_NAME: 'gateway-under-test',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      ...env,
    },
  });
}

// A caller's new trace.
function newTrace(flags = '01') {
  const traceId = randomBytes(16).toString('hex');
  return {
    traceId,
    options: {
      metadata: [['traceparent', `00-${traceId}-${CALLER_SPAN}-${flags}`],
                 ['tracestate', 'rojo=1']],
    },
  };
}

async function respond(status, body, headers) {
  const held = await upstream.next();
  held.respond(status, body, headers);
  return held;
}

// The request's parent is that span. The flag 2 is of ids made here.
function expectParent({ headers }, span, flags = '01') {
  assert.equal(headers.traceparent,
               `00-${span.traceId}-${span.spanId}-${flags}`);
}

// `inner` lies within `outer`, and is its child.
function expectWithin(inner, outer) {
  assert.equal(inner.parentId, outer.spanId, inner.name);
  assert.equal(inner.traceId, outer.traceId, inner.name);
  assert.ok(inner.start >= outer.start, `${inner.name} starts within`);
  assert.ok(inner.end <= outer.end, `${inner.name} ends within`);
}

test('a Create is the child of its caller and the parent of its request',
     async () => {
       const { traceId, options } = newTrace();
       const id = randomUUID();
       const call = client.call('Create', creation, options);
       const held = await respond(202, predictionJson(id, 'pending'),
                                  { 'x-request-id': 'up-1' });
       await call;
       const [server, request] = await collector.trace(traceId, 2);
       assert.equal(server.parentId, CALLER_SPAN);
       assert.equal(server.tracestate, 'rojo=1');
       assert.equal(server.flags & 0xff, 1);
       assert.equal(server.kind, KIND.SERVER);
       assert.equal(server.name, 'wriftai.predictions.v1.Predictions/Create');
       assert.deepEqual(server.attributes, {
         'rpc.system': 'grpc',
         'rpc.service': 'wriftai.predictions.v1.Predictions',
         'rpc.method': 'Create', 'rpc.grpc.status_code': 0,
         'client.address': '127.0.0.1',
         'wriftai.request_id': await call.requestId,
         'wriftai.credential': 'gateway', 'wriftai.prediction.id': id,
         'wriftai.model': 'wriftai/echo',
       });
       assert.equal(server.resource['service.name'], 'gateway-under-test');
       assert.equal(server.resource['deployment.environment.name'], 'test');
       expectWithin(request, server);
       assert.equal(request.kind, KIND.CLIENT);
       assert.equal(request.name, 'POST /predictions');
       const { port } = new URL(upstream.baseUrl);
       assert.deepEqual(request.attributes, {
         'http.request.method': 'POST',
         'url.full': `${upstream.baseUrl}/predictions`,
         'url.template': '/predictions', 'server.address': '127.0.0.1',
         'server.port': Number(port), 'wriftai.model': 'wriftai/echo',
         'http.response.status_code': 202,
         'wriftai.upstream.request_id': 'up-1',
       });
       expectParent(held, request);
       assert.equal(held.headers.tracestate, 'rojo=1');
       const line = await endedCall(gateway, await call.requestId);
       assert.equal(line.trace_id, traceId);
       assert.equal(line.span_id, server.spanId);
     });

test('a Wait has a span for each state that it waits for, and an event for ' +
     'each update', async () => {
  const { traceId, options } = newTrace();
  const id = randomUUID();
  const updates = client.wait({ id }, options);
  const first = await respond(200, predictionJson(id, 'started'));
  const last = await respond(200, predictionJson(id, 'succeeded'));
  await updates.rest();
  const [server, ...waits] = await collector.trace(traceId, 3);
  assert.equal(server.name, 'wriftai.predictions.v1.Predictions/Wait');
  assert.equal(server.attributes['wriftai.prediction.id'], id);
  assert.equal(server.attributes['wriftai.updates'], 2);
  assert.deepEqual(server.events, [
    { name: 'update', 'wriftai.prediction.status': 'started',
      'wriftai.source': 'get' },
    { name: 'update', 'wriftai.prediction.status': 'succeeded',
      'wriftai.source': 'get' },
  ]);
  assert.equal(waits.length, 2);
  for (const [wait, held] of [[waits[0], first], [waits[1], last]]) {
    expectWithin(wait, server);
    assert.equal(wait.name, 'wait for poll');
    assert.equal(wait.attributes['wriftai.source'], 'get');
    assert.equal(wait.links.length, 1);
    // The poll has a trace of its own, and both are linked.
    const trace = await collector.trace(wait.links[0].traceId, 2);
    const poll = trace.find(({ spanId }) => spanId === wait.links[0].spanId);
    assert.equal(poll.name, 'poll');
    assert.equal(poll.parentId, '');
    assert.deepEqual(poll.links, [{ traceId, spanId: server.spanId }]);
    const request = trace.find(({ kind }) => kind === KIND.CLIENT);
    expectWithin(request, poll);
    assert.equal(request.attributes['wriftai.prediction.id'], id);
    expectParent(held, request, '03');
  }
  assert.ok(waits[0].end <= waits[1].start);
});

test('a CreateAndWait has its create and its waits in one trace', async () => {
  const { traceId, options } = newTrace();
  const id = randomUUID();
  const updates = client.createAndWait({ create: creation }, options);
  await respond(202, predictionJson(id, 'pending'));
  await respond(200, predictionJson(id, 'succeeded'));
  await updates.rest();
  const [server, create, ...waits] = await collector.trace(traceId, 4);
  expectWithin(create, server);
  assert.equal(create.name, 'POST /predictions');
  for (const wait of waits) expectWithin(wait, server);
  assert.deepEqual(waits.map(({ attributes }) => attributes['wriftai.source']),
                   ['create', 'get']);
});

test('a poll that serves two waiters links both', async () => {
  const id = randomUUID();
  const traces = [newTrace(), newTrace()];
  const first = client.wait({ id }, traces[0].options);
  const held = await upstream.next();
  const second = client.wait({ id }, traces[1].options);
  held.respond(200, predictionJson(id, 'started'));
  await Promise.all([first.next(), second.next()]);
  await respond(200, predictionJson(id, 'succeeded'));
  await Promise.all([first.rest(), second.rest()]);
  const poll = await collector.until(
      (spans) => spans.find(({ name, attributes, links }) =>
        name === 'poll' && attributes['wriftai.prediction.id'] === id &&
        links.length === 2),
      'poll with two links');
  assert.deepEqual(poll.links.map(({ traceId }) => traceId).sort(),
                   traces.map(({ traceId }) => traceId).sort());
});

test('each attempt of a read is a span', async () => {
  const { traceId, options } = newTrace();
  const id = randomUUID();
  const call = client.call('Get', { id }, options);
  await respond(503, '');
  await respond(200, predictionJson(id, 'started'));
  await call;
  const [server, ...attempts] = await collector.trace(traceId, 3);
  for (const attempt of attempts) expectWithin(attempt, server);
  assert.deepEqual(
      attempts.map(({ status, attributes }) =>
        [status, attributes['http.response.status_code'],
         attributes['http.request.resend_count'], attributes['error.type'],
         attributes['wriftai.prediction.id']]),
      [[ERROR, 503, undefined, '503', id], [0, 200, 1, undefined, id]]);
});

test('a trace begins here without a caller\'s', async () => {
  const call = client.call('List', {});
  const held = await respond(200, '{"items": []}');
  await call;
  const server = await collector.spanOf(await call.requestId);
  assert.equal(server.parentId, '');
  const [, request] = await collector.trace(server.traceId, 2);
  expectParent(held, request, '03');
  const line = await endedCall(gateway, await call.requestId);
  assert.equal(line.trace_id, server.traceId);
  assert.equal(line.parent_span_id, undefined);
});

test('a trace that the caller does not sample is passed on and not exported',
     async () => {
       const unsampled = newTrace('00');
       const call = client.call('List', {}, unsampled.options);
       const held = await respond(200, '{"items": []}');
       await call;
       assert.match(held.headers.traceparent,
                    new RegExp(`^00-${unsampled.traceId}-.{16}-00$`));
       const next = client.call('List', {});
       await respond(200, '{"items": []}');
       await collector.spanOf(await next.requestId);
       assert.ok(!collector.spans.some(
           ({ traceId }) => traceId === unsampled.traceId));
     });

test('a failed call names its code and reason, and no text', async () => {
  const call = client.call('Get', { id: 'no id' });
  await failure(call, { code: 'INVALID_ARGUMENT' });
  const span = await collector.spanOf(await call.requestId);
  assert.equal(span.attributes['rpc.grpc.status_code'], 3);
  assert.equal(span.attributes['wriftai.error.reason'], 'INVALID_FIELD');
  // The caller's mistake is no error of the server.
  assert.equal(span.status, 0);
  assert.ok(!JSON.stringify(span.attributes).includes('no id'));
});

test('an upstream that breaks the connection fails the request\'s span',
     async () => {
       const call = client.create(creation);
       const held = await upstream.next();
       held.destroy();
       await failure(call, { code: 'UNKNOWN' });
       const server = await collector.spanOf(await call.requestId);
       assert.equal(server.status, ERROR);
       assert.equal(server.attributes['error.type'], 'UNKNOWN');
       const [, request] = await collector.trace(server.traceId, 2);
       assert.equal(request.status, ERROR);
       assert.equal(request.attributes['error.type'], 'interrupted');
     });

test('a call that its caller cancels ends its request\'s span', async () => {
  const { traceId, options } = newTrace();
  const call = client.call('Get', { id: randomUUID() }, options);
  await upstream.next();
  call.cancel();
  await failure(call, { code: 'CANCELLED' });
  const [server, request] = await collector.trace(traceId, 2);
  expectWithin(request, server);
  assert.equal(request.attributes['error.type'], 'cancelled');
});

test('a wait for the budget is a span', async () => {
  const slow = await startGateway({ flags: ['--read_rate=1'] });
  const caller = new Client(slow.address);
  const { traceId, options } = newTrace();
  // Two may go at once, where a second ends and the next begins.
  const calls = [1, 2, 3].map(() => caller.call('List', {}, options));
  for (let i = 0; i < calls.length; ++i) await respond(200, '{"items": []}');
  await Promise.all(calls);
  caller.close();
  await slow.stop();
  const spans = await collector.trace(traceId, 2 * calls.length + 1);
  const budget = spans.find(({ name }) => name === 'wait for budget');
  const server = spans.find(({ spanId }) => spanId === budget.parentId);
  const request = spans.find(({ kind, parentId }) =>
    kind === KIND.CLIENT && parentId === server.spanId);
  expectWithin(budget, server);
  assert.equal(budget.kind, KIND.INTERNAL);
  assert.ok(budget.end <= request.start);
});

test('health checks are not traced', async () => {
  const health = new Health(gateway.address, grpc.credentials.createInsecure());
  await new Promise((resolve, reject) => health.check(
      { service: '' }, (error) => error ? reject(error) : resolve()));
  health.close();
  const call = client.call('List', {});
  await respond(200, '{"items": []}');
  await collector.spanOf(await call.requestId);
  assert.ok(collector.spans.every(
      ({ name }) => !name.includes('health')));
});

test('the last spans are exported at shutdown', async () => {
  const stopping =
      await startGateway({ env: { OTEL_BSP_SCHEDULE_DELAY: '600000' } });
  const caller = new Client(stopping.address);
  const { traceId, options } = newTrace();
  const call = caller.call('List', {}, options);
  await respond(200, '{"items": []}');
  await call;
  caller.close();
  await stopping.stop();
  await collector.trace(traceId, 2);
});

test('a ratio of 0 exports nothing that begins here', async () => {
  const ratio = await startGateway({
    env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
           OTEL_TRACES_SAMPLER_ARG: '0' },
  });
  const caller = new Client(ratio.address);
  const call = caller.call('List', {});
  const held = await respond(200, '{"items": []}');
  await call;
  assert.match(held.headers.traceparent, /-02$/);
  caller.close();
  await ratio.stop();
  assert.ok(!collector.spans.some(({ traceId }) =>
    held.headers.traceparent.includes(traceId)));
});
