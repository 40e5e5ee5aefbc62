// How the gateway stops: signals, and the drain.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { Gateway } from './support/gateway.mjs';
import { Program, secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { Health } from './support/schema.mjs';
import { setting } from './support/setting.mjs';

const TOKEN = secret('stop-token-1');

// A gateway in front of an upstream that the test controls.
async function start(t, ...flags) {
  const upstream = await FakeUpstream.start();
  const gateway = await Gateway.start(
      { apiBaseUrl: upstream.baseUrl, token: TOKEN, flags });
  const client = new Client(gateway.address);
  t.after(async () => {
    client.close();
    await gateway.program.stop('SIGKILL').catch(() => {});
    await upstream.stop();
  });
  return { upstream, gateway, client };
}

const id = '00000000-0000-4000-8000-000000000000';

for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP']) {
  test(`${signal} ends open Waits with UNAVAILABLE and a retry delay`,
       async (t) => {
         const { upstream, gateway, client } = await start(t);
         const streams =
             Array.from({ length: 50 }, () => client.wait({ id }));
         (await upstream.next()).respond(200, predictionJson(id, 'started'));
         await Promise.all(streams.map((stream) => stream.next()));
         const ended = gateway.program.stop(signal);
         const delays = await Promise.all(streams.map(async (stream) => {
           const error = await failure(
               stream.next(), { code: 'UNAVAILABLE', reason: 'DRAINING' });
           return error.retrySeconds;
         }));
         assert.equal((await ended).code, 0);
         // Spread out, so that callers do not all return at once.
         assert.ok(delays.every((delay) => delay >= 0 && delay <= 5));
         assert.ok(new Set(delays).size > 40, `${delays}`);
         assert.ok(Math.max(...delays) - Math.min(...delays) > 1);
       });
}

test('SIGTERM lets a call in flight finish', async (t) => {
  const { upstream, gateway, client } = await start(t);
  const call = client.get({ id });
  const held = await upstream.next();
  const ended = gateway.program.stop();
  await gateway.program.awaitOutput('stderr', /(signal 15: draining)/);
  held.respond(200, predictionJson(id, 'started'));
  assert.equal((await call).id, id);
  assert.equal((await ended).code, 0);
});

test('health reports NOT_SERVING while the gateway drains', async (t) => {
  const { upstream, gateway, client } = await start(t);
  const health = new Client(gateway.address, { Service: Health });
  t.after(() => health.close());
  const call = client.get({ id });
  const held = await upstream.next();
  const watches = ['', 'wriftai.predictions.v1.Predictions'].map(
      (service) => health.stream('Watch', { service }));
  for (const watch of watches) {
    assert.deepEqual(await watch.next(), { status: 'SERVING' });
  }
  const ended = gateway.program.stop();
  for (const watch of watches) {
    assert.deepEqual(await watch.next(), { status: 'NOT_SERVING' });
    watch.cancel();
  }
  held.respond(200, predictionJson(id, 'started'));
  await call;
  assert.equal((await ended).code, 0);
});

test('/readyz reports draining while the gateway drains', async (t) => {
  const { upstream, gateway, client } = await start(t);
  assert.deepEqual((await gateway.page('/readyz')).body, 'ok\n');
  const call = client.get({ id });
  const held = await upstream.next();
  const wait = client.wait({ id });
  const rejected = failure(
      wait.next(), { code: 'UNAVAILABLE', reason: 'DRAINING' });
  await upstream.next();  // Its poll: the Wait has started.
  const ended = gateway.program.stop();
  await rejected;  // The drain has started.
  const { status, body } = await gateway.page('/readyz');
  assert.equal(status, 503);
  assert.equal(body, 'draining\n');
  assert.equal((await gateway.page('/healthz')).status, 200);
  assert.equal((await gateway.page('/metrics')).status, 200);
  held.respond(200, predictionJson(id, 'started'));
  await call;
  assert.equal((await ended).code, 0);
});

test('a call that outlasts --drain_timeout is aborted', async (t) => {
  const { upstream, gateway, client } = await start(t, '--drain_timeout=0s');
  const call = client.get({ id });
  const held = await upstream.next();
  const ended = gateway.program.stop();
  await failure(call, {});  // The code depends on where it is aborted.
  await held.aborted();
  assert.equal((await ended).code, 0);
});

const creation = { model: 'wriftai/echo', input_json: '1' };

test('a create that outlasts the drain fails with CREATE_OUTCOME_UNKNOWN, ' +
     'a read with UNAVAILABLE', async (t) => {
  const { upstream, gateway, client } = await start(t, '--drain_timeout=1s');
  const create = client.create(creation);
  const posted = await upstream.next();
  const get = client.get({ id });
  await upstream.next();
  const ended = gateway.program.stop();
  await Promise.all([
    failure(create, { code: 'UNKNOWN', reason: 'CREATE_OUTCOME_UNKNOWN' }),
    failure(get, { code: 'UNAVAILABLE', reason: 'DRAINING' }),
  ]);
  await posted.aborted();
  assert.equal((await ended).code, 0);
});

