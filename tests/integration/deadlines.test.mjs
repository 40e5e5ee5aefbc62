// A canceled or timed-out call aborts its upstream request.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';

let upstream;
let gateway;
let predictions;

before(async () => {
  upstream = await FakeUpstream.start();
  gateway = await Gateway.start({
    apiBaseUrl: upstream.baseUrl, token: secret('deadline-token-1'),
  });
  predictions = new Client(gateway.address);
});

after(async () => {
  predictions?.close();
  await gateway?.stop();
  await upstream?.stop();
});

const id = '00000000-0000-4000-8000-000000000000';
const input = toValue(1);

// The calls that read; each ends before the upstream responds.
const READS = {
  Get: { id },
  List: {},
};

for (const [method, request] of Object.entries(READS)) {
  test(`canceling a ${method} aborts its upstream request`, async () => {
    const call = predictions.call(method, request);
    const held = await upstream.next();
    call.cancel();
    await failure(call, { code: 'CANCELLED' });
    await held.aborted();
  });

  test(`the deadline of a ${method} aborts its upstream request`, async () => {
    const count = upstream.requestCount;
    const call = predictions.call(method, request, { timeoutMs: 500 });
    const held = await upstream.next();
    await failure(call, { code: 'DEADLINE_EXCEEDED' });
    await held.aborted();
    // No retry: nobody is waiting for the response.
    assert.equal(upstream.requestCount, count + 1);
  });
}

test('canceling a Wait aborts its poll', async () => {
  const stream = predictions.wait({ id });
  const held = await upstream.next();
  stream.cancel();
  await held.aborted();
});

test('the deadline of a Wait aborts its poll', async () => {
  const stream = predictions.wait({ id }, { timeoutMs: 500 });
  const held = await upstream.next();
  await failure(stream.next(), { code: 'DEADLINE_EXCEEDED' });
  await held.aborted();
});

test('closing a client aborts its upstream requests', async () => {
  const vanishing = new Client(gateway.address);
  const call = vanishing.get({ id });
  const held = await upstream.next();
  vanishing.close();
  call.cancel();
  await failure(call, { code: 'CANCELLED' });
  await held.aborted();
});

test('the deadline of a Create aborts its upstream request', async () => {
  const call = predictions.call(
      'Create', { model: 'a/b', input }, { timeoutMs: 500 });
  const held = await upstream.next();
  await failure(call, { code: 'DEADLINE_EXCEEDED' });
  await held.aborted();
});

test('a create with a request_id survives a canceled call', async () => {
  const request = { model: 'a/b', input, request_id: randomUUID() };
  const first = predictions.create(request);
  const held = await upstream.next();
  first.cancel();
  await failure(first, { code: 'CANCELLED' });
  const second = predictions.create(request);
  held.respond(202, predictionJson(id, 'pending'));
  assert.equal((await second).id, id);
});

test('a retry that would miss the deadline is not started', async () => {
  const count = upstream.requestCount;
  const call = predictions.call('Get', { id }, { timeoutMs: 5000 });
  (await upstream.next()).respond(503, '', { 'retry-after': '30' });
  const error = await failure(call, { code: 'UNAVAILABLE' });
  assert.equal(error.retrySeconds, 30);
  assert.equal(upstream.requestCount, count + 1);
});
