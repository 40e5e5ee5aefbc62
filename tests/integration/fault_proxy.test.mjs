// The proxy with which other tests break the network does so.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { performance } from 'node:perf_hooks';
import { after, before, beforeEach, test } from 'node:test';
import { FaultProxy } from './support/fault_proxy.mjs';
import { until } from './support/webhooks.mjs';

// A server that sends back what it receives.
const echo = net.createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    received += chunk;
    socket.write(chunk);
  });
  socket.on('end', () => socket.end());
});

let proxy;
let received = '';

before(async () => {
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await FaultProxy.start(`127.0.0.1:${echo.address().port}`);
});

after(async () => {
  await proxy.stop();
  echo.close();
});

beforeEach(() => {
  proxy.heal();
  received = '';
});

// A connection through `through`, which keeps what it receives.
function open(t, through = proxy) {
  const [host, port] = through.address.split(':');
  const socket = net.connect({ host, port });
  socket.text = '';
  socket.on('data', (chunk) => (socket.text += chunk));
  socket.on('error', ({ code }) => (socket.error = code));
  socket.on('end', () => (socket.ended = true));
  t.after(() => socket.destroy());
  return socket;
}

async function connect(t, through) {
  const socket = open(t, through);
  await once(socket, 'connect');
  return socket;
}

test('passes bytes and the end of a stream', async (t) => {
  const socket = await connect(t);
  const text = 'x'.repeat(5 << 20);
  socket.end(text);
  await until(() => socket.ended, 'the end has passed');
  assert.ok(socket.text === text);
});

test('cut resets open connections and new ones', async (t) => {
  const old = await connect(t);
  old.write('a');
  await until(() => old.text === 'a', 'the connection passes');
  proxy.cut();
  await until(() => old.error === 'ECONNRESET', 'the open one is reset');
  const fresh = open(t);
  await until(() => fresh.error === 'ECONNRESET', 'the new one is reset');
  proxy.heal();
  const healed = await connect(t);
  healed.write('b');
  await until(() => healed.text === 'b', 'a connection passes again');
  assert.equal(received, 'ab');
});

test('blackHole accepts, and passes nothing until healed', async (t) => {
  const old = await connect(t);
  proxy.blackHole();
  const fresh = await connect(t);
  old.write('a');
  fresh.write('b');
  // Takes the way that these would have taken, later.
  const other = await FaultProxy.start(proxy.target);
  t.after(() => other.stop());
  const passing = await connect(t, other);
  passing.write('c');
  await until(() => passing.text === 'c', 'the other proxy passes');
  assert.equal(received, 'c');
  assert.equal(old.text + fresh.text, '');
  proxy.heal();
  await until(() => old.text === 'a' && fresh.text === 'b', 'both pass');
});

test('blackHole may hold one direction only', async (t) => {
  const socket = await connect(t);
  proxy.blackHole('toClient');
  socket.write('a');
  await until(() => received === 'a', 'the target receives');
  assert.equal(socket.text, '');
  proxy.heal();
  await until(() => socket.text === 'a', 'the client receives');
});

test('delay passes each direction later, in order', async (t) => {
  const socket = await connect(t);
  proxy.delay(50, 'toTarget');
  const began = performance.now();
  socket.write('a');
  await until(() => received === 'a', 'the target receives');
  socket.write('b');
  await until(() => socket.text === 'ab', 'both have passed');
  // Timers of Node.js may fire a millisecond early.
  assert.ok(performance.now() - began >= 98);
});
