// How the gateway behaves as a gRPC server: health, pings, connection age,
// stream limits, channelz.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:http2';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from './support/client.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { Gateway } from './support/gateway.mjs';
import { Http2Session } from './support/http2_session.mjs';
import { Metrics } from './support/metrics.mjs';
import { run, secret } from './support/program.mjs';
import { silentPeer } from './support/raw_frames.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { Health } from './support/schema.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('server-behavior-token-1');
const BUF = fileURLToPath(
    new URL('../node_modules/.bin/buf', import.meta.url));
const NAMES = ['', 'wriftai.predictions.v1.Predictions', 'wriftai.Upstream'];

const id = '00000000-0000-4000-8000-000000000000';

async function start(t, ...flags) {
  const gateway = await Gateway.start({ flags: ['--sandbox', ...flags] });
  t.after(() => gateway.stop());
  return gateway;
}

function connect(t, address, Service) {
  const client = new Client(address, { Service });
  t.after(() => client.close());
  return client;
}

// The id of a prediction that keeps running.
async function running(client) {
  const prediction = await client.create({
    model: 'wriftai/echo',
    input: toValue({ sandbox: { id: randomUUID(), run_s: 3600 } }),
  });
  return prediction.id;
}

// A gateway in front of an upstream that the test controls.
async function startWithFakeUpstream(t, ...flags) {
  const upstream = await FakeUpstream.start();
  const gateway = await Gateway.start(
      { apiBaseUrl: upstream.baseUrl, token: TOKEN, flags });
  t.after(async () => {
    await gateway.program.stop('SIGKILL').catch(() => {});
    await upstream.stop();
  });
  return { upstream, gateway, client: connect(t, gateway.address) };
}

test('an unreachable upstream is NOT_SERVING only under its own name',
     async (t) => {
       const { upstream, gateway, client } = await startWithFakeUpstream(t);
       const health = connect(t, gateway.address, Health);
       const check = async (service) =>
         (await health.call('Check', { service })).status;
       const healthy = async () => new Metrics(
           (await gateway.page('/metrics')).body).value('upstream_healthy');
       const watch =
           health.stream('Watch', { service: 'wriftai.Upstream' });
       assert.deepEqual(await watch.next(), { status: 'SERVING' });
       assert.equal(await healthy(), 1);

       await upstream.stop();
       // Each makes three attempts.
       for (let i = 0; i < 2; ++i) {
         await failure(client.get({ id }), { code: 'UNAVAILABLE' });
       }
       assert.deepEqual(await watch.next(), { status: 'NOT_SERVING' });
       assert.equal(await healthy(), 0);
       assert.equal(await check(''), 'SERVING');
       assert.equal(await check('wriftai.predictions.v1.Predictions'),
                    'SERVING');
       assert.equal((await gateway.page('/readyz')).status, 200);

       await upstream.restart();
       const get = failure(client.get({ id }), { code: 'NOT_FOUND' });
       (await upstream.next()).respond(404, '');
       await get;
       assert.deepEqual(await watch.next(), { status: 'SERVING' });
       assert.equal(await healthy(), 1);
       watch.cancel();
     });

test('the health port reports NOT_SERVING until the drain ends',
     async (t) => {
       const { upstream, gateway, client } = await startWithFakeUpstream(
           t, '--health_address=127.0.0.1:0');
       const address = await gateway.program.awaitOutput(
           'stderr', /health listens on (\S+)$/m);
       const health = connect(t, address, Health);
       const call = client.get({ id });
       const held = await upstream.next();
       const watches =
           NAMES.map((service) => health.stream('Watch', { service }));
       for (const watch of watches) {
         assert.deepEqual(await watch.next(), { status: 'SERVING' });
       }
       const ended = gateway.program.stop();
       for (const watch of watches) {
         assert.deepEqual(await watch.next(), { status: 'NOT_SERVING' });
       }
       // Responses from the upstream no longer change the status.
       for (const service of NAMES) {
         assert.deepEqual(await health.call('Check', { service }),
                          { status: 'NOT_SERVING' });
       }
       held.respond(200, predictionJson(id, 'started'));
       await call;
       watches.forEach((watch) => watch.cancel());
       assert.equal((await ended).code, 0);
     });

