// Which requests use the proxy of the environment.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { Gateway } from './support/gateway.mjs';
import { run, secret } from './support/program.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { setting } from './support/setting.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('proxy-token-1');

const creation = { model: 'wriftai/echo', input: toValue(1) };

// A proxy that responds with 502 to everything, and records the requests.
async function startProxy(t) {
  const requests = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      requests.push(bytes.toString().split('\r\n')[0]);
      socket.end('HTTP/1.1 502 Proxy\r\ncontent-length: 0\r\n\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${server.address().port}`;
  const env = Object.fromEntries(
      ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY',
       'HTTP_PROXY', 'grpc_proxy'].map((name) => [name, url]));
  return { requests, env };
}

test('requests to the embedded sandbox, or an API on this machine, bypass a ' +
     'proxy', async (t) => {
  const proxy = await startProxy(t);
  const sandbox = await Sandbox.start();
  t.after(() => sandbox.stop());
  for (const options of [
    { flags: ['--sandbox'] },
    { apiBaseUrl: sandbox.baseUrl, token: TOKEN },
    { apiBaseUrl: sandbox.baseUrl.replace('127.0.0.1', 'localhost'),
      token: TOKEN },
  ]) {
    const gateway = await Gateway.start({ ...options, env: proxy.env });
    const client = new Client(gateway.address);
    await client.create(creation);
    const { code, stderr } = await run(
        setting('WRIFTCTL'), ['health', `--address=${gateway.address}`],
        { env: proxy.env });
    assert.equal(code, 0, stderr);
    client.close();
    await gateway.stop();
  }
  assert.deepEqual(proxy.requests, []);
});

test('requests to any other API use the proxy of the environment',
     async (t) => {
       const proxy = await startProxy(t);
       for (const [apiBaseUrl, line] of [
         ['http://api.invalid/v1', /^POST http:\/\/api\.invalid\/v1\/pred/],
         ['https://api.invalid/v1', /^CONNECT api\.invalid:443 /]]) {
         const gateway = await Gateway.start(
             { apiBaseUrl, token: TOKEN, env: proxy.env });
         const client = new Client(gateway.address);
         await client.create(creation).catch(() => {});
         client.close();
         await gateway.stop();
         assert.match(proxy.requests.pop(), line);
       }
     });
