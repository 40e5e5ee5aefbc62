// What is wrong with a request is said by the gateway itself: which field, and
// what it should have been; the upstream is not asked.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { encode } from './support/schema.mjs';
import { gateway, predictions, sandbox, serve } from './support/served.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('bad-request-token-1');
const MEGABYTE = 1 << 20;

serve({ token: TOKEN, flags: [`--max_request_bytes=${MEGABYTE}`] });

// `call` is refused because of `field`, without a request to the upstream.
async function expectRefused(call, field, wanted) {
  const before = await sandbox.requestCount();
  const error = await failure(call(), {
    code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD', fields: [field],
  });
  assert.equal(error.details.ErrorInfo.domain, 'gateway.wriftai');
  assert.match(error.message, wanted);
  assert.match(error.details.BadRequest.field_violations[0].description,
               wanted);
  assert.equal(await sandbox.requestCount(), before);
}

const good = { model: 'wriftai/echo', input: toValue(1) };

const id = '00000000-0000-4000-8000-000000000000';

// Bad ids, on every method that takes one.
for (const bad of ['', 'x', `${id}0`, id.slice(1), `{${id}}`,
                   id.replaceAll('-', ''), '../predictions',
                   id.replace('8', 'g')]) {
  test(`"${bad}" is no id of a prediction`, async () => {
    const wanted = /expected a UUID/;
    for (const method of ['get', 'cancel']) {
      await expectRefused(() => predictions[method]({ id: bad }), 'id', wanted);
    }
    await expectRefused(() => predictions.wait({ id: bad }).next(), 'id',
                        wanted);
  });
}

test('an id in upper case is the same id', async () => {
  const created = await predictions.create(good);
  const got = await predictions.get({ id: created.id.toUpperCase() });
  assert.equal(got.id, created.id);
});

for (const model of ['', 'a', '/', 'a/', '/b', 'a/b/c', 'a//b', 'a/b:',
                     'a/b:x', 'a/b:0', 'a/b:01', 'a/b:-1', 'a/b:+1', 'a/b:1:2',
                     'a/b:9223372036854775808', 'a/b ', ' a/b', 'a /b', 'a/b\n',
                     'a/b?c', 'a/b#c', 'a:1/b', './b', 'a/..', '../b',
                     `${'o'.repeat(129)}/b`]) {
  test(`${JSON.stringify(model)} is no model`, () =>
    expectRefused(() => predictions.create({ ...good, model }), 'model',
                  /expected owner\/name or owner\/name:version/));
}

// Each row: what is wrong, its field, and what the message says.
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
  ...[['empty JSON text', ''], ['cut JSON text', '{"a":1'],
      ['two JSON texts', '1 2'], ['a comma too many', '[1,]'],
      ['a number with a plus', '+1'], ['a number with a leading zero', '01'],
      ['a bare word', 'nan'], ['single quotes', "{'a':1}"],
      ['a byte order mark', '\ufeff{}'], ['a comment', '{} // ok'],
      ['a raw line break in a string', '"\n"'],
      ['JSON text 1,001 deep', '['.repeat(1001) + ']'.repeat(1001)],
      ['JSON text 100,000 deep', '['.repeat(1e5) + ']'.repeat(1e5)],
      ['100,000 brackets that never close', '['.repeat(1e5)]]
      .map(([name, input_json]) =>
        [name, { input: undefined, input_json }, 'input_json', /JSON text: /]),
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
  ['a request_id that is no UUID', { request_id: 'mine' }, 'request_id',
   /a UUID/],
  ['an unknown payload format', { payload_format: 99 }, 'payload_format',
   /PAYLOAD_FORMAT_VALUE or PAYLOAD_FORMAT_JSON/],
];

for (const [name, wrong, field, wanted] of CREATES) {
  test(`Create refuses ${name}`, () =>
    expectRefused(() => predictions.create({ ...good, ...wrong }), field,
                  wanted));

  test(`CreateAndWait refuses ${name}, with its own path`, () =>
    expectRefused(
        () =>
          predictions.createAndWait({ create: { ...good, ...wrong } }).next(),
        `create.${field}`, wanted));
}

