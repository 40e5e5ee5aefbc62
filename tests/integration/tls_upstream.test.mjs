// The gateway with an upstream behind TLS, as in production.
import assert from 'node:assert/strict';
import { constants } from 'node:http2';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { TlsUpstream } from './support/tls_upstream.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('tls-token-1');
const id = '00000000-0000-4000-8000-000000000000';
const create = { model: 'wriftai/scripted', input: toValue(1) };

async function start(t, handler, { trusted = true, ...options } = {}) {
  const upstream = await TlsUpstream.start(handler, options);
  const gateway = await Gateway.start({
    apiBaseUrl: upstream.baseUrl, token: TOKEN,
    flags: trusted ? [`--api_ca_file=${upstream.caFile}`] : [],
  });
  const client = new Client(gateway.address);
  t.after(async () => {
    client.close();
    await gateway.stop();
    await upstream.stop();
  });
  return { upstream, client };
}

// Responds after the request's body: libcurl 7.88 waits until its timeout if
// an HTTP/2 response arrives before a POST has been sent.
const succeed = (request, response) => request.once('end', () =>
  response.end(predictionJson(id, 'started')));

for (const [version, offersHttp2] of [['2.0', true], ['1.1', false]]) {
  test(`requests use HTTP/${version} on one connection if HTTP/2 is ` +
       `${offersHttp2 ? '' : 'not '}offered`, async (t) => {
    const { upstream, client } = await start(t, succeed, { offersHttp2 });
    await client.get({ id });
    await client.create(create);
    await client.get({ id });
    assert.deepEqual(upstream.requests, [
      [version, 'GET'], [version, 'POST'], [version, 'GET'],
    ]);
    assert.equal(upstream.connections, 1);
  });
}

// It arrives in several rounds of the gateway's loop, and pauses in between.
test('a large output arrives intact over HTTP/2', async (t) => {
  const output = Array.from({ length: 500_000 }, (_, i) => i).join(' ');
  const { client, upstream } = await start(t, (request, response) =>
    response.end(predictionJson(
        id, 'succeeded', { output, updated_at: '2025-08-13T11:48:53Z' })));
  const prediction = await client.get({ id });
  assert.ok(prediction.output.stringValue === output);
  assert.deepEqual(upstream.requests, [['2.0', 'GET']]);
});

// libcurl retries a request on a refused stream by itself.
test('a create on an HTTP/2 stream that is refused is sent once',
     async (t) => {
       const { upstream, client } = await start(t, (request) =>
         request.stream.close(constants.NGHTTP2_REFUSED_STREAM));
       await failure(client.create(create), {
         code: 'UNKNOWN', reason: 'CREATE_OUTCOME_UNKNOWN',
       });
       assert.deepEqual(upstream.requests, [['2.0', 'POST']]);
     });

test('a create whose HTTP/2 connection ends is sent once', async (t) => {
  const { upstream, client } = await start(t, (request) =>
    request.stream.session.destroy());
  await failure(client.create(create), {
    code: 'UNKNOWN', reason: 'CREATE_OUTCOME_UNKNOWN',
  });
  assert.deepEqual(upstream.requests, [['2.0', 'POST']]);
});

test('a read whose HTTP/2 stream is reset is retried', async (t) => {
  let left = 1;
  const { upstream, client } = await start(t, (request, response) => {
    if (left-- > 0) request.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else succeed(request, response);
  });
  assert.equal((await client.get({ id })).id, id);
  assert.equal(upstream.requests.length, 2);
});

test('an untrusted upstream gets no request', async (t) => {
  const { upstream, client } = await start(t, succeed, { trusted: false });
  const error = await failure(client.create(create), {
    code: 'UNAVAILABLE', reason: 'UPSTREAM_UNREACHABLE',
  });
  assert.match(error.message, /certificate/);
  assert.deepEqual(upstream.requests, []);
});
