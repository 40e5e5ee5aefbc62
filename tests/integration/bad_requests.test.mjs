// The gateway itself rejects a bad request. The error names the field and the
// expected value, and nothing is sent upstream.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { encode } from './support/schema.mjs';
import { gateway, predictions, sandbox, useSharedGateway }
  from './support/shared_gateway.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('bad-request-token-1');
const MEGABYTE = 1 << 20;

useSharedGateway({ token: TOKEN, flags: [`--max_request_bytes=${MEGABYTE}`] });

// `call` is rejected because of `field`, without an upstream request.
async function expectRejected(call, field, pattern) {
  const before = await sandbox.requestCount();
  const error = await failure(call(), {
    code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD', fields: [field],
  });
  assert.equal(error.details.ErrorInfo.domain, 'gateway.wriftai');
  assert.match(error.message, pattern);
  assert.match(error.details.BadRequest.field_violations[0].description,
               pattern);
  assert.equal(await sandbox.requestCount(), before);
}

const good = { model: 'wriftai/echo', input: toValue(1) };

const id = '00000000-0000-4000-8000-000000000000';

// Invalid ids, on every method that takes one.
for (const bad of ['', 'x', `${id}0`, id.slice(1), `{${id}}`,
                   id.replaceAll('-', ''), '../predictions',
                   id.replace('8', 'g')]) {
  test(`rejects the prediction id "${bad}"`, async () => {
    const pattern = /expected a UUID/;
    for (const method of ['get', 'cancel']) {
      await expectRejected(() => predictions[method]({ id: bad }), 'id',
                           pattern);
    }
    await expectRejected(() => predictions.wait({ id: bad }).next(), 'id',
                         pattern);
  });
}

test('accepts an id in upper case', async () => {
  const created = await predictions.create(good);
  const got = await predictions.get({ id: created.id.toUpperCase() });
  assert.equal(got.id, created.id);
});

for (const model of ['', 'a', '/', 'a/', '/b', 'a/b/c', 'a//b', 'a/b:',
                     'a/b:x', 'a/b:0', 'a/b:01', 'a/b:-1', 'a/b:+1', 'a/b:1:2',
                     'a/b:9223372036854775808', 'a/b ', ' a/b', 'a /b', 'a/b\n',
                     'a/b?c', 'a/b#c', 'a:1/b', './b', 'a/..', '../b',
                     `${'o'.repeat(129)}/b`]) {
  test(`rejects the model ${JSON.stringify(model)}`, () =>
    expectRejected(() => predictions.create({ ...good, model }), 'model',
                   /expected owner\/name or owner\/name:version/));
}

// Each row: the mistake, the request, the field, and the message.
const CREATES = [
  ['no input', { input: undefined }, 'input', /one of input and input_json/],
  ['an empty Value', { input: {} }, 'input', /a value that JSON can express/],
  ['an empty Value deep inside',
   { input: { listValue: { values: [toValue(1), {}] } } }, 'input',
   /a value that JSON can express/],
  ['NaN', { input: toValue({ a: [NaN] }) }, 'input',
   /a value that JSON can express/],
  ['infinity', { input: toValue(-Infinity) }, 'input',
   /a value that JSON can express/],
  ...[['empty JSON text', ''], ['truncated JSON text', '{"a":1'],
      ['two JSON texts', '1 2'], ['a trailing comma', '[1,]'],
      ['a number with a plus', '+1'], ['a number with a leading zero', '01'],
      ['a bare word', 'nan'], ['single quotes', "{'a':1}"],
      ['a byte order mark', '\ufeff{}'], ['a comment', '{} // ok'],
      ['a raw line break in a string', '"\n"'],
      ['JSON text of 1,001 levels', '['.repeat(1001) + ']'.repeat(1001)],
      ['JSON text of 100,000 levels', '['.repeat(1e5) + ']'.repeat(1e5)],
      ['100,000 unclosed brackets', '['.repeat(1e5)]]
      .map(([name, input_json]) =>
        [name, { input: undefined, input_json }, 'input_json',
         /not valid JSON at byte \d+: /]),
  ...['ftp://example.com/', '/relative', 'example.com', '', 'http://',
      'https:///path', 'http://:80/', 'http://a b/', 'http://a/\n',
      'javascript:alert(1)', `http://a/${'x'.repeat(2048)}`]
      .map((url) => [`the webhook ${JSON.stringify(url.slice(0, 30))}`,
                     { webhook: { url } }, 'webhook.url',
                     /an absolute http or https URL/]),
  ['an empty webhook secret', { webhook: { url: 'http://a/', secret: '' } },
   'webhook.secret', /1 to 1024 bytes/],
  ['a webhook secret that is too long',
   { webhook: { url: 'http://a/', secret: 's'.repeat(1025) } },
   'webhook.secret', /1 to 1024 bytes/],
  ...[{ seconds: 0 }, { seconds: 1, nanos: 500e6 }, { seconds: 61 },
      { seconds: -1 }, { seconds: '9223372036854775807' }]
      .map((server_wait) => [`a server_wait of ${JSON.stringify(server_wait)}`,
                             { server_wait }, 'server_wait',
                             /whole seconds from 1 to 60/]),
  ['a request_id that is not a UUID', { request_id: 'mine' }, 'request_id',
   /a UUID/],
  ['an unknown payload format', { payload_format: 99 }, 'payload_format',
   /PAYLOAD_FORMAT_VALUE or PAYLOAD_FORMAT_JSON/],
];

