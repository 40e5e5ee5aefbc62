// Payloads, errors, tokens, TLS, timeouts and cancellation.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Gateway } from '../../integration/support/gateway.mjs';
import { redacted } from '../../integration/support/sandbox.mjs';
import { setting } from '../../integration/support/setting.mjs';
import { connect, gateway, GATEWAY_TOKEN, sandbox, usePrograms }
  from './fixture.mjs';
import { GatewayError, status, tls } from './package.mjs';

const NO_ID = '00000000-0000-4000-8000-000000000000';
const endless = { model: 'wriftai/echo', input: { sandbox: { run_s: 3600 } } };

usePrograms();

/** Expects a GatewayError with these members, and returns it. */
async function failure(promise, members) {
  const error = await promise.then(() => assert.fail('succeeded'), (e) => e);
  assert.ok(error instanceof GatewayError, error);
  const seen = Object.fromEntries(
      Object.keys(members).map((name) => [name, error[name]]));
  assert.deepEqual(seen, members);
  return error;
}

test('payloads as text are exact', async (t) => {
  const inputJson =
      '{"n": 12345678901234567890, "n": 1.10, "s": "\\ud83d\\ude00é"}';
  const prediction = await connect(t).create(
      { model: 'wriftai/echo', inputJson, wait: true });
  assert.equal(prediction.outputJson, inputJson);
  assert.equal(prediction.inputJson, inputJson);
});

test('null is an input; nothing, NaN and a lone surrogate are not',
     async (t) => {
       const predictions = connect(t);
       const model = 'wriftai/echo';
       const prediction =
           await predictions.create({ model, input: null, wait: true });
       assert.equal(prediction.inputJson, 'null');
       for (const [params, message] of [
         [{}, 'expected either input or inputJson'],
         [{ input: 1, inputJson: '1' }, 'expected either input or inputJson'],
         [{ input: { n: [NaN] } }, 'input: expected JSON, which has no NaN'],
         [{ inputJson: '"\ud83d"' },
          'inputJson: expected text without lone surrogates'],
         [{ input: 1, ifUnknown: 'hope' },
          'ifUnknown: expected one of raise, find, find_or_create'],
       ]) {
         await assert.rejects(predictions.create({ model, ...params }),
                              { name: 'TypeError', message });
       }
     });

test('an output above grpc-js\'s default limit arrives', async (t) => {
  const prediction = await connect(t).create(
      { model: 'wriftai/large', input: {}, wait: true });
  assert.equal(Buffer.byteLength(prediction.outputJson), 4 << 20);
});

test('a failed prediction is returned', async (t) => {
  const prediction = await connect(t).create(
      { model: 'wriftai/failing', input: { prompt: 'x' }, wait: true });
  assert.equal(prediction.status, 'failed');
  assert.equal(prediction.hasEnded, true);
  assert.equal(prediction.error.source, 'external');
  assert.equal(typeof JSON.parse(prediction.error.detailJson), 'object');
});

test('an unknown status arrives as the upstream\'s word', async (t) => {
  const predictions = connect(t);
  const { id } = await predictions.create(
      { model: 'wriftai/echo', input: { sandbox: { outcome: 'paused' } } });
  let seen = 0;
  for await (const { prediction, sequence, interval, source } of
    predictions.updates(id)) {
    assert.equal(sequence, ++seen);
    assert.equal(interval, 1000);
    if (prediction.status !== 'paused') continue;
    assert.equal(prediction.hasEnded, false);
    assert.match(source, /^(GET|LIST)$/);
    break;
  }
});

test('cancel ends the prediction, and then conflicts', async (t) => {
  const predictions = connect(t);
  const { id } = await predictions.create(endless);
  await predictions.cancel(id);
  assert.equal((await predictions.wait(id)).status, 'failed');
  await failure(predictions.cancel(id),
                { code: status.FAILED_PRECONDITION, reason: 'CONFLICT' });
});

