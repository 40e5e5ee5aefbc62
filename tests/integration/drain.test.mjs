// A drain with thousands of open streams, and with callers that do not read.
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

// 5,000 as they are shipped, fewer in the sanitized builds, which are slower.
const STREAMS = Number(setting('DRAIN_STREAMS'));
const STREAMS_PER_CONNECTION = 100;  // As most servers and libraries allow.

// A program that stops within its --drain_timeout takes 20 s; one that does
// not would have to be killed. Not a measure.
const PATIENCE_MS = 60_000;

const id = '00000000-0000-4000-8000-000000000000';
const largeId = '00000000-0000-4000-8000-000000000001';

// Together more than the sockets of both ends take up.
const LARGE = 'x'.repeat(8 << 20);
const LARGE_COUNT = 8;

const hasPythonGrpc = () =>
  spawnSync('/usr/bin/python3', ['-c', 'import grpc']).status === 0;

// Answered once, its channel stays open and idle.
const PYTHON_CLIENT = `
import sys, threading
import grpc
channel = grpc.insecure_channel(sys.argv[1])
get = channel.unary_unary('/wriftai.v1.Predictions/Get',
                          request_serializer=bytes, response_deserializer=bytes)
get(b'\\x0a\\x24${id}')
print('answered', flush=True)
threading.Event().wait()
`;

// A gateway over an upstream that answers every GET: both predictions run.
async function start(t, ...flags) {
  const large = predictionJson(largeId, 'started', { input: LARGE });
  const upstream = await FakeUpstream.start((request) => request.answer(
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

// Returns when the gateway has begun to write so many updates.
async function written(gateway, count) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const { status, body } = await gateway.page('/metrics');
    // Else it is busy with the large prediction.
    if (status === 200 &&
        new Metrics(body).value('updates_total') >= count) {
      return;
    }
    assert.ok(Date.now() < end, body);
  }
}

// Callers that hold a Wait open and never read on, each in its own way.
async function startStuckReaders(t, gateway) {
  const wait = (id) => encode('WaitRequest', {
    id, wait_options: { poll_interval: { seconds: 3600 } },
  });
  // Its window is open, and its socket full.
  const full = await callAndNeverRead(
      gateway.address, 'Wait', wait(largeId), LARGE_COUNT);
  await written(gateway, LARGE_COUNT);
  // Its flow-control window is closed, and stays so.
  const closed = new RawCall(gateway.address, 'Wait', wait(id), {},
                             { initialWindowSize: 0 });
  closed.stream.on('error', () => {});  // It is cut off in the end.
  await written(gateway, LARGE_COUNT + 1);
  // It has stopped altogether, and only its system still answers.
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

test(`a drain of ${STREAMS} streams, beside callers that do not read, tells ` +
     'each that reads when to come back, and exits 0 in time', async (t) => {
  const gateway = await start(t);
  await startStuckReaders(t, gateway);
  const clients = Array.from(
      { length: STREAMS / STREAMS_PER_CONNECTION },
      () => new Client(gateway.address));
  t.after(() => clients.forEach((client) => client.close()));
  const streams = clients.flatMap((client) => Array.from(
      { length: STREAMS_PER_CONNECTION },
      () => client.wait({ id, wait_options: { only_changes: true } },
                        { timeoutMs: PATIENCE_MS })));
  await Promise.all(streams.map((stream) => stream.next()));

  const ended = gateway.program.stop('SIGTERM', PATIENCE_MS);
  const delays = await Promise.all(streams.map(async (stream) => {
    const error = await failure(
        stream.next(), { code: 'UNAVAILABLE', reason: 'DRAINING' });
    return error.retrySeconds;
  }));
  const { code } = await ended;
  assert.equal(code, 0, gateway.program.stderr);

  // Even over 5 s: each second has its fifth, give or take what chance does.
  const bySecond = [0, 0, 0, 0, 0];
  delays.forEach((delay) => ++bySecond[Math.floor(delay)]);
  assert.equal(bySecond.length, 5, 'none is sent away for longer');
  for (const count of bySecond) {
    assert.ok(count > STREAMS / 10 && count < STREAMS / 3, `${bySecond}`);
  }
});

// A connection without calls whose client reads nothing any more and answers no
// ping, as libraries do that look at a connection during calls alone.
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

// Far above what a drain may take that is not held up.
const LONG_DRAIN = '--drain_timeout=120s';

test('idle connections do not hold up a drain', async (t) => {
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

test('an idle channel of Python\'s does not hold up a drain', {
  skip: !hasPythonGrpc() && 'SKIPPED: /usr/bin/python3 has no grpc',
}, async (t) => {
  const gateway = await start(t, LONG_DRAIN);
  const python = new Program('/usr/bin/python3', ['-c', PYTHON_CLIENT,
                                                  gateway.address]);
  t.after(() => python.stop('SIGKILL').catch(() => {}));
  await python.awaitOutput('stdout', /(answered)/);
  await gateway.stop();
});

test('beside idle connections, a drain lets a call end, and a Wait with a time ' +
     'to retry', async (t) => {
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
  // Longer than an idle connection has: a connection with a call is not one.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  held.answer(200, predictionJson(id, 'started'));
  assert.equal((await get).id, id);
  assert.equal((await ended).code, 0);
});

test('a second SIGTERM ends a drain that callers who do not read hold up',
     async (t) => {
       const gateway = await start(t);
       await startStuckReaders(t, gateway);
       gateway.program.child.kill('SIGTERM');
       await gateway.program.awaitOutput('stderr', /(signal 15: draining)/);
       assert.equal((await gateway.program.stop('SIGTERM')).signal, 'SIGTERM');
     });
