// What the response to a create says about its outcome. Only a client error,
// or the API's own 503 or 429, means that nothing was created. Any other
// failure is remembered under the request_id: a create is never sent twice.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { RawUpstream, rawResponse } from '../support/raw_upstream.mjs';
import { Client } from './support/client.mjs';
import { replaceFile, temporaryFolder } from './support/files.mjs';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('create-outcome-token-1');

let upstream;
let gateway;
// The response to the next create, in bytes; later creates succeed.
let scripted = [];

before(async () => {
  upstream = await RawUpstream.start((request) => {
    const bytes = scripted.shift();
    if (!bytes) {
      request.respond(202, predictionJson(randomUUID(), 'pending'));
    } else {
      request.send(bytes);
      if (bytes.closes) request.socket.end();
    }
  });
  gateway = await Gateway.start({
    apiBaseUrl: upstream.baseUrl, token: TOKEN,
    flags: ['--max_response_bytes=65536'],
  });
});

after(async () => {
  clients.forEach((client) => client.close());
  await gateway?.stop();
  await upstream?.stop();
});

// A client with a new token, because a 429 slows all creates of its token.
const clients = [];
function newClient() {
  const token = secret(`create-outcome-token-of-call-${clients.length}`);
  clients.push(new Client(gateway.address, { token }));
  return clients.at(-1);
}

const posts = () => upstream.requestsOf('/v1/predictions').length;

// A create with a request_id, whose first response is `bytes`.
function request(bytes) {
  scripted = [bytes];
  return { model: 'a/b', input: toValue(1), request_id: randomUUID() };
}

const unknown = { code: 'UNKNOWN', reason: 'CREATE_OUTCOME_UNKNOWN' };

// `one` fails as `expected`, with a message that the prediction may exist. So
// does each retry, without an upstream request.
async function expectNeverResent(one, expected, message = /./) {
  const predictions = newClient();
  const count = posts();
  for (let i = 0; i < 2; ++i) {
    const error = await failure(predictions.create(one), expected);
    assert.match(error.message,
                 /may have been created: list predictions before/);
    assert.match(error.message, message);
    assert.equal(error.details.ErrorInfo.metadata.create_outcome, 'unknown');
    assert.equal(error.retrySeconds, undefined);
  }
  await failure(predictions.createAndWait({ create: one }).next(), expected);
  assert.equal(posts(), count + 1);
}

const json = { 'content-type': 'application/json' };
const problem = { 'content-type': 'application/problem+json' };

// What proxies respond on their own.
const PROXIES = [
  ['Envoy', 'upstream connect error or disconnect/reset before headers. ' +
       'reset reason: connection termination',
   { 'content-type': 'text/plain', 'server': 'envoy' }],
  ['Envoy with JSON', '{"code":503,"message":"no healthy upstream"}', json],
  ['Envoy\'s rate limit', 'local_rate_limited',
   { 'content-type': 'text/plain', 'x-ratelimit-limit': '3',
     'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0' }],
  ['nginx', '<html><head><title>503 Service Temporarily Unavailable</title>' +
       '</head></html>', { 'content-type': 'text/html' }],
  ['AWS', '{"message":"Service Unavailable"}', json],
  ['Google', '{"error":{"code":503,"message":"x","status":"UNAVAILABLE"}}',
   json],
  ['Cloudflare', '{"type":"about:blank","title":"Error 1015",' +
       '"status":429,"detail":"You are being rate limited"}', json],
  ['problem details', '{"detail":"no"}', problem],
  ['problem details without a title', '{"type":"about:blank","detail":"no"}',
   json],
  ['a gateway with a detail and a code', '{"code":503,"detail":"no"}', json],
  ['a gateway with a detail and a message',
   '{"message":"no healthy upstream","detail":{}}', json],
  ['a duplicate detail', '{"detail":null,"detail":"no"}', json],
  ['an empty body', '', json],
  ['an empty object', '{}', json],
  ['a null detail', '{"detail":null}', json],
  ['a list', '[{"detail":"no"}]', json],
  ['truncated JSON', '{"detail":"no', json],
  ['JSON labeled as JSON and HTML', '{"detail":"no"}',
   { 'content-type': 'application/json\r\ncontent-type: text/html' }],
  ['JSON labeled as HTML', '{"detail":"no"}', { 'content-type': 'text/html' }],
  ['JSON without a content type', '{"detail":"no"}', { 'content-type': '' }],
];

for (const status of [503, 429]) {
  for (const [name, body, headers] of PROXIES) {
    test(`a ${status} from ${name} leaves a create's outcome unknown`,
         async () => {
           await expectNeverResent(
               request(rawResponse(status, body, {
                 ...headers, 'retry-after': '1',
               })), unknown, new RegExp(`returned ${status} for the create`));
         });
  }
}

for (const status of [408, 460, 499, 502, 504, 520, 524]) {
  test(`a ${status} in the API's format leaves a create's outcome unknown`,
       () => expectNeverResent(request(rawResponse(status, '{"detail":"no"}')),
                        unknown));
}

