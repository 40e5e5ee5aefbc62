// A drain with thousands of open streams, and with clients that do not read.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { Gateway } from './support/gateway.mjs';
import { Metrics } from './support/metrics.mjs';
import { Program, secret } from './support/program.mjs';
import { RawCall } from './support/raw_call.mjs';
import { callAndNeverRead } from './support/raw_frames.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { encode } from './support/schema.mjs';
import { setting } from './support/setting.mjs';

const TOKEN = secret('drain-token-1');

// 5,000 for the release build; fewer for the slower sanitized builds.
const STREAMS = Number(setting('DRAIN_STREAMS'));
const STREAMS_PER_CONNECTION = 100;  // A common limit of servers and libraries.

// A drain that hangs ends after --drain_timeout, 20 s by default. This only
// bounds a gateway that does not stop at all.
const TIMEOUT_MS = 60_000;

const id = '00000000-0000-4000-8000-000000000000';
const largeId = '00000000-0000-4000-8000-000000000001';

// All of them together exceed the socket buffers of both ends.
const LARGE = 'x'.repeat(8 << 20);
const LARGE_COUNT = 8;

const hasPythonGrpc = () =>
  spawnSync('/usr/bin/python3', ['-c', 'import grpc']).status === 0;

// After one response, its channel stays open and idle.
const PYTHON_CLIENT = `
import sys, threading
import grpc
channel = grpc.insecure_channel(sys.argv[1])
get = channel.unary_unary('/wriftai.predictions.v1.Predictions/Get',
                          request_serializer=bytes, response_deserializer=bytes)
get(b'\\x0a\\x24${id}')
print('responded', flush=True)
threading.Event().wait()
`;

// A gateway in front of an upstream that shows both predictions as running.
async function start(t, ...flags) {
  const large = predictionJson(largeId, 'started', { input: LARGE });
  const upstream = await FakeUpstream.start((request) => request.respond(
      200, request.path.endsWith(largeId) ? large
                                          : predictionJson(id, 'started')));
  const gateway =
      await Gateway.start(
          { apiBaseUrl: upstream.baseUrl, token: TOKEN, flags });
  t.after(async () => {
    await gateway.program.stop('SIGKILL').catch(() => {});
    await upstream.stop();
  });
  return gateway;
}

// Resolves once the gateway has started to write `count` updates.
async function awaitUpdates(gateway, count) {
  const end = Date.now() + TIMEOUT_MS;
  for (;;) {
    const { status, body } = await gateway.page('/metrics');
    // Otherwise it is busy with the large prediction.
    if (status === 200 &&
        new Metrics(body).value('updates_total') >= count) {
      return;
    }
    assert.ok(Date.now() < end, body);
  }
}

// Clients that open a Wait and never read on, each for another reason.
async function startStuckReaders(t, gateway) {
  const wait = (id) => encode('WaitRequest', {
    id, wait_options: { poll_interval: { seconds: 3600 } },
  });
  // Its flow-control window is open, and its socket buffer full.
  const full = await callAndNeverRead(
      gateway.address, 'Wait', wait(largeId), LARGE_COUNT);
  await awaitUpdates(gateway, LARGE_COUNT);
  // Its flow-control window is zero.
  const closed = new RawCall(gateway.address, 'Wait', wait(id), {},
                             { initialWindowSize: 0 });
  closed.stream.on('error', () => {});  // Cut off at the end.
  await awaitUpdates(gateway, LARGE_COUNT + 1);
  // Its process is stopped; only its kernel still responds.
  const stopped = new Program(
      setting('WRIFTCTL'),
      ['wait', id, '--json', '--address', gateway.address]);
  t.after(async () => {
    full.destroy();
    closed.session.destroy();
    await stopped.stop('SIGKILL').catch(() => {});
  });
  await stopped.awaitOutput('stdout', /(started)/);
  stopped.child.kill('SIGSTOP');
}

