// The export of traces to collectors that are down, slow, refuse, or need TLS.
// No call waits for any of them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Authority } from './support/certificates.mjs';
import { Client } from './support/client.mjs';
import { Collector, rpcError } from './support/collector.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { Gateway } from './support/gateway.mjs';
import { Metrics } from './support/metrics.mjs';
import { freePort } from './support/free_port.mjs';
import { grpc } from './support/modules.mjs';
import { secret } from './support/program.mjs';
import { googleRpc } from './support/schema.mjs';
import { until } from './support/webhooks.mjs';

// Spans of one List: the call, and its request.
const SPANS = 2;

let upstream;
let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'traces-'));
  upstream = await FakeUpstream.start(
      (held) => held.respond(200, '{"items": []}'));
});

after(async () => {
  await upstream?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

const started = [];
after(() => started.forEach((collector) => collector.stop()));

async function startCollector(options) {
  const collector = await Collector.start(options);
  started.push(collector);
  return collector;
}

// Runs `use` with a gateway that exports to `endpoint`.
async function withGateway(endpoint, env, use) {
  const gateway = await Gateway.start({
    apiBaseUrl: upstream.baseUrl, token: 'own',
    // c-ares leaks a name where it finds it in /etc/hosts, which the address
    // sanitizer reports; the system's resolver does not.
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
           OTEL_BSP_SCHEDULE_DELAY: '20', GRPC_DNS_RESOLVER: 'native', ...env },
  });
  const client = new Client(gateway.address);
  try {
    await use({
      gateway,
      list: () => client.list({}),
      metrics: async () => new Metrics((await gateway.page('/metrics')).body),
    });
  } finally {
    client.close();
    await gateway.stop();
  }
}

// Waits until a counter of the metrics has this value.
async function reach(metrics, name, labels, value) {
  let last;
  await until(async () => {
    last = (await metrics()).value(name, labels);
    return last >= value;
  }, `${name} ${JSON.stringify(labels)} reaches ${value}`);
  assert.equal(last, value, name);
}

test('a collector that is down costs no call, and gets the spans once it is up',
     async () => {
       const port = await freePort();
       await withGateway(`http://127.0.0.1:${port}`, {},
                         async ({ gateway, list, metrics }) => {
         await list();
         await reach(metrics, 'trace_exports_total', { result: 'failed' }, 1);
         assert.equal((await metrics()).value('trace_queued_spans'), SPANS);
         await gateway.program.awaitOutput(
             'stderr',
             /(warning cannot export traces to 127\.0\.0\.1:\d+: UNAVAIL)/);
         const collector = await startCollector({ port });
         await collector.until((spans) => spans.length === SPANS, 'spans');
         await reach(metrics, 'trace_spans_total', { outcome: 'exported' },
                     SPANS);
         await gateway.program.awaitOutput('stderr',
                                           /(info traces are exported again)/);
       });
     });

test('a collector that does not respond costs no call, and a bounded queue',
     async () => {
       const never = new Promise(() => {});
       const collector = await startCollector({ respond: () => never });
       const env = { OTEL_BSP_MAX_QUEUE_SIZE: '4',
                     OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2' };
       let stopping;
       await withGateway(collector.endpoint, env, async ({ list, metrics }) => {
         for (let i = 0; i < 10; ++i) await list();
         // A batch in flight, and the queue.
         const now = await metrics();
         assert.equal(now.value('trace_queued_spans'), 6);
         assert.equal(now.value('trace_spans_total', { outcome: 'queue_full' }),
                      10 * SPANS - 6);
         stopping = Date.now();
       });
       // The last export is given up after 2 s.
       assert.ok(Date.now() - stopping < 5000);
     });

test('a collector that asks for a pause gets the batch again after it',
     async () => {
       const details = googleRpc['google.rpc.Status'].serialize({
         code: grpc.status.RESOURCE_EXHAUSTED,
         details: [{
           type_url: 'type.googleapis.com/google.rpc.RetryInfo',
           value: googleRpc['google.rpc.RetryInfo'].serialize(
               { retry_delay: { seconds: 1, nanos: 0 } }),
         }],
       });
       let asked;
       const collector = await startCollector({
         respond: (number) => {
           if (number > 1) return undefined;
           asked = Date.now();
           return rpcError(grpc.status.RESOURCE_EXHAUSTED, details);
         },
       });
       await withGateway(collector.endpoint, {}, async ({ list, metrics }) => {
         await list();
         await reach(metrics, 'trace_spans_total', { outcome: 'exported' },
                     SPANS);
         assert.ok(Date.now() - asked >= 1000);
         assert.equal(collector.exports, 2);
       });
     });

for (const [name, error] of [
  ['with RESOURCE_EXHAUSTED without a pause',
   rpcError(grpc.status.RESOURCE_EXHAUSTED)],
  ['with UNAUTHENTICATED', rpcError(grpc.status.UNAUTHENTICATED)],
]) {
  test(`a batch that a collector refuses ${name} is dropped and counted`,
       async () => {
         const collector = await startCollector(
             { respond: (number) => number === 1 ? error : undefined });
         const env = { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: `${SPANS}` };
         await withGateway(collector.endpoint, env,
                           async ({ list, metrics }) => {
           await list();
           await reach(metrics, 'trace_spans_total',
                       { outcome: 'export_failed' }, SPANS);
           await list();
           await reach(metrics, 'trace_spans_total', { outcome: 'exported' },
                       SPANS);
           assert.equal(collector.exports, 2);
         });
       });
}

test('spans that a collector rejects are counted', async () => {
  const collector = await startCollector({
    respond: () => ({ partialSuccess: { rejectedSpans: 1,
                                        errorMessage: 'too old' } }),
  });
  await withGateway(collector.endpoint,
                    { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: `${SPANS}` },
                    async ({ gateway, list, metrics }) => {
    await list();
    await reach(metrics, 'trace_spans_total', { outcome: 'rejected' }, 1);
    await reach(metrics, 'trace_spans_total', { outcome: 'exported' }, 1);
    await gateway.program.awaitOutput('stderr', /(rejected 1 spans: too old)/);
  });
});

test('what a collector says is shown without the headers, and odd numbers too',
     async () => {
       const key = secret('traces-api-key-2');
       const collector = await startCollector({
         respond: (number) => number === 1 ?
           { partialSuccess: { rejectedSpans: -5, errorMessage: 'odd' } } :
           // Not a code of gRPC; the sanitizers accept up to 31.
           Object.assign(rpcError(20), { details: `no such key: ${key}` }),
       });
       await withGateway(
           collector.endpoint,
           { OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${key}`,
             OTEL_BSP_MAX_EXPORT_BATCH_SIZE: `${SPANS}` },
           async ({ gateway, list, metrics }) => {
             await list();
             await reach(metrics, 'trace_spans_total',
                         { outcome: 'exported' }, SPANS);
             await list();
             // The first line: a negative number of spans is not one.
             const line = await gateway.program.awaitOutput(
                 'stderr', / warning (.*(?:spans|traces).*)/);
             assert.match(
                 line,
                 /^cannot export traces to \S+: code 20: no such key: \[redac/);
           });
     });

test('spans that are lost at the shutdown are logged', async () => {
  const port = await freePort();
  let program;
  await withGateway(`http://127.0.0.1:${port}`,
                    { OTEL_BSP_SCHEDULE_DELAY: '60000' },
                    async ({ gateway, list }) => {
    program = gateway.program;
    await list();
  });
  await program.awaitOutput(
      'stderr',
      /( warning 2 spans were not exported before the shutdown)/);
});

test('headers reach the collector and are never printed', async () => {
  const key = secret('traces-api-key-1');
  const collector = await startCollector();
  await withGateway(
      collector.endpoint,
      { OTEL_EXPORTER_OTLP_HEADERS: `api-key=${key},x-tenant=a%20b` },
      async ({ list, metrics }) => {
        await list();
        await collector.until((spans) => spans.length >= SPANS, 'spans');
        assert.equal(collector.metadata[0]['api-key'], key);
        assert.equal(collector.metadata[0]['x-tenant'], 'a b');
        assert.match(collector.metadata[0]['user-agent'], /^wriftai-gateway\//);
        assert.ok((await metrics()).value('trace_spans_total',
                                          { outcome: 'exported' }) >= 0);
      });
});

test('spans are compressed on request', async () => {
  // grpc-js decompresses without saying so.
  const server = http2.createServer();
  const exported = once(server, 'stream');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await withGateway(`http://127.0.0.1:${server.address().port}`,
                    { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
                    async ({ list }) => {
    await list();
    const [stream, headers] = await exported;
    assert.equal(headers['grpc-encoding'], 'gzip');
    const [frame] = await once(stream, 'data');
    assert.equal(frame[0], 1, 'the message is compressed');
    assert.match(gunzipSync(frame.subarray(5)).toString('latin1'),
                 /service\.name.*wriftai-gateway/s);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc',
                     'grpc-status': '16' }, { endStream: true });
  });
  server.close();
});

function file(name, text) {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

// `clientCa`: the authority of clients, which must then have a certificate.
function startTlsCollector(authority, clientCa) {
  const server = authority.issue({ names: 'DNS:localhost' });
  return startCollector({
    credentials: grpc.ServerCredentials.createSsl(
        clientCa ? Buffer.from(clientCa) : null,
        [{ cert_chain: Buffer.from(server.cert),
           private_key: Buffer.from(server.key) }], Boolean(clientCa)),
  });
}

test('a new file of CA certificates is used without a restart', async () => {
  const authority = new Authority(folder, 'authority');
  const collector = await startTlsCollector(authority);
  const ca = file('rotated.pem', new Authority(folder, 'before').cert);
  await withGateway(`https://localhost:${collector.port}`,
                    { OTEL_EXPORTER_OTLP_CERTIFICATE: ca },
                    async ({ list, metrics }) => {
    await list();
    await reach(metrics, 'trace_exports_total', { result: 'failed' }, 1);
    file('rotated.pem', authority.cert);
    await collector.until((spans) => spans.length === SPANS, 'spans');
  });
});

test('a collector with TLS verifies the gateway and is verified', async () => {
  const authority = new Authority(folder, 'authority');
  const own = authority.issue({});
  const collector = await startTlsCollector(authority, authority.cert);
  const endpoint = `https://localhost:${collector.port}`;
  const trusted = {
    OTEL_EXPORTER_OTLP_CERTIFICATE: file('ca.pem', authority.cert),
  };
  await withGateway(endpoint, {
    ...trusted,
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: file('own.pem', own.cert),
    OTEL_EXPORTER_OTLP_CLIENT_KEY: file('own.key', own.key),
  }, async ({ list }) => {
    await list();
    await collector.until((spans) => spans.length === SPANS, 'spans');
  });
  for (const [what, env] of [
    ['its certificate', trusted],
    ['an authority', {
      ...trusted,
      OTEL_EXPORTER_OTLP_CERTIFICATE:
          file('other.pem', new Authority(folder, 'other').cert),
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: join(folder, 'own.pem'),
      OTEL_EXPORTER_OTLP_CLIENT_KEY: join(folder, 'own.key'),
    }],
  ]) {
    await withGateway(endpoint, env, async ({ list, metrics }) => {
      await list();
      await reach(metrics, 'trace_exports_total', { result: 'failed' }, 1);
    });
    assert.equal(collector.spans.length, SPANS, `without ${what}`);
  }
});
