// Webhooks that arrive at a replica which does not own their token.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Etcd } from './support/etcd.mjs';
import { freePort } from './support/free_port.mjs';
import { secret } from './support/program.mjs';
import { ReplicaProcess } from './support/replicas.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';
import { until } from './support/webhooks.mjs';

const TOKEN = secret('replicas-webhooks-token-1');
const KEY = secret('replicas-webhooks-key-1');

const folder = mkdtempSync(join(tmpdir(), 'replicas-webhooks-'));
let etcd;
let sandbox;
let receiver;  // All webhooks arrive there.
let owner;

before(async () => {
  writeFileSync(join(folder, 'keys'), `${KEY}\n`);
  etcd = await Etcd.start();
  sandbox = await Sandbox.start('--time_scale=1');
  const ports = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${ports[0]}/webhooks/wriftai`;
  const start = (port) => ReplicaProcess.start({
    etcd: etcd.endpoint, token: TOKEN, apiBaseUrl: sandbox.baseUrl,
    flags: [`--webhook_address=127.0.0.1:${port}`,
            `--webhook_public_url=${url}`,
            `--webhook_secret_file=${join(folder, 'keys')}`],
  });
  [receiver, owner] = await Promise.all(ports.map(start));
});

after(async () => {
  await Promise.all([receiver?.stop(), owner?.stop()]);
  await sandbox?.stop();
  await etcd?.stop();
  rmSync(folder, { recursive: true });
});

test('reach the waiters through the owner, unchanged', async () => {
  // The first call claims the token.
  await owner.client.list({});
  await until(async () => await owner.ownsTokens() === 1,
              'a replica owns the token');
  const output = randomUUID();
  const { id } = await owner.client.create({
    model: 'wriftai/echo',
    input: toValue({ sandbox: { pending_s: 0, run_s: 2, output } }),
  });
  const waits = [owner, receiver].map(({ client }) => client.wait({ id }));
  const ends = await Promise.all(waits.map((wait) => wait.last()));
  for (const { prediction, source } of ends) {
    assert.equal(prediction.output.stringValue, output);
    assert.equal(source, 'SOURCE_WEBHOOK');
  }
  const metrics = await receiver.metrics();
  assert.ok(metrics.value('cluster_webhooks_total', { result: 'posted' }) > 0);
  assert.equal(
      metrics.value('cluster_webhooks_total', { result: 'dropped' }), 0);
  // The path names the token by its tag, which reveals nothing.
  const { webhook } = JSON.parse(
      (await sandbox.createWith(output)).body);
  assert.match(webhook.url, /\/webhooks\/wriftai\/[0-9a-f]{32}$/);
});
