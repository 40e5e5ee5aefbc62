// Large outputs are decoded and converted to Values outside of the event loop:
// only the calls that request them take longer.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './support/client.mjs';
import { Gateway } from './support/gateway.mjs';
import { getRepeatedly } from './support/get_clients.mjs';
import { connectTo, peakMiB, sendMessage } from './support/hostile.mjs';
import { Prober } from './support/prober.mjs';
import { secret } from './support/program.mjs';
import { encode } from './support/schema.mjs';
import { RawUpstream } from '../support/raw_upstream.mjs';

const GET = '/wriftai.predictions.v1.Predictions/Get';
const MIB = 1 << 20;
const LARGE_TOKEN = secret('large-output-token');
const VALUE = { payload_format: 'PAYLOAD_FORMAT_VALUE' };

// 3.5 MiB of one-digit numbers, and 60 MB.
const outputs = new Map([
  [randomUUID(), `[${'1,'.repeat(1.75 * MIB)}1]`],
  [randomUUID(), `[${'1,'.repeat(30e6)}1]`],
]);
const [large, huge] = outputs.keys();

let upstream;
let gateway;
let owner;

before(async () => {
  // Only for this thread. In production, upstream and clients run elsewhere and
  // do not compete for the gateway's processors.
  os.setPriority(0, 19);
  upstream = await RawUpstream.start((request) => {
    const id = request.path.split('/').pop();
    request.respond(200, `{"id":"${id}","status":"succeeded","output":${
      outputs.get(id) ?? '1'}}`);
  });
  // As in the Deployment. Near the limit, freed memory is returned at once.
  gateway = await Gateway.start({
    apiBaseUrl: upstream.baseUrl, flags: [`--memory_limit=${512 * MIB}`],
  });
  owner = new Client(gateway.address, { token: LARGE_TOKEN });
});

after(async () => {
  owner?.close();
  await gateway?.stop();
  await upstream?.stop();
});

// Measures the calls of another token while `run` runs, and before that. Fails
// if the slowest call during `run` takes too long.
async function expectOthersUnaffected(t, run) {
  const before = await latenciesDuring(() => sleep(3000));
  const during = await latenciesDuring(run);
  const longest = during.at(-1) ?? 0;
  t.diagnostic(`calls of another token: p99 ${p99(during).toFixed(1)} ms of ${
    during.length}, longest ${Math.round(longest)} ms; before, p99 ${
    p99(before).toFixed(1)} ms of ${before.length}, longest ${
    Math.round(before.at(-1) ?? 0)} ms`);
  assert.ok(longest < MAX_LATENCY_MS, `${longest} ms`);
}

const p99 = (times) => times[Math.floor(times.length * 0.99)] ?? 0;

// The sorted latencies of another token's calls while `run` runs, in ms.
async function latenciesDuring(run) {
  const prober = await Prober.start({
    address: gateway.address, token: secret('other-output-token'),
    id: randomUUID(),
  });
  const running = run();
  await running.catch(() => {});
  const times = await prober.stop();
  await running;
  return times;
}

// Far below a conversion on the event loop, and above the noise of a busy
// machine.
const MAX_LATENCY_MS = 1000;

test('a large cached output does not delay other callers', async (t) => {
  const first = await owner.get({ id: large, ...VALUE });
  assert.equal(first.output_payload, 'output');
  await expectOthersUnaffected(t, () => getRepeatedly({
    address: gateway.address, token: LARGE_TOKEN, clients: 6, ms: 4000,
    request: { id: large, ...VALUE }, cancelAfterMs: 20,
  }));
  assert.equal((await gateway.page('/healthz')).status, 200);
  assert.equal(upstream.requestsOf(`/v1/predictions/${large}`).length, 1);
});

test('a huge array is sent as JSON text, in proportionate memory',
     async (t) => {
       // The worker that converts it for a second has a low priority, so other
       // programs on the machine may hold it up.
       const { output_payload, output_json } = await owner.call(
           'Get', { id: huge, ...VALUE }, { timeoutMs: 60_000 });
       assert.equal(output_payload, 'output_json');
       assert.ok(output_json === outputs.get(huge));
       await expectOthersUnaffected(t, () => getRepeatedly({
         address: gateway.address, token: LARGE_TOKEN, clients: 1, ms: 3000,
         request: { id: huge, ...VALUE },
       }));
       const peak = peakMiB(gateway.program.child.pid);
       t.diagnostic(`peak: ${Math.round(peak)} MiB`);
       assert.ok(peak < 480, `${peak} MiB`);
     });

// Without the limit, their bodies together exceed the container's memory.
test('huge outputs for many tokens are sent, or rejected to save memory',
     async (t) => {
       const ends = await Promise.all(Array.from({ length: 6 }, (_, i) => {
         const token = secret(`huge-output-token-${i}`);
         return sendMessage(connectTo(t, gateway.address), GET,
                            encode('GetRequest', { id: huge }),
                            { headers: { authorization: `Bearer ${token}` } });
       }));
       const rejected = ends.filter(({ code }) => code === '8');
       t.diagnostic(`rejected: ${rejected.length} of ${ends.length}`);
       assert.ok(rejected.length > 0 && rejected.length < ends.length);
       for (const { message, details } of rejected) {
         assert.match(message, /\(--message_memory\); retry later$/);
         assert.match(details, /MESSAGE_MEMORY_EXHAUSTED/);
       }
       assert.ok(ends.every(({ code }) => code === '8' || code === '0'));
       const peak = peakMiB(gateway.program.child.pid);
       t.diagnostic(`peak: ${Math.round(peak)} MiB`);
       assert.ok(peak < 480, `${peak} MiB`);
     });

test('concurrent Waits get a large output',
     async () => {
       const waits = Array.from({ length: 3 }, () =>
         owner.wait({ id: large, ...VALUE }).last());
       for (const { prediction } of await Promise.all(waits)) {
         assert.equal(prediction.output_payload, 'output');
         assert.equal(prediction.output.listValue.values.length,
                      1.75 * MIB + 1);
       }
     });