test(`a drain of ${STREAMS} streams, despite clients that do not read, sends ` +
     'each reader a retry delay, and exits 0 in time', async (t) => {
  const gateway = await start(t);
  await startStuckReaders(t, gateway);
  const clients = Array.from(
      { length: STREAMS / STREAMS_PER_CONNECTION },
      () => new Client(gateway.address));
  t.after(() => clients.forEach((client) => client.close()));
  const streams = clients.flatMap((client) => Array.from(
      { length: STREAMS_PER_CONNECTION },
      () => client.wait({ id, wait_options: { only_changes: true } },
                        { timeoutMs: TIMEOUT_MS })));
  await Promise.all(streams.map((stream) => stream.next()));

  const ended = gateway.program.stop('SIGTERM', TIMEOUT_MS);
  const delays = await Promise.all(streams.map(async (stream) => {
    const error = await failure(
        stream.next(), { code: 'UNAVAILABLE', reason: 'DRAINING' });
    return error.retrySeconds;
  }));
  const { code } = await ended;
  assert.equal(code, 0, gateway.program.stderr);

  // Evenly over 5 s: a fifth in each second, within random variation.
  const bySecond = [0, 0, 0, 0, 0];
  delays.forEach((delay) => ++bySecond[Math.floor(delay)]);
  assert.equal(bySecond.length, 5, 'no delay is longer');
  for (const count of bySecond) {
    assert.ok(count > STREAMS / 10 && count < STREAMS / 3, `${bySecond}`);
  }
});

// A connection without calls, whose client reads nothing and acks no pings.
// Libraries that service a connection only during calls behave like this.
async function connectAndStayIdle(t, address) {
  const [host, port] = address.split(':');
  const socket = net.connect(Number(port), host);
  t.after(() => socket.destroy());
  socket.on('error', () => {});
  const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  socket.write(Buffer.concat(
      [Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), SETTINGS]));
  await once(socket, 'data');  // The server's settings.
  socket.pause();
}

// Far longer than a drain that nothing delays.
const LONG_DRAIN = '--drain_timeout=120s';

test('idle connections do not delay a drain', async (t) => {
  const gateway = await start(t, LONG_DRAIN, '--health_address=127.0.0.1:0');
  const [, health] =
      /health listens on (\S+)/.exec(gateway.program.stderr);
  for (const address of [gateway.address, health]) {
    for (let i = 0; i < 5; ++i) await connectAndStayIdle(t, address);
  }
  const node = new Client(gateway.address);
  t.after(() => node.close());
  await node.get({ id });
  await gateway.stop();
});

test('an idle Python channel does not delay a drain', {
  skip: !hasPythonGrpc() && 'SKIPPED: /usr/bin/python3 has no grpc',
}, async (t) => {
  const gateway = await start(t, LONG_DRAIN);
  const python = new Program('/usr/bin/python3', ['-c', PYTHON_CLIENT,
                                                  gateway.address]);
  t.after(() => python.stop('SIGKILL').catch(() => {}));
  await python.awaitOutput('stdout', /(responded)/);
  await gateway.stop();
});

test('despite idle connections, a drain finishes calls and ends a Wait with ' +
     'a retry delay', async (t) => {
  const upstream = await FakeUpstream.start();
  const gateway = await Gateway.start(
      { apiBaseUrl: upstream.baseUrl, token: TOKEN, flags: [LONG_DRAIN] });
  const client = new Client(gateway.address);
  t.after(async () => {
    client.close();
    await gateway.program.stop('SIGKILL').catch(() => {});
    await upstream.stop();
  });
  await connectAndStayIdle(t, gateway.address);
  const get = client.get({ id });
  const held = await upstream.next();
  const wait = client.wait({ id: largeId });
  await upstream.next();
  const ended = gateway.program.stop();
  const error = await failure(
      wait.next(), { code: 'UNAVAILABLE', reason: 'DRAINING' });
  assert.ok(error.retrySeconds <= 5);
  // Longer than idle connections stay: one with a call is not idle.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  held.respond(200, predictionJson(id, 'started'));
  assert.equal((await get).id, id);
  assert.equal((await ended).code, 0);
});

test('a second SIGTERM ends a drain that is blocked by slow readers',
     async (t) => {
       const gateway = await start(t);
       await startStuckReaders(t, gateway);
       gateway.program.child.kill('SIGTERM');
       await gateway.program.awaitOutput('stderr', /(signal 15: draining)/);
       assert.equal((await gateway.program.stop('SIGTERM')).signal, 'SIGTERM');
     });