describe('a connection at its maximum age', () => {
  const AGES = ['--max_connection_age=1s', '--max_connection_age_grace=2s'];

  test('gets a GOAWAY, and its Wait ends before the grace does', async (t) => {
    const gateway = await start(t, ...AGES);
    const waited = await running(connect(t, gateway.address));
    const session = await Http2Session.open(t, gateway.address);
    const stream = session.wait(waited);
    await stream.begun();
    assert.equal((await session.goaway()).code, constants.NGHTTP2_NO_ERROR);
    const trailers = await stream.trailers();
    assert.equal(trailers['grpc-status'], '14');
    assert.match(trailers['grpc-message'], /^maximum stream age reached /);
  });

  test('ends its Waits with an immediate retry, which resumes them',
       async (t) => {
         const gateway = await start(t, ...AGES);
         const client = connect(t, gateway.address);
         const waited = await running(client);
         let starts = 0;
         for (; starts < 2; ++starts) {
           const wait = client.stream('Wait', {
             id: waited, wait_options: { only_changes: true },
           });
           assert.equal((await wait.next()).prediction.id, waited);
           const ended = await failure(wait.rest(), {
             code: 'UNAVAILABLE', reason: 'STREAM_AGE_REACHED',
           });
           assert.equal(ended.retrySeconds, 0);
         }
       });
});

describe('a client that pings', () => {
  const INTERVAL_MS = 50;

  // Pings at twice the minimum interval; returns how many were acked.
  async function countAckedPings(session, count) {
    for (let i = 0; i < count; ++i) {
      await delay(2 * INTERVAL_MS);
      if (!await session.ping()) return i;
    }
    return count;
  }

  for (const withCall of [false, true]) {
    test(`stays connected ${withCall ? 'with' : 'without'} calls`,
         async (t) => {
           const gateway =
               await start(t, `--min_ping_interval=${INTERVAL_MS}ms`);
           const session = await Http2Session.open(t, gateway.address);
           if (withCall) {
             const client = connect(t, gateway.address);
             await session.wait(await running(client)).begun();
           }
           assert.equal(await countAckedPings(session, 8), 8);
         });
  }

  test('far too often gets ENHANCE_YOUR_CALM', async (t) => {
    const gateway = await start(t);
    const session = await Http2Session.open(t, gateway.address);
    while (await session.ping());
    assert.deepEqual(await session.goaway(), {
      code: constants.NGHTTP2_ENHANCE_YOUR_CALM, text: 'too_many_pings',
    });
  });
});

test('a silent connection gets pings, and is closed if it ignores them',
     async (t) => {
       const gateway = await start(
           t, '--keepalive_time=1s', '--keepalive_timeout=1s');
       const session = await Http2Session.open(t, gateway.address);
       const closed = silentPeer(t, gateway.address);
       // More than the two that gRPC sends by default without data frames.
       for (let i = 0; i < 3; ++i) await session.pinged();
       await closed;
       assert.ok(await session.ping());
     });

test('calls above the stream limit of a connection are queued', async (t) => {
  const gateway = await start(t, '--max_concurrent_streams=2');
  const other = connect(t, gateway.address);
  const waited = await running(other);
  const session = await Http2Session.open(t, gateway.address);
  assert.equal(session.settings.maxConcurrentStreams, 2);
  const client = connect(t, gateway.address);
  const waits = [1, 2].map(() => client.wait({ id: waited }));
  for (const wait of waits) await wait.next();
  let served = false;
  const third = client.get({ id: waited }).then(() => (served = true));
  await other.get({ id: waited });
  assert.equal(served, false);
  waits[0].cancel();
  await third;
  waits[1].cancel();
});

test('a connection allows 20000 calls by default', async (t) => {
  const session = await Http2Session.open(t, (await start(t)).address);
  assert.equal(session.settings.maxConcurrentStreams, 20_000);
});

describe('channelz', () => {
  const curl = (gateway, target, ...flags) => run(BUF, [
    'curl', '--protocol=grpc', '--http2-prior-knowledge', ...flags,
    `http://${gateway.address}/${target}`,
  ]);

  test('shows connections and calls with --channelz', async (t) => {
    const gateway = await start(t, '--channelz');
    await connect(t, gateway.address).list({ page_size: 1 });
    const { code, stdout, stderr } =
        await curl(gateway, 'grpc.channelz.v1.Channelz/GetServers', '-d={}');
    assert.equal(code, 0, stderr);
    const [{ ref, data }] = JSON.parse(stdout).server;
    assert.ok(Number(data.callsSucceeded) >= 1, stdout);
    const sockets = await curl(
        gateway, 'grpc.channelz.v1.Channelz/GetServerSockets',
        `-d={"serverId":"${ref.serverId}"}`);
    assert.match(sockets.stdout, /"name": "[^"]*127\.0\.0\.1:\d+/);
  });

  test('is not served by default', async (t) => {
    const gateway = await start(t);
    const { stdout } = await curl(gateway, '', '--list-methods');
    assert.match(stdout, /wriftai\.predictions\.v1\.Predictions\/Wait/);
    assert.doesNotMatch(stdout, /channelz/);
  });
});
