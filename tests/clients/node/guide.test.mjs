// The ten examples of the official clients' guide to predictions.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { connect, sandbox, usePrograms } from './fixture.mjs';
import { GatewayError, status } from './package.mjs';

const MODEL = 'deepseek-ai/deepseek-r1';
const input = { prompt: 'Why is the sky blue?' };

usePrograms();

test('create returns the pending prediction', async (t) => {
  const prediction = await connect(t).create(
      { model: MODEL, input: { ...input, sandbox: { pending_s: 3600 } } });
  assert.match(prediction.id, /^[0-9a-f-]{36}$/);
  assert.equal(prediction.status, 'pending');
  assert.equal(prediction.hasEnded, false);
  assert.equal(prediction.input.prompt, input.prompt);
  assert.equal(prediction.output, null);
  assert.equal(prediction.error, undefined);
});

test('create without a version runs the latest one', async (t) => {
  const prediction = await connect(t).create({ model: MODEL, input });
  assert.deepEqual(prediction.model, {
    owner: 'deepseek-ai', name: 'deepseek-r1', versionNumber: 2,
  });
});

test('create for a specific version runs that one', async (t) => {
  const prediction = await connect(t).create({ model: `${MODEL}:1`, input });
  assert.equal(prediction.model.versionNumber, 1);
});

test('get returns the prediction with input and output', async (t) => {
  const predictions = connect(t);
  const created = await predictions.create({ model: 'wriftai/echo', input });
  await predictions.wait(created.id);
  const prediction = await predictions.get(created.id);
  assert.equal(prediction.status, 'succeeded');
  assert.deepEqual(prediction.input, input);
  assert.deepEqual(prediction.output, input);
  assert.ok(prediction.updatedAt >= created.createdAt);
  assert.equal(typeof prediction.executionTime, 'string');
});

test('create and wait returns the output', async (t) => {
  const prediction =
      await connect(t).create({ model: MODEL, input, wait: true });
  assert.equal(prediction.hasEnded, true);
  assert.match(prediction.output, /Why is the sky blue\?/);
});

test('create and wait with options reports each poll', async (t) => {
  const polled = [];
  await connect(t).create({
    model: 'wriftai/echo', wait: true,
    input: { sandbox: { pending_s: 2, run_s: 2 } },
    pollInterval: 100, onPoll: async (one) => polled.push(one.status),
  });
  assert.equal(polled[0], 'pending');
  assert.equal(polled.at(-1), 'succeeded');
  assert.ok(polled.filter((one) => one === 'started').length >= 2, `${polled}`);
});

test('wait follows a prediction from another call', async (t) => {
  const predictions = connect(t);
  const { id } = await predictions.create({ model: 'wriftai/echo', input });
  const prediction = await predictions.wait(id);
  assert.equal(prediction.id, id);
  assert.deepEqual(prediction.output, input);
});

test('list yields every prediction once, newest first', async (t) => {
  const predictions = connect(t, { token: 'guide-token-list' });
  const created = [];
  for (let i = 0; i < 7; ++i) {
    created.unshift(
        (await predictions.create({ model: 'wriftai/echo', input: i })).id);
  }
  const listed = [];
  for await (const one of predictions.list({ pageSize: 2 })) {
    assert.equal(one.inputJson, undefined);
    listed.push(one.id);
  }
  assert.deepEqual(listed, created);
  const ids = ({ predictions: page }) => page.map(({ id }) => id);
  const first = await predictions.listPage({ pageSize: 5 });
  const second = await predictions.listPage(
      { pageSize: 5, pageToken: first.nextPageToken });
  assert.deepEqual(ids(second), created.slice(5));
  assert.equal(second.nextPageToken, '');
  const back = await predictions.listPage(
      { pageSize: 5, pageToken: second.previousPageToken });
  assert.deepEqual(ids(back), created.slice(0, 5));
});

test('the webhook\'s receiver gets a signed event for the end', async (t) => {
  const receiver = http.createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    response.end();
    if (JSON.parse(body).status === 'succeeded') {
      receiver.emit('end', request.headers['wriftai-webhook-signature']);
    }
  }).listen(0, '127.0.0.1');
  t.after(() => {
    receiver.close();
    receiver.closeAllConnections();
  });
  await once(receiver, 'listening');
  const ended = once(receiver, 'end');
  const url = `http://127.0.0.1:${receiver.address().port}/${randomUUID()}`;
  const webhook = { url, secret: 'top-secret' };
  await connect(t).create({ model: 'wriftai/echo', input, webhook });
  const [signature] = await ended;
  assert.match(signature, /^t=\d+,v1=[0-9a-f]{64}$/);
  const { body } = await sandbox.createWith(url);
  assert.deepEqual(JSON.parse(body).webhook, webhook);
});

test('validateInput names the invalid field', async (t) => {
  await assert.rejects(connect(t).create(
      { model: MODEL, input: { prompt: 7 }, validateInput: true }), (error) => {
    assert.ok(error instanceof GatewayError);
    assert.equal(error.code, status.INVALID_ARGUMENT);
    assert.equal(error.reason, 'REQUEST_REFUSED');
    assert.equal(error.domain, 'wrift.ai');
    assert.equal(error.metadata.http_status, '422');
    assert.deepEqual(error.fieldViolations.map(({ field }) => field),
                     ['input_json']);
    assert.match(error.fieldViolations[0].description, /^prompt: /);
    return true;
  });
});
