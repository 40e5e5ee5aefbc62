// Each example of the official clients' guide to predictions.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { gateway, predictions, sandbox, useSharedGateway }
  from './support/shared_gateway.mjs';
import { fromValue, toValue } from './support/value.mjs';

const TOKEN = secret('guide-token-1');
const question = { prompt: 'Why is the sky blue?' };
const prompt = toValue(question);
const fastPoll = { poll_interval: { nanos: 100e6 } };

useSharedGateway({ token: TOKEN });

test('create returns the new prediction', async () => {
  const input = { ...question, sandbox: { pending_s: 3600 } };
  const created = await predictions.create(
      { model: 'deepseek-ai/deepseek-r1', input: toValue(input) });
  assert.match(created.id, /^[0-9a-f-]{36}$/);
  assert.equal(created.status, 'PREDICTION_STATUS_PENDING');
  assert.equal(created.status_text, 'pending');
  assert.deepEqual(fromValue(created.input), input);
  assert.equal(created.output.kind, 'nullValue');
  assert.equal(created.error, null);
});

test('create without a version runs the latest one', async () => {
  const created = await predictions.create(
      { model: 'deepseek-ai/deepseek-r1', input: prompt });
  assert.deepEqual(created.model, {
    owner: 'deepseek-ai', name: 'deepseek-r1', version_number: '2',
    _version_number: 'version_number',
  });
});

test('create for a specific version runs that one', async () => {
  const created = await predictions.create(
      { model: 'deepseek-ai/deepseek-r1:1', input: prompt });
  assert.equal(created.model.version_number, '1');
});

test('get returns the prediction with input and output', async () => {
  const { id } = await predictions.create(
      { model: 'wriftai/echo', input: prompt });
  await predictions.wait({ id }).rest();
  const got = await predictions.get({ id });
  assert.equal(got.id, id);
  assert.equal(got.status, 'PREDICTION_STATUS_SUCCEEDED');
  assert.deepEqual(fromValue(got.output), question);
  assert.equal(typeof got.setup_time, 'string');
  assert.equal(typeof got.execution_time, 'string');
});

test('create and wait ends with the output', async () => {
  const end = await predictions.createAndWait(
      { create: { model: 'deepseek-ai/deepseek-r1', input: prompt } }).last();
  assert.equal(end.prediction.status, 'PREDICTION_STATUS_SUCCEEDED');
  assert.match(fromValue(end.prediction.output), /Why is the sky blue\?/);
});

test('create and wait with options reports each poll', async () => {
  const polled = [];
  const onPoll = ({ prediction, interval }) =>
    polled.push([prediction.status_text, interval.nanos]);
  const stream = predictions.createAndWait({
    create: {
      model: 'wriftai/echo',
      input: toValue({ sandbox: { pending_s: 0.2, run_s: 0.3 } }),
    },
    wait_options: fastPoll,
  });
  for (let update; (update = await stream.next());) onPoll(update);
  assert.deepEqual(polled[0], ['pending', 100e6]);
  assert.deepEqual(polled.at(-1), ['succeeded', 100e6]);
  assert.ok(polled.length >= 3, `polled ${polled}`);
});

test('wait follows a prediction from another call', async () => {
  const { id } = await predictions.create(
      { model: 'wriftai/echo', input: prompt });
  const end = await predictions.wait({ id }).last();
  assert.equal(end.prediction.id, id);
  assert.equal(end.prediction.status, 'PREDICTION_STATUS_SUCCEEDED');
});

test('list shows every prediction once, newest first, over all pages',
     async () => {
       const client = new Client(gateway.address,
                                 { token: secret('guide-token-list') });
       const created = [];
       for (let i = 0; i < 23; ++i) {
         const { id } = await client.create(
             { model: 'wriftai/echo', input: toValue(i) });
         created.unshift(id);
       }
       const listed = [];
       let page_token = '';
       do {
         const page = await client.list({ page_size: 7, page_token });
         listed.push(...page.predictions);
         page_token = page.next_page_token;
       } while (page_token !== '');
       assert.deepEqual(listed.map(({ id }) => id), created);
       assert.ok(listed.every((item) => item.input_payload === undefined));
       client.close();
     });

test('list pages back the way it paged forward, also below five items',
     async () => {
       const client = new Client(gateway.address,
                                 { token: secret('guide-token-back') });
       for (let i = 0; i < 9; ++i) {
         await client.create({ model: 'wriftai/echo', input: toValue(i) });
       }
       const ids = ({ predictions: items }) => items.map(({ id }) => id);
       const page = (page_token) => client.list({ page_size: 3, page_token });
       const first = await page('');
       const second = await page(first.next_page_token);
       const third = await page(second.next_page_token);
       assert.equal(new Set([first, second, third].flatMap(ids)).size, 9);
       assert.equal(third.next_page_token, '');
       assert.equal(first.previous_page_token, '');
       const back = await page(third.previous_page_token);
       assert.deepEqual(ids(back), ids(second));
       assert.deepEqual(ids(await page(back.previous_page_token)), ids(first));
       client.close();
     });

