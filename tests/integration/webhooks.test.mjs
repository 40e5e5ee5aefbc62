// Waits that use webhooks: without reads, only for the prediction's owner, and
// correct whatever happens to the deliveries.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { Sandbox, predictionJson } from './support/sandbox.mjs';
import { fromValue, toValue } from './support/value.mjs';
import { WebhookGateway, sign, until } from './support/webhooks.mjs';

const TOKEN = secret('webhooks-token-1');
const KEY = secret('webhooks-key-1');

let sandbox;
let gateway;
let predictions;

before(async () => {
  sandbox = await Sandbox.start();
  gateway = await WebhookGateway.start(
      { apiBaseUrl: sandbox.baseUrl, token: TOKEN, key: KEY });
  predictions = new Client(gateway.address);
});

after(async () => {
  predictions?.close();
  await gateway?.stop();
  await sandbox?.stop();
});

const echo = (run, more = {}) =>
  ({ model: 'wriftai/echo', input: toValue({ sandbox: run }), ...more });

const delivered = async () => (await sandbox.stats()).webhooks.delivered;

const readCount = async () => (await sandbox.stats()).requests
    .filter(({ method }) => method === 'GET')
    .reduce((sum, { count }) => sum + count, 0);

test('a wait gets updates and output by webhook, without a read', async () => {
  const reads = await readCount();
  const updates = await predictions.createAndWait({
    create: echo({ pending_s: 0.1, run_s: 0.1, output: { n: [1, 2] } }),
  }).rest();
  const { prediction, source } = updates.at(-1);
  assert.equal(prediction.status, 'PREDICTION_STATUS_SUCCEEDED');
  assert.deepEqual(fromValue(prediction.output), { n: [1, 2] });
  assert.equal(source, 'SOURCE_WEBHOOK');
  assert.equal(await readCount(), reads);
});

test('updates contain the longer poll interval under webhooks',
     async () => {
       const wait = predictions.createAndWait(
           { create: echo({ pending_s: 0.1, run_s: 3600 }) });
       let update;
       do update = await wait.next();
       while (update.source !== 'SOURCE_WEBHOOK');
       assert.ok(Number(update.interval.seconds) >= 30,
                 JSON.stringify(update.interval));
       wait.cancel();
     });

test('a prediction that ended before the wait needs no read', async () => {
  const reads = await readCount();
  const before = await delivered();
  const { id } = await predictions.create(
      echo({ pending_s: 0, run_s: 0.05, output: 'done' }));
  await until(async () => await delivered() >= before + 2, 'both events');
  const update = await predictions.wait({ id }).last();
  assert.equal(update.source, 'SOURCE_WEBHOOK');
  assert.equal(fromValue(update.prediction.output), 'done');
  assert.equal(await readCount(), reads);
});

test("a caller's own webhook is passed on as it is, and polling serves its wait",
     async (t) => {
       const bodies = [];
       const receiver = http.createServer((request, response) => {
         request.on('data', (data) => bodies.push(JSON.parse(data)));
         request.on('end', () => response.end());
       }).listen(0, '127.0.0.1');
       await once(receiver, 'listening');
       t.after(() => receiver.close());
       const url = `http://127.0.0.1:${receiver.address().port}/mine`;
       const marker = randomUUID();
       const update = await predictions.createAndWait({
         create: echo({ pending_s: 0.05, run_s: 0.1, output: marker },
                      { webhook: { url, secret: secret('my-own-secret') } }),
         wait_options: { poll_interval: { nanos: 100e6 } },
       }).last();
       assert.notEqual(update.source, 'SOURCE_WEBHOOK');
       assert.equal(update.prediction.status, 'PREDICTION_STATUS_SUCCEEDED');
       const { body } = await sandbox.createWith(marker);
       assert.deepEqual(JSON.parse(body).webhook,
                        { url, secret: 'my-own-secret' });
       await until(() => bodies.some(({ output }) => output === marker),
                   "the caller's webhook");
     });