for (const status of [500, 301, 303, 418]) {
  test(`a ${status} to a create says that the prediction may exist`,
       () => expectNeverResent(request(rawResponse(status, '{"detail":"no"}')),
                        { code: 'INTERNAL' }));
}

const prediction = predictionJson(randomUUID(), 'pending');

function closing(bytes) {
  bytes.closes = true;
  return bytes;
}

const INVALID = { code: 'INTERNAL', reason: 'UPSTREAM_RESPONSE_INVALID' };

for (const [name, bytes, expected] of [
  ['HTML', rawResponse(202, '<html>hello</html>'), INVALID],
  ['no body', rawResponse(202, ''), INVALID],
  ['an object without an id', rawResponse(202, '{"status":"pending"}'),
   INVALID],
  ['an id that is not a string', rawResponse(202, '{"id":7}'), INVALID],
  ['truncated JSON', rawResponse(202, prediction.slice(0, 40)), INVALID],
  ['a body above the limit', rawResponse(202, 'x'.repeat(70_000)), INVALID],
  ['a gzip body above the limit',
   rawResponse(202, gzipSync('x'.repeat(1 << 20)),
               { 'content-encoding': 'gzip' }), INVALID],
  ['a body that is not gzip',
   rawResponse(202, prediction, { 'content-encoding': 'gzip' }), unknown],
  ['an encoding that was not requested',
   rawResponse(202, prediction, { 'content-encoding': 'zstd' }), unknown],
  ['a truncated body',
   closing(rawResponse(202, prediction, { 'content-length': 9999 })), unknown],
  ['a truncated chunked body', closing(rawResponse(
      202, '9\r\ntruncated', { 'transfer-encoding': 'chunked' })), unknown],
  ['a header line of 200 KiB',
   rawResponse(202, prediction, { 'x-long': 'x'.repeat(200 << 10) }), INVALID],
  ['bytes that are not HTTP', closing(Buffer.from('hello\r\n\r\n')), unknown],
]) {
  test(`a 2xx with ${name} to a create says that the prediction may exist`,
       () => expectNeverResent(request(bytes), expected));
}

// Rejected before anything was done, by the API or a proxy.
for (const status of [400, 401, 402, 403, 404, 409, 410, 413, 422]) {
  test(`a create rejected with ${status} may be retried under its request_id`,
       async () => {
         const one = request(rawResponse(status, '<html>no</html>',
                                         { 'content-type': 'text/html' }));
         const predictions = newClient();
         const count = posts();
         const error = await failure(predictions.create(one), {});
         assert.ok(!('create_outcome' in error.details.ErrorInfo.metadata));
         await predictions.create(one);
         assert.equal(posts(), count + 2);
       });
}

for (const [status, code] of [[503, 'UNAVAILABLE'],
                              [429, 'RESOURCE_EXHAUSTED']]) {
  for (const [body, type] of [
    ['{"detail":"busy"}', 'application/json'],
    ['{"detail":[]}', 'application/json; charset=utf-8'],
    ['{"detail":{"message":"busy"}}', 'Application/JSON'],
  ]) {
    test(`the API's own ${status} ${body} means that nothing was created`,
         async () => {
           const client = newClient();
           const one = request(
               rawResponse(status, body, { 'content-type': type }));
           const count = posts();
           const error = await failure(client.create(one), { code });
           assert.ok(!('create_outcome' in error.details.ErrorInfo.metadata));
           await client.create(one);
           assert.equal(posts(), count + 2);
         });
  }
}

test('a proxy\'s 429 to a create still slows the creates of its token',
     async () => {
       const client = newClient();
       await failure(client.create(request(rawResponse(
           429, 'slow down',
           { 'content-type': 'text/plain', 'retry-after': '20' }))), unknown);
       // The pause outlasts this call's deadline.
       const error = await failure(
           client.call('Create', { model: 'a/b', input: toValue(1) },
                    { timeoutMs: 5000 }),
           { code: 'RESOURCE_EXHAUSTED', reason: 'BUDGET_EXHAUSTED' });
       assert.ok(error.retrySeconds > 10, `${error.retrySeconds}`);
     });

test('an unknown outcome survives a rotation of the gateway\'s token',
     async (t) => {
       const folder = temporaryFolder(t);
       const file = path.join(folder, 'token');
       replaceFile(file, secret('rotated-token-1'));
       const rotating = await Gateway.start({
         apiBaseUrl: upstream.baseUrl,
         flags: [`--access_token_file=${file}`],
       });
       const client = new Client(rotating.address);
       t.after(async () => {
         client.close();
         await rotating.stop();
       });
       const one = request(
           rawResponse(503, 'no', { 'content-type': 'text/plain' }));
       const count = posts();
       await failure(client.create(one), unknown);
       const rotated = secret('rotated-token-2');
       replaceFile(file, rotated);
       // Requests that need the token make the gateway reload the file.
       while (!upstream.requests.some(({ token }) => token === rotated)) {
         await client.get({ id: randomUUID() }).catch(() => {});
       }
       await failure(client.create(one), unknown);
       assert.equal(posts(), count + 1);
     });