test('an error names reason, field and request', async (t) => {
  const error = await failure(connect(t).get('not-a-uuid'), {
    code: status.INVALID_ARGUMENT, codeName: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD', domain: 'gateway.wriftai',
  });
  assert.deepEqual(error.fieldViolations.map(({ field }) => field), ['id']);
  assert.match(error.metadata.gateway_request_id, /^[0-9a-f-]{36}$/);
  assert.match(error.message,
               /^INVALID_ARGUMENT INVALID_FIELD: id: expected a UUID/);
  assert.equal(error.name, 'GatewayError');
});

test('wait for a missing prediction is NOT_FOUND with its id', (t) =>
  failure(connect(t).wait(NO_ID), {
    code: status.NOT_FOUND, reason: 'NOT_FOUND', predictionId: NO_ID,
  }));

test('a timeout ends the wait and not the prediction', async (t) => {
  const predictions = connect(t);
  const { id } = await predictions.create(endless);
  await failure(predictions.wait(id, { timeout: 300 }),
                { code: status.DEADLINE_EXCEEDED, predictionId: id });
  assert.equal((await predictions.get(id)).hasEnded, false);
});

test('a signal ends the wait and not the prediction', async (t) => {
  const predictions = connect(t);
  const { id } = await predictions.create(endless);
  const stop = new AbortController();
  const reason = new Error('enough');
  await assert.rejects(predictions.wait(id, {
    signal: stop.signal, onPoll: () => stop.abort(reason),
  }), reason);
  await assert.rejects(predictions.get(id, { signal: stop.signal }), reason);
  assert.equal((await predictions.get(id)).hasEnded, false);
});

test('a callback that throws ends the wait', async (t) => {
  const reason = new Error('stop');
  await assert.rejects(connect(t).create({
    ...endless, wait: true, onPoll: () => Promise.reject(reason),
  }), reason);
});

test('serverWait returns the ended prediction', async (t) => {
  const input = randomUUID();
  const prediction = await connect(t).create(
      { model: 'wriftai/echo', input, serverWait: 30 });
  assert.equal(prediction.status, 'succeeded');
  assert.equal((await sandbox.createWith(input)).headers.prefer, 'wait=30');
});

test('the token is the caller\'s and may change; without one, the gateway\'s',
     async (t) => {
       const tokens = ['first-token', 'second-token'];
       const left = [...tokens];
       const sent = async (predictions) => {
         const input = randomUUID();
         await predictions.create({ model: 'wriftai/echo', input });
         return (await sandbox.createWith(input)).headers.authorization;
       };
       const changing = connect(t, { token: () => left.shift() });
       for (const token of tokens) {
         assert.equal(await sent(changing), redacted(token));
       }
       assert.equal(await sent(connect(t)), redacted(GATEWAY_TOKEN));
     });

test('an invalid token is not printed', (t) => assert.rejects(
    connect(t, { token: 'secret\ntoken' }).get(NO_ID),
    { message: 'token: expected visible ASCII characters' }));

test('the gateway gets the client\'s certificate and token', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'client-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  execFileSync(setting('MAKE_CERTIFICATES'), [folder]);
  const file = (name) => path.join(folder, name);
  const secure = await Gateway.start({
    apiBaseUrl: sandbox.baseUrl, flags: [
      '--listen_address=127.0.0.1:0', '--credentials=caller',
      `--tls_client_ca_file=${file('ca.crt')}`,
      `--tls_cert_file=${file('gateway.crt')}`,
      `--tls_key_file=${file('gateway.key')}`,
    ],
  });
  t.after(() => secure.stop());
  // The certificate is for this name.
  const target = `localhost:${secure.address.split(':').pop()}`;
  const client = (more, token) => connect(
      t, { credentials: tls({ caFile: file('ca.crt'), ...more }), token },
      target);
  const pair = { certFile: file('client.crt'), keyFile: file('client.key') };
  const { output } = await client(pair, 'any').create(
      { model: 'wriftai/echo', input: 1, wait: true });
  assert.equal(output, 1);
  await failure(client(pair).get(NO_ID), { reason: 'NO_TOKEN' });
  await failure(client({}, 'any').get(NO_ID, { timeout: 2000 }),
                { hasErrorInfo: false });
  assert.throws(() => tls({ certFile: pair.certFile }),
                { message: /^certFile requires keyFile/ });
});
