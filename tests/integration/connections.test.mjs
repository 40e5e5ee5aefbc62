// More connections than the gateway can hold: on every port, silent, half-open,
// and past the HTTP/2 preface, under a low limit of open files.
import assert from 'node:assert/strict';
import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Authority } from './support/certificates.mjs';
import { Client } from './support/client.mjs';
import { IdleConnections, PREFACE } from './support/idle_connections.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { temporaryFolder } from './support/files.mjs';
import { Gateway } from './support/gateway.mjs';
import { Metrics } from './support/metrics.mjs';
import { Program, secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { Health } from './support/schema.mjs';
import { setting } from './support/setting.mjs';

const id = '00000000-0000-4000-8000-000000000000';
const TOKEN = secret('connections-token-1');

// A gateway limited to `files` open files. Its upstream serves every request.
async function start(t, { files = 256, flags = [], env = {} } = {}) {
  const upstream = await FakeUpstream.start(
      (held) => held.respond(200, predictionJson(id, 'started')));
  const program = new Program('/bin/bash', [
    '-c', `ulimit -n ${files} && exec "$0" "$@"`, setting('WRIFTAI_GATEWAY'),
    '--listen_address=127.0.0.1:0', '--http_address=127.0.0.1:0',
    '--read_rate=10000', ...flags,
  ], {
    env: { WRIFTAI_API_BASE_URL: upstream.baseUrl,
           ...(env.GATEWAY_ACCESS_TOKEN_FILE === undefined &&
               { WRIFTAI_ACCESS_TOKEN: TOKEN }), ...env },
  });
  const gateway = new Gateway(
      program, await program.awaitOutput('stderr', /gRPC listens on (\S+)$/m));
  t.after(async () => {
    await program.stop('SIGKILL').catch(() => {});
    await upstream.stop();
  });
  return gateway;
}

function connect(t, address, options) {
  const client = new Client(address, options);
  t.after(() => client.close());
  return client;
}

// A client whose connection is open and has been used.
async function connected(t, address) {
  const client = connect(t, address);
  await client.get({ id });
  return client;
}

const metricsOf = async (gateway) =>
  new Metrics((await gateway.page('/metrics')).body);

// The port serves a new caller before the call times out.
async function expectServes(t, gateway) {
  const client = connect(t, gateway.address);
  assert.equal((await client.get({ id })).id, id);
}

describe('under a limit of 256 open files', { concurrency: 8 }, () => {
  test('the gRPC port serves new callers despite silent connections',
       async (t) => {
         const gateway = await start(t);
         const old = await connected(t, gateway.address);
         await IdleConnections.open(t, gateway.address, 400);
         await old.get({ id });
         await expectServes(t, gateway);
         assert.equal((await gateway.page('/healthz')).status, 200);
         const metrics = await metricsOf(gateway);
         const limit = metrics.value('connections_limit', { listener: 'grpc' });
         assert.ok(limit >= 40 && limit < 150, `${limit}`);
         assert.ok(metrics.value('connections', { listener: 'grpc' }) <= limit);
         assert.ok(metrics.value('connections_evicted_total',
                                 { listener: 'grpc' }) > 0);
         assert.equal(metrics.value('accept_errors_total',
                                    { listener: 'grpc' }), 0);
       });

  test('the gRPC port accepts again after a flood of connections',
       async (t) => {
         const gateway = await start(t);
         const old = await connected(t, gateway.address);
         for (let i = 0; i < 3; ++i) {
           const idle = await IdleConnections.open(t, gateway.address, 400);
           await idle.close();
           await old.get({ id });
           await expectServes(t, gateway);
         }
         assert.equal((await gateway.page('/healthz')).status, 200);
       });

  test('rejects HTTP/2 connections above the limit and keeps old ones',
       async (t) => {
         const gateway = await start(t);
         const old = await connected(t, gateway.address);
         const idle = await IdleConnections.open(t, gateway.address, 300,
                                        { bytes: PREFACE });
         await idle.awaitClosed(100);
         await old.get({ id });
         assert.equal((await gateway.page('/healthz')).status, 200);
         const metrics = await metricsOf(gateway);
         assert.ok(metrics.value('connections_refused_total',
                                 { listener: 'grpc' }) >= 100);
         assert.match(gateway.program.stderr,
                      /--listen_address refused a connection from 127\.0/);
         // One address cannot take all connections.
         await expectAccepts(t, gateway, '127.0.0.2');
         await idle.close();
         await expectServes(t, gateway);
       });

  test('the health port serves despite silent connections to it and to the ' +
       'gRPC port', async (t) => {
    const gateway = await start(t, { flags: ['--health_address=127.0.0.1:0'] });
    const [, health] =
        /health listens on (\S+)/.exec(gateway.program.stderr);
    await IdleConnections.open(t, health, 300);
    await IdleConnections.open(t, gateway.address, 300);
    const client = connect(t, health, { Service: Health });
    assert.deepEqual(await client.call('Check', { service: '' }),
                     { status: 'SERVING' });
    await expectServes(t, gateway);
  });

  for (const [name, bytes] of [
    ['silent', undefined], ['half a request', 'GET /heal'],
    ['a request that never ends', 'GET /healthz HTTP/1.1\r\nx: '],
  ]) {
    test(`/healthz responds despite 400 connections: ${name}`, async (t) => {
      const gateway = await start(t);
      const { host } = new URL(gateway.urlOf('/'));
      const idle = await IdleConnections.open(t, host, 400, { bytes });
      for (let i = 0; i < 5; ++i) {
        idle.send('x');
        const response = await fetch(gateway.urlOf('/healthz'),
                                     { signal: AbortSignal.timeout(8000) });
        assert.equal(response.status, 200);
      }
      await expectServes(t, gateway);
    });
  }

  test('all ports serve during floods to all of them, and the token file is ' +
       'reloaded', async (t) => {
    const file = path.join(temporaryFolder(t), 'token');
    writeFileSync(file, `${secret('connections-token-2')}\n`);
    const gateway = await start(t, {
      flags: ['--webhook_address=127.0.0.1:0', '--webhook_allow_unsigned',
              '--health_address=127.0.0.1:0'],
      env: { GATEWAY_ACCESS_TOKEN_FILE: file },
    });
    const addresses = [...gateway.program.stderr.matchAll(
        /listens? on (127\.0\.0\.1:\d+)/g)].map(([, address]) => address);
    assert.equal(addresses.length, 4);
    await Promise.all(addresses.map(
        (address) => IdleConnections.open(t, address, 300)));
    writeFileSync(file, `${secret('connections-token-3-is-longer')}\n`);
    await expectServes(t, gateway);
    assert.equal((await gateway.page('/healthz')).status, 200);
    assert.doesNotMatch(gateway.program.stderr, /cannot accept/);
  });

  test('the gRPC port soon closes silent connections', async (t) => {
    const gateway = await start(t);
    const idle = await IdleConnections.open(t, gateway.address, 20);
    await idle.awaitClosed(20);
  });

  test('the gRPC port soon closes half-open TLS handshakes', async (t) => {
    const folder = temporaryFolder(t);
    const { cert, key } =
        new Authority(folder, 'ca').issue({ names: 'DNS:gateway.test' });
    const [certFile, keyFile] =
        ['cert', 'key'].map((name) => path.join(folder, name));
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    const gateway = await start(t, {
      flags: [`--tls_cert_file=${certFile}`, `--tls_key_file=${keyFile}`],
    });
    // The start of a ClientHello.
    const idle = await IdleConnections.open(
        t, gateway.address, 20,
        { bytes: Buffer.from([22, 3, 1, 1, 0, 1, 0, 0, 252]) });
    await idle.awaitClosed(20);
    assert.equal((await gateway.page('/healthz')).status, 200);
  });
});

// A client with this local address gets the server's HTTP/2 preface.
async function expectAccepts(t, gateway, from) {
  const idle = await IdleConnections.open(t, gateway.address, 1,
                                 { bytes: PREFACE, from });
  await delay(200);
  assert.equal(idle.closed, 0);
}

test('--max_caller_connections limits the connections to the gRPC port',
     async (t) => {
       const gateway = await start(
           t, { files: 2000, flags: ['--max_caller_connections=9'] });
       const idle = await IdleConnections.open(t, gateway.address, 20,
                                      { bytes: PREFACE });
       // One address may use eight ninths.
       await idle.awaitClosed(12);
       await failure(connect(t, gateway.address).get({ id }),
                     { code: 'UNAVAILABLE' });
       assert.equal((await gateway.page('/healthz')).status, 200);
     });

test('logs one line when the open file limit is below the settings',
     async (t) => {
       const gateway = await start(t, { files: 100 });
       const [, callers] =
           /limit of open files \(ulimit -n\) allows only (\d+) caller connections/
             .exec(gateway.program.stderr) ?? [];
       assert.ok(callers > 5 && callers < 50, gateway.program.stderr);
       await expectServes(t, gateway);
     });
