// Listening on addresses of both families.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { Program, run } from './support/program.mjs';
import { Health } from './support/schema.mjs';
import { setting } from './support/setting.mjs';
import { toValue } from './support/value.mjs';

const creation = { model: 'wriftai/echo', input: toValue(1) };

// IPv6 on loopback may be disabled, for example in containers.
const hasIpv6 = await new Promise((resolve) => {
  const server = net.createServer();
  server.once('error', () => resolve(false));
  server.listen(0, '::1', () => server.close(() => resolve(true)));
});

const accepts = async (host, port) => {
  const socket = net.connect(Number(port), host);
  const connected = await once(socket, 'connect').then(() => true, () => false);
  socket.destroy();
  return connected;
};

for (const [address, hosts] of [['[::1]:0', ['::1']],
                                ['[::]:0', ['::1', '127.0.0.1']],
                                ['0.0.0.0:0', ['::1', '127.0.0.1']]]) {
  test(`the sandbox listens on ${address}`, {
    skip: !hasIpv6 && 'SKIPPED: this machine has no ::1',
  }, async (t) => {
    const program = new Program(setting('WRIFTAI_SANDBOX'),
                                [`--listen_address=${address}`]);
    t.after(() => program.stop());
    const port = await program.awaitOutput(
        'stdout', /^listening on http:\/\/\S+:(\d+)\/v1$/m);
    const long = 'x'.repeat(3 << 20);
    for (const host of hosts) {
      const name = host.includes(':') ? `[${host}]` : host;
      const url = `http://${name}:${port}`;
      const created = await fetch(`${url}/v1/predictions`, {
        method: 'POST',
        headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'wriftai/echo', input: { long } }),
      });
      assert.equal(created.status, 202, await created.clone().text());
      assert.equal((await created.json()).input.long, long);
    }
    const { code, stderr } = await run(setting('WRIFTAI_SANDBOX'), [
      '--check_health', `--listen_address=${address.replace(/0$/, port)}`]);
    assert.equal(code, 0, stderr);
  });

  test(`every listener of the gateway accepts ${address}`, {
    skip: !hasIpv6 && 'SKIPPED: this machine has no ::1',
  }, async (t) => {
    const program = new Program(setting('WRIFTAI_GATEWAY'), [
      '--sandbox', '--webhook_allow_unsigned',
      ...['listen', 'health', 'http', 'webhook'].map(
          (name) => `--${name}_address=${address}`)]);
    t.after(() => program.stop());
    const names = ['gRPC', 'health', 'HTTP for operators', 'webhooks'];
    const ports = [];
    for (const name of names) {
      ports.push(await program.awaitOutput('stderr', new RegExp(
          `info ${name} listens? on .*\\]?:(\\d+)$`, 'm')));
    }
    for (const host of hosts) {
      for (const port of ports) assert.ok(await accepts(host, port), host);
      const name = host.includes(':') ? `[${host}]` : host;
      const client = new Client(`${name}:${ports[0]}`);
      await client.create(creation);
      client.close();
      const health = new Client(`${name}:${ports[1]}`, { Service: Health });
      assert.equal((await health.call('Check', {})).status, 'SERVING');
      health.close();
      const probe = await fetch(`http://${name}:${ports[2]}/healthz`);
      assert.equal(probe.status, 200);
      const hook = await fetch(`http://${name}:${ports[3]}/webhooks/wriftai`);
      assert.equal(hook.status, 405);
    }
  });
}