for (const poll_interval of
     [{ nanos: 99e6 }, { seconds: 0 }, { seconds: -1 }, { nanos: -1 },
      { seconds: 1, nanos: -1 }, { seconds: 86_401 },
      { seconds: '9223372036854775807' }]) {
  const text = JSON.stringify(poll_interval);
  test(`a poll_interval of ${text} is refused`, async () => {
    const wait_options = { poll_interval };
    const field = 'wait_options.poll_interval';
    const wanted = /a duration from 100 ms/;
    await expectRefused(
        () => predictions.wait({ id, wait_options }).next(), field, wanted);
    await expectRefused(
        () =>
          predictions.createAndWait({ create: good, wait_options }).next(),
        field, wanted);
  });
}

test('Get and Wait refuse an unknown payload format', async () => {
  const request = { id, payload_format: 99 };
  const wanted = /PAYLOAD_FORMAT_VALUE or PAYLOAD_FORMAT_JSON/;
  await expectRefused(() => predictions.get(request), 'payload_format',
                      wanted);
  await expectRefused(() => predictions.wait(request).next(),
                      'payload_format', wanted);
});

test('List refuses a negative page size', () =>
  expectRefused(() => predictions.list({ page_size: -1 }), 'page_size',
                /0 \(for 25\) or a number from 1 to 50/));

// A page token that is good, for the client's credential.
async function pageToken(client) {
  for (let i = 0; i < 2; ++i) await client.create(good);
  const { next_page_token } = await client.list({ page_size: 1 });
  assert.notEqual(next_page_token, '');
  return next_page_token;
}

test('List refuses page tokens that were never given out', async () => {
  const token = await pageToken(predictions);
  const flipped = (token[0] === 'A' ? 'B' : 'A') + token.slice(1);
  for (const bad of ['x', 'AAAA', 'A'.repeat(64), token.slice(0, -4), flipped,
                     `${token}AAAA`, randomUUID(), '%%%', '🎈']) {
    await expectRefused(() => predictions.list({ page_token: bad }),
                        'page_token', /a token from an earlier List/);
  }
});

test('List refuses the page token of another credential', async (t) => {
  const stranger = new Client(gateway.address,
                              { token: secret('bad-request-token-2') });
  t.after(() => stranger.close());
  const page_token = await pageToken(stranger);
  await expectRefused(() => predictions.list({ page_token }), 'page_token',
                      /a token from an earlier List/);
});

for (const [name, bytes] of [
  ['a lone continuation byte', [0x80]], ['a cut character', [0xe2, 0x82]],
  ['an overlong slash', [0xc0, 0xaf]], ['a surrogate', [0xed, 0xa0, 0x80]],
]) {
  test(`input_json with ${name} is refused by name`, async () => {
    const text = Buffer.from([0x22, ...bytes, 0x22]);
    const request = Buffer.concat([
      encode('CreateRequest', { model: 'wriftai/echo' }),
      Buffer.from([(3 << 3) | 2, text.length]), text,
    ]);
    await expectRefused(() => predictions.callWithBytes('Create', request),
                        'input_json', /valid UTF-8/);
  });
}

test('bytes that are no request are refused', async () => {
  const before = await sandbox.requestCount();
  await failure(
      predictions.callWithBytes('Get', Buffer.from([0x0a, 0xff])),
      { code: 'INVALID_ARGUMENT', reason: 'INVALID_MESSAGE' });
  assert.equal(await sandbox.requestCount(), before);
});

test('a request above the size limit is refused', async () => {
  const before = await sandbox.requestCount();
  const input_json = JSON.stringify('x'.repeat(MEGABYTE));
  await failure(predictions.create({ ...good, input: undefined, input_json }),
                { code: 'RESOURCE_EXHAUSTED' });
  assert.equal(await sandbox.requestCount(), before);
  // The connection has not suffered.
  await predictions.create(good);
});

for (const [name, value] of [
  ['of another scheme', 'Basic dXNlcjpwYXNz'], ['without a token', 'Bearer'],
  ['with an empty token', 'Bearer '], ['with two words', 'Bearer one two'],
  ['that is a bare token', 'token-text-9'],
  ['that is too long', `Bearer ${'x'.repeat(4097)}`],
]) {
  test(`an authorization ${name} is refused and not repeated`, () =>
    expectRefused(
        () => predictions.call('Get', { id },
                               { metadata: [['authorization', value]] }),
        'authorization', /one metadata entry "Bearer TOKEN"/));
}