test('a webhook is forwarded upstream unchanged', async () => {
  const url = `https://example.com/hooks?x=%2F&y=${randomUUID()}#part`;
  const webhook = { url, secret: 'gu"ide\\ sécret' };
  await predictions.create({ model: 'wriftai/echo', input: prompt, webhook });
  const { body } = await sandbox.createWith(url);
  assert.deepEqual(JSON.parse(body).webhook, webhook);
});

test('a webhook without a secret is sent without one', async () => {
  const url = `https://example.com/${randomUUID()}`;
  await predictions.create(
      { model: 'wriftai/echo', input: prompt, webhook: { url } });
  const { body } = await sandbox.createWith(url);
  assert.deepEqual(JSON.parse(body).webhook, { url });
});

test('the webhook\'s receiver gets a signed event for the end', async (t) => {
  const key = secret('guide-webhook-secret');
  const receiver = http.createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    response.end();
    if (JSON.parse(body).status === 'succeeded') {
      receiver.emit('end', request.headers['wriftai-webhook-signature'], body);
    }
  }).listen(0, '127.0.0.1');
  t.after(() => {
    receiver.close();
    receiver.closeAllConnections();
  });
  await once(receiver, 'listening');
  const ended = once(receiver, 'end');
  const { id } = await predictions.create({
    model: 'wriftai/echo', input: prompt,
    webhook: {
      url: `http://127.0.0.1:${receiver.address().port}/`, secret: key,
    },
  });
  const [signature, body] = await ended;
  const [, time, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature);
  const expected =
      createHmac('sha256', key).update(`${time}.${body}`).digest('hex');
  assert.equal(v1, expected);
  assert.equal(JSON.parse(body).id, id);
});

test('validate_input rejects invalid input before anything runs', async () => {
  const before = await sandbox.createdCount();
  await failure(predictions.create({
    model: 'deepseek-ai/deepseek-r1', input: toValue({ prompt: 7 }),
    validate_input: true,
  }), {
    code: 'INVALID_ARGUMENT', reason: 'REQUEST_REFUSED',
    fields: ['input.prompt'],
  });
  assert.equal(await sandbox.createdCount(), before);
});

test('without validate_input the prediction runs and fails', async () => {
  const end = await predictions.createAndWait({
    create: { model: 'deepseek-ai/deepseek-r1', input: toValue({ prompt: 7 }) },
    wait_options: fastPoll,
  }).last();
  assert.equal(end.prediction.status, 'PREDICTION_STATUS_FAILED');
  assert.equal(end.prediction.error.source, 'external');
});

test('validate_input is sent as a header, only when set',
     async () => {
       for (const [validate_input, header] of
            [[true, 'true'], [false, 'false'], [undefined, undefined]]) {
         const marker = randomUUID();
         await predictions.create(
             { model: 'wriftai/echo', input: toValue(marker), validate_input });
         const { headers } = await sandbox.createWith(marker);
         assert.equal(headers['validate-input'], header);
       }
     });

test('server_wait makes the create return the ended prediction', async () => {
  const marker = randomUUID();
  const created = await predictions.create({
    model: 'wriftai/echo', server_wait: { seconds: 30 },
    input: toValue({ marker, sandbox: { run_s: 0.05 } }),
  });
  assert.equal(created.status, 'PREDICTION_STATUS_SUCCEEDED');
  const { headers } = await sandbox.createWith(marker);
  assert.equal(headers.prefer, 'wait=30');
});

test('cancel ends a prediction, and is rejected once it has ended',
     async () => {
       const { id } = await predictions.create({
         model: 'wriftai/echo', input: toValue({ sandbox: { run_s: 3600 } }),
       });
       const waiter = predictions.wait({ id, wait_options: fastPoll });
       await waiter.next();
       assert.deepEqual(await predictions.cancel({ id }), {});
       const end = await waiter.last();
       assert.equal(end.prediction.status, 'PREDICTION_STATUS_FAILED');
       await failure(predictions.cancel({ id }), {
         code: 'FAILED_PRECONDITION', reason: 'CONFLICT',
       });
     });

test('an unknown model is an error that names it', async () => {
  const error = await failure(
      predictions.create({ model: 'nobody/nothing', input: prompt }),
      { code: 'NOT_FOUND', reason: 'NOT_FOUND' });
  assert.equal(error.details.ResourceInfo.resource_name, 'nobody/nothing');
  assert.equal(error.details.ResourceInfo.resource_type, 'model');
});