test("a valid event for a foreign prediction has no effect", async (t) => {
  const other = new Client(gateway.address,
                           { token: secret('webhooks-token-2') });
  t.after(() => other.close());
  const { id } = await other.create(echo({ pending_s: 0, run_s: 3600 }));
  const unknown = randomUUID();
  for (const foreign of [id, unknown]) {
    const body = predictionJson(foreign, 'succeeded', { output: 'a secret' });
    assert.equal(await gateway.deliverSigned(KEY, body), 200);
    await failure(predictions.wait({ id: foreign }).next(),
                  { code: 'NOT_FOUND' });
    await failure(predictions.get({ id: foreign }), { code: 'NOT_FOUND' });
  }
});

// Deliveries that must be rejected, and the status of each.
function hostileDeliveries(id) {
  const body = predictionJson(id, 'succeeded', { output: 'forged' });
  const seconds = Math.floor(Date.now() / 1000);
  const good = sign(KEY, body);
  const hex = good.split('v1=')[1];
  const rows = {
    'no signature': [body, undefined, 401],
    'another key': [body, sign('another-key', body), 401],
    'an old signature': [body, sign(KEY, body, seconds - 310), 401],
    'a future signature': [body, sign(KEY, body, seconds + 310), 401],
    'the signature of another body': [body, sign(KEY, `${body} `), 401],
    'without a timestamp': [body, `v1=${hex}`, 400],
    'two timestamps': [body, `t=${seconds},${good}`, 400],
    'v2 only': [body, `t=${seconds},v2=${hex}`, 401],
    '63 digits': [body, good.slice(0, -1), 400],
    'upper case': [body, `t=${seconds},v1=${hex.toUpperCase()}`, 400],
    'spaces': [body, good.replace(',', ', '), 400],
  };
  for (const text of ['{', '[]', `{"id":"${id}"}`, `{"status":"succeeded"}`]) {
    rows[`validly signed: ${text}`] = [text, sign(KEY, text), 400];
  }
  return Object.entries(rows);
}

test('hostile deliveries are rejected and do not affect a wait',
     async () => {
       const wait = predictions.createAndWait({
         create: echo({ pending_s: 0, run_s: 3600 }),
         wait_options: { only_changes: true },
       });
       let update = await wait.next();
       const { id } = update.prediction;
       while (update.prediction.status !== 'PREDICTION_STATUS_STARTED') {
         update = await wait.next();
       }
       for (const [name, [body, signature, status]] of hostileDeliveries(id)) {
         const headers =
             signature && { 'wriftai-webhook-signature': signature };
         assert.equal(await gateway.deliver(body, headers), status, name);
       }
       const large = 'x'.repeat(10 << 20);
       const rejected = await gateway.deliver(
           large, { 'wriftai-webhook-signature': sign(KEY, large) })
           .catch(() => 413);  // It may close before it has read the body.
       assert.equal(rejected, 413);
       await predictions.cancel({ id });
       const rest = await wait.rest();
       assert.deepEqual(rest.map(({ prediction }) => prediction.status),
                        ['PREDICTION_STATUS_FAILED']);
       assert.ok(!JSON.stringify(rest).includes('forged'));
     });

// Sends `start`, and then one byte a second until the gateway closes.
function slowSender(port, start) {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(start);
  const timer = setInterval(() => socket.write('1'), 1000);
  socket.on('close', () => clearInterval(timer));
  return once(socket, 'connect').then(() => socket);
}

test('1,000 endless senders do not delay the events of a wait',
     async (t) => {
       const head = 'POST /webhooks/wriftai HTTP/1.1\r\nhost: h\r\n';
       const chunked = `${head}wriftai-webhook-signature: ${sign(KEY, '')}\r\n` +
           'transfer-encoding: chunked\r\n\r\n';
       const sockets = await Promise.all(Array.from({ length: 1000 }, (_, i) =>
         slowSender(gateway.port, i % 2 ? head : chunked)));
       t.after(() => sockets.forEach((socket) => socket.destroy()));
       const update = await predictions.createAndWait(
           { create: echo({ pending_s: 0.1, run_s: 0.1, output: 1 }) }).last();
       assert.equal(update.source, 'SOURCE_WEBHOOK');
       assert.equal(fromValue(update.prediction.output), 1);
     });