for (const [name, wrong, field, pattern] of CREATES) {
  test(`Create rejects ${name}`, () =>
    expectRejected(() => predictions.create({ ...good, ...wrong }), field,
                   pattern));

  test(`CreateAndWait rejects ${name}, with its own field path`, () =>
    expectRejected(
        () =>
          predictions.createAndWait({ create: { ...good, ...wrong } }).next(),
        `create.${field}`, pattern));
}

for (const poll_interval of
     [{ nanos: 99e6 }, { seconds: 0 }, { seconds: -1 }, { nanos: -1 },
      { seconds: 1, nanos: -1 }, { seconds: 86_401 },
      { seconds: '9223372036854775807' }]) {
  const text = JSON.stringify(poll_interval);
  test(`rejects a poll_interval of ${text}`, async () => {
    const wait_options = { poll_interval };
    const field = 'wait_options.poll_interval';
    const pattern = /a duration from 100 ms/;
    await expectRejected(
        () => predictions.wait({ id, wait_options }).next(), field, pattern);
    await expectRejected(
        () =>
          predictions.createAndWait({ create: good, wait_options }).next(),
        field, pattern);
  });
}

test('Get and Wait reject an unknown payload format', async () => {
  const request = { id, payload_format: 99 };
  const pattern = /PAYLOAD_FORMAT_VALUE or PAYLOAD_FORMAT_JSON/;
  await expectRejected(() => predictions.get(request), 'payload_format',
                       pattern);
  await expectRejected(() => predictions.wait(request).next(),
                       'payload_format', pattern);
});

test('List rejects a negative page size', () =>
  expectRejected(() => predictions.list({ page_size: -1 }), 'page_size',
                 /expected 0 \(for the default of 25\) or 1 to 50/));

// A valid page token for the client's credential.
async function pageToken(client) {
  for (let i = 0; i < 2; ++i) await client.create(good);
  const { next_page_token } = await client.list({ page_size: 1 });
  assert.notEqual(next_page_token, '');
  return next_page_token;
}

test('List rejects page tokens that it never returned', async () => {
  const token = await pageToken(predictions);
  const flipped = (token[0] === 'A' ? 'B' : 'A') + token.slice(1);
  for (const bad of ['x', 'AAAA', 'A'.repeat(64), token.slice(0, -4), flipped,
                     `${token}AAAA`, randomUUID(), '%%%', '🎈']) {
    await expectRejected(() => predictions.list({ page_token: bad }),
                         'page_token', /a token from an earlier List/);
  }
});

test('List rejects the page token of another credential', async (t) => {
  const other = new Client(gateway.address,
                           { token: secret('bad-request-token-2') });
  t.after(() => other.close());
  const page_token = await pageToken(other);
  await expectRejected(() => predictions.list({ page_token }), 'page_token',
                       /a token from an earlier List/);
});

for (const [name, bytes] of [
  ['a lone continuation byte', [0x80]], ['a truncated character', [0xe2, 0x82]],
  ['an overlong slash', [0xc0, 0xaf]], ['a surrogate', [0xed, 0xa0, 0x80]],
]) {
  test(`rejects input_json with ${name}, naming the field`, async () => {
    const text = Buffer.from([0x22, ...bytes, 0x22]);
    const request = Buffer.concat([
      encode('CreateRequest', { model: 'wriftai/echo' }),
      Buffer.from([(3 << 3) | 2, text.length]), text,
    ]);
    await expectRejected(() => predictions.callWithBytes('Create', request),
                         'input_json', /valid UTF-8/);
  });
}

test('rejects bytes that are not a protobuf message', async () => {
  const before = await sandbox.requestCount();
  await failure(
      predictions.callWithBytes('Get', Buffer.from([0x0a, 0xff])),
      { code: 'INVALID_ARGUMENT', reason: 'INVALID_MESSAGE' });
  assert.equal(await sandbox.requestCount(), before);
});

test('rejects a request above the size limit', async () => {
  const before = await sandbox.requestCount();
  const input_json = JSON.stringify('x'.repeat(MEGABYTE));
  await failure(predictions.create({ ...good, input: undefined, input_json }),
                { code: 'RESOURCE_EXHAUSTED' });
  assert.equal(await sandbox.requestCount(), before);
  // The connection still works.
  await predictions.create(good);
});

for (const [name, value] of [
  ['of another scheme', 'Basic dXNlcjpwYXNz'], ['without a token', 'Bearer'],
  ['with an empty token', 'Bearer '], ['with two words', 'Bearer one two'],
  ['that is a bare token', 'token-text-9'],
  ['that is too long', `Bearer ${'x'.repeat(4097)}`],
]) {
  test(`rejects an authorization ${name}, and does not quote it`, () =>
    expectRejected(
        () => predictions.call('Get', { id },
                               { metadata: [['authorization', value]] }),
        'authorization', /one metadata entry "Bearer TOKEN"/));
}
