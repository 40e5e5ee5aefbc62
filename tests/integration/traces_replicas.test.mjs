// A trace through two replicas: the one that is called, and the one that owns
// the token.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Collector, KIND } from './support/collector.mjs';
import { Etcd } from './support/etcd.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { ReplicaProcess } from './support/replicas.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { until } from './support/webhooks.mjs';

const CALLER_SPAN = '00f067aa0ba902b7';
const ID = randomUUID();

let collector;
let etcd;
let upstream;
let replicas = [];

before(async () => {
  collector = await Collector.start();
  etcd = await Etcd.start();
  upstream = await FakeUpstream.start(
      (held) => held.respond(200, predictionJson(ID, 'started')));
  replicas = await Promise.all(['one', 'two'].map((name) =>
    ReplicaProcess.start({
      etcd: etcd.endpoint, token: 'own', clientToken: 'callers',
      apiBaseUrl: upstream.baseUrl,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_SERVICE_NAME: name,
        // Only what a caller asks for.
        OTEL_TRACES_SAMPLER: 'parentbased_always_off',
      },
    })));
});

after(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await upstream?.stop();
  await etcd?.stop();
  collector?.stop();
});

const ownsToken = async (replica) => await replica.ownsTokens() > 0;

test('a call that is forwarded to the owner stays in its trace', async () => {
  await replicas[0].client.get({ id: ID });
  let owners;
  await until(async () => {
    owners = await Promise.all(replicas.map(ownsToken));
    return owners.includes(true);
  }, 'a replica owns the token');
  const other = replicas[owners.indexOf(false)];
  const traceId = randomBytes(16).toString('hex');
  await other.client.call('Get', { id: ID }, {
    metadata: [['traceparent', `00-${traceId}-${CALLER_SPAN}-01`]],
  });
  const spans = await collector.trace(traceId, 3);
  assert.equal(spans.length, 3);
  const childOf = (id) => spans.find(({ parentId }) => parentId === id);
  const called = childOf(CALLER_SPAN);
  const owner = childOf(called.spanId);
  const request = childOf(owner.spanId);
  assert.deepEqual([called.kind, owner.kind, request.kind],
                   [KIND.SERVER, KIND.SERVER, KIND.CLIENT]);
  assert.deepEqual(new Set([called, owner].map(
      ({ resource }) => resource['service.name'])), new Set(['one', 'two']));
  assert.equal(request.resource['service.name'],
               owner.resource['service.name']);
  assert.equal(called.attributes['wriftai.request_id'],
               owner.attributes['wriftai.request_id']);
});