test('replayed, late and unknown states never move a wait back', async () => {
  const wait = predictions.createAndWait({
    create: echo({ pending_s: 0, run_s: 3600 }),
    wait_options: { only_changes: true },
  });
  let update = await wait.next();
  const { id } = update.prediction;
  while (update.prediction.status !== 'PREDICTION_STATUS_STARTED') {
    update = await wait.next();
  }
  const now = new Date(Date.now() + 1000).toISOString();
  const odd = predictionJson(id, 'resting', { updated_at: now });
  for (const body of [odd, odd, predictionJson(id, 'pending'),
                      predictionJson(id, 'started')]) {
    assert.equal(await gateway.deliverSigned(KEY, body), 200);
  }
  const { prediction } = await wait.next();
  assert.equal(prediction.status_text, 'resting');
  await predictions.cancel({ id });
  const rest = await wait.rest();
  assert.deepEqual(rest.map(({ prediction: { status } }) => status),
                   ['PREDICTION_STATUS_FAILED']);
});

test('a retried create returns the same prediction after a key rotation',
     async (t) => {
  const rotating = await WebhookGateway.start(
      { apiBaseUrl: sandbox.baseUrl, token: TOKEN, key: KEY });
  const client = new Client(rotating.address);
  t.after(async () => {
    client.close();
    await rotating.stop();
  });
  const request = echo({ pending_s: 0, run_s: 3600 },
                       { request_id: randomUUID() });
  const { id } = await client.create(request);
  const newKey = secret('webhooks-key-2');
  rotating.writeKeys(newKey, KEY);
  await until(async () => {
    const marker = randomUUID();
    await client.create(echo({ run_s: 0, output: marker }));
    const { body } = await sandbox.createWith(marker);
    return JSON.parse(body).webhook.secret === newKey;
  }, 'the new key is registered');
  const count = await sandbox.createdCount();
  assert.equal((await client.create(request)).id, id);
  assert.equal(await sandbox.createdCount(), count);
  // Signed with the old key, with which it was created.
  const wait = client.wait({ id });
  await client.cancel({ id });
  assert.equal((await wait.last()).prediction.status,
               'PREDICTION_STATUS_FAILED');
});

test('lost, duplicated and late deliveries leave every wait correct',
     async (t) => {
       const lossy = await Sandbox.start(
           '--webhook_drop=0.3', '--webhook_duplicate=0.3',
           '--webhook_reorder=0.3', '--seed=7');
       // Otherwise the gateway would poll for lost events only after 30 s.
       const polling = await WebhookGateway.start({
         apiBaseUrl: lossy.baseUrl, token: TOKEN, key: KEY,
         flags: ['--webhook_poll_interval=500ms', '--read_rate=1000'],
       });
       const client = new Client(polling.address);
       t.after(async () => {
         client.close();
         await polling.stop();
         await lossy.stop();
       });
       const waits = await Promise.all(Array.from({ length: 150 }, (_, i) =>
         client.createAndWait({
           create: echo({
             pending_s: 0.05 + (i % 7) / 20, run_s: 0.05 + (i % 11) / 10,
             output: i, outcome: i % 5 === 0 ? 'failed' : 'succeeded',
           }),
           wait_options: { poll_interval: { nanos: 200e6 } },
         }).rest()));
       const rank = {
         PREDICTION_STATUS_PENDING: 0, PREDICTION_STATUS_STARTED: 1,
         PREDICTION_STATUS_SUCCEEDED: 2, PREDICTION_STATUS_FAILED: 2,
       };
       waits.forEach((updates, i) => {
         const last = updates.at(-1).prediction;
         assert.equal(last.status,
                      i % 5 === 0 ? 'PREDICTION_STATUS_FAILED'
                                  : 'PREDICTION_STATUS_SUCCEEDED');
         if (i % 5 !== 0) assert.equal(fromValue(last.output), i);
         const ranks = updates.map(({ prediction }) => rank[prediction.status]);
         assert.deepEqual(ranks, ranks.toSorted?.() ?? [...ranks].sort());
         assert.equal(ranks.filter((value) => value === 2).length, 1);
       });
       const { webhooks } = await lossy.stats();
       assert.ok(webhooks.dropped > 50 && webhooks.duplicated > 50 &&
                     webhooks.reordered > 50,
                 JSON.stringify(webhooks));
       // Some ends came from a webhook, some from a poll.
       const sources = new Set(waits.map((updates) => updates.at(-1).source));
       assert.ok(sources.has('SOURCE_WEBHOOK') && sources.has('SOURCE_GET'));
     });