test('a create that succeeds during the drain is sent before its wait ends',
     async (t) => {
       const { upstream, gateway, client } = await start(t);
       const updates = client.createAndWait({ create: creation });
       const posted = await upstream.next();
       const ended = gateway.program.stop();
       await gateway.program.awaitOutput('stderr', /(signal 15: draining)/);
       posted.respond(202, predictionJson(id, 'pending'));
       assert.equal((await updates.next()).prediction.id, id);
       const error = await failure(
           updates.next(), { code: 'UNAVAILABLE', reason: 'DRAINING' });
       // For libraries that drop the update when the error arrives.
       assert.equal(error.details.ErrorInfo.metadata.prediction_id, id);
       assert.equal((await ended).code, 0);
     });

test('a second SIGTERM ends the drain at once', async (t) => {
  const { upstream, gateway, client } = await start(t);
  const call = client.get({ id });
  await upstream.next();
  gateway.program.child.kill('SIGTERM');
  await gateway.program.awaitOutput('stderr', /(signal 15: draining)/);
  const [{ signal }] = await Promise.all([
    gateway.program.stop('SIGTERM'), failure(call, {}),
  ]);
  assert.equal(signal, 'SIGTERM');
});

test('a second SIGHUP, as a closing terminal may send, does not end the drain ' +
     'at once', async (t) => {
  const { upstream, gateway, client } = await start(t);
  const call = client.get({ id });
  const held = await upstream.next();
  gateway.program.child.kill('SIGHUP');
  await gateway.program.awaitOutput('stderr', /(signal 1: draining)/);
  const ended = gateway.program.stop('SIGHUP');
  held.respond(200, predictionJson(id, 'started'));
  assert.equal((await call).id, id);
  assert.equal((await ended).code, 0);
});

test('SIGHUP under nohup has no effect', async (t) => {
  const program = new Program('/bin/sh', [
    '-c', 'trap "" HUP; exec "$0" "$@"', setting('WRIFTAI_GATEWAY'),
    '--listen_address=127.0.0.1:0', '--http_address=127.0.0.1:0',
  ]);
  t.after(() => program.stop('SIGKILL').catch(() => {}));
  await program.awaitOutput('stderr', /(gRPC listens on)/);
  program.child.kill('SIGHUP');
  program.child.kill('SIGUSR1');  // Logged, after SIGHUP was ignored.
  await program.awaitOutput('stderr', /(signal 10 has no effect)/);
  assert.equal((await program.stop()).code, 0);
  assert.doesNotMatch(program.stderr, /signal 1:/);
});

test('signals that do not stop the gateway are logged, and have no effect',
     async (t) => {
  const { upstream, gateway, client } = await start(t);
  for (const [signal, number] of [['SIGUSR1', 10], ['SIGUSR2', 12],
                                  ['SIGALRM', 14], ['SIGVTALRM', 26],
                                  ['SIGIO', 29], ['SIGPWR', 30]]) {
    gateway.program.child.kill(signal);
    await gateway.program.awaitOutput(
        'stderr', new RegExp(`(warning signal ${number} has no effect)`));
  }
  for (const signal of ['SIGPIPE', 'SIGXFSZ', 'SIGWINCH', 'SIGCHLD',
                        'SIGURG', 'SIGCONT']) {
    gateway.program.child.kill(signal);
  }
  const call = client.get({ id });
  (await upstream.next()).respond(200, predictionJson(id, 'started'));
  assert.equal((await call).id, id);
  assert.equal((await gateway.program.stop()).code, 0);
});

test('a second, different signal ends the drain, with a message', async (t) => {
  const { upstream, gateway, client } = await start(t);
  const call = client.get({ id });
  await upstream.next();
  gateway.program.child.kill('SIGTERM');
  await gateway.program.awaitOutput('stderr', /(signal 15: draining)/);
  const [{ signal, stderr }] = await Promise.all([
    gateway.program.stop('SIGINT'), failure(call, {}),
  ]);
  assert.equal(signal, 'SIGINT');
  assert.match(stderr, /^wriftai-gateway: signal 2: stopped without waiting /m);
});

// Whether the address accepts a connection.
async function accepts(address) {
  const [host, port] = address.split(':');
  const socket = net.connect(Number(port), host);
  const connected = await once(socket, 'connect').then(() => true, () => false);
  socket.destroy();
  return connected;
}

test('no new calls are accepted after SIGTERM', async (t) => {
  const { upstream, gateway, client } = await start(t);
  const call = client.get({ id });
  const held = await upstream.next();
  const ended = gateway.program.stop();
  // The drain closes the listener last.
  while (await accepts(gateway.address));
  const late = new Client(gateway.address);
  t.after(() => late.close());
  await failure(late.get({ id }), {});
  assert.equal(upstream.requestCount, 1);
  held.respond(200, predictionJson(id, 'started'));
  await call;
  assert.equal((await ended).code, 0);
});
