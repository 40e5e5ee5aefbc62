// Which token the gateway sends upstream.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { replaceFile, temporaryFolder } from './support/files.mjs';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { Sandbox, redacted } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';

const GATEWAY_TOKEN = secret('credential-of-the-gateway');
const CALLER_TOKEN = secret('credential-of-the-caller');

let sandbox;

before(async () => {
  sandbox = await Sandbox.start();
});

after(() => sandbox?.stop());

// A gateway for one test, and a factory of clients for it.
async function start(t, options) {
  const gateway =
      await Gateway.start({ apiBaseUrl: sandbox.baseUrl, ...options });
  const clients = [];
  t.after(async () => {
    clients.forEach((client) => client.close());
    await gateway?.stop();
  });
  const client = (token) => {
    clients.push(new Client(gateway.address, { token }));
    return clients.at(-1);
  };
  return { gateway, client };
}

// The authorization that the upstream receives for a call, redacted.
async function upstreamAuthorization(client) {
  const marker = randomUUID();
  await client.create({ model: 'wriftai/echo', input: toValue(marker) });
  return (await sandbox.createWith(marker)).headers.authorization;
}

test('the caller\'s token takes precedence over the gateway\'s',
     async (t) => {
       const { client } = await start(t, { token: GATEWAY_TOKEN });
       assert.equal(await upstreamAuthorization(client(CALLER_TOKEN)),
                    redacted(CALLER_TOKEN));
       assert.equal(await upstreamAuthorization(client()),
                    redacted(GATEWAY_TOKEN));
     });

test('--credentials=gateway never uses the caller\'s token',
     async (t) => {
       const { client } = await start(
           t, { token: GATEWAY_TOKEN, flags: ['--credentials=gateway'] });
       assert.equal(await upstreamAuthorization(client(CALLER_TOKEN)),
                    redacted(GATEWAY_TOKEN));
     });

test('--credentials=caller never uses the gateway\'s token',
     async (t) => {
       const { client } = await start(
           t, { token: GATEWAY_TOKEN, flags: ['--credentials=caller'] });
       assert.equal(await upstreamAuthorization(client(CALLER_TOKEN)),
                    redacted(CALLER_TOKEN));
       await expectNoToken(client(), /Bearer TOKEN/);
     });

// Every method is rejected without an upstream request.
async function expectNoToken(client, message) {
  const count = await sandbox.requestCount();
  const id = randomUUID();
  const create = { model: 'wriftai/echo', input: toValue(1) };
  for (const call of [
    () => client.get({ id }), () => client.cancel({ id }),
    () => client.list({}), () => client.create(create),
    () => client.wait({ id }).next(),
    () => client.createAndWait({ create }).next(),
  ]) {
    const error = await failure(
        call(), { code: 'UNAUTHENTICATED', reason: 'NO_TOKEN' });
    assert.match(error.message, message);
  }
  assert.equal(await sandbox.requestCount(), count);
}

test('the gateway rejects a call without any token', async (t) => {
  const { client } = await start(t, {});
  await expectNoToken(client(), /Bearer TOKEN/);
});

test('the scheme of an authorization is case-insensitive',
     async (t) => {
       const client = (await start(t, {})).client();
       const id = randomUUID();
       await failure(client.call('Get', { id }, {
         metadata: [['authorization', `bEARER ${CALLER_TOKEN}`]],
       }), { code: 'NOT_FOUND' });
       const [{ headers }] =
           await sandbox.requestsTo(`/v1/predictions/${id}`);
       assert.equal(headers.authorization, redacted(CALLER_TOKEN));
     });

test('a token that the upstream rejects is UNAUTHENTICATED', async (t) => {
  const strict = await Sandbox.start(
      `--tokens=${GATEWAY_TOKEN},${secret('credential-2')}`);
  t.after(() => strict.stop());
  const { client } = await start(t, { apiBaseUrl: strict.baseUrl });
  await client(GATEWAY_TOKEN).list({});
  await failure(client(CALLER_TOKEN).list({}), {
    code: 'UNAUTHENTICATED', reason: 'TOKEN_REFUSED',
  });
});

test('only the token is forwarded from the metadata', async (t) => {
  const client = (await start(t, {})).client(CALLER_TOKEN);
  const id = randomUUID();
  await failure(client.call('Get', { id }, {
    metadata: [['x-secret-of-the-caller', '1'], ['cookie', 'a=b'],
               ['x-forwarded-for', '192.0.2.1']],
  }), { code: 'NOT_FOUND' });
  const [{ headers }] = await sandbox.requestsTo(`/v1/predictions/${id}`);
  assert.deepEqual(
      Object.keys(headers).map((name) => name.toLowerCase()).sort(),
      ['accept', 'accept-encoding', 'authorization', 'host', 'user-agent']);
  assert.match(headers['user-agent'] ?? headers['User-Agent'],
               /^wriftai-gateway\/\d+\.\d+\.\d+$/);
});

// A token file in a temporary folder.
function tokenFile(t, text) {
  const file = path.join(temporaryFolder(t), 'token');
  replaceFile(file, text);
  return file;
}

// Calls until the gateway has checked the file again, at most once a second,
// and logged `text`. The test's timeout bounds this.
async function callUntilLogged(gateway, client, text) {
  while (!gateway.program.stderr.includes(text)) await client.list({});
}

test('the next calls use a replaced token file',
     async (t) => {
       const file = tokenFile(t, `${GATEWAY_TOKEN}\n`);
       const { gateway, client } = await start(
           t, { env: { WRIFTAI_ACCESS_TOKEN_FILE: file } });
       assert.equal(await upstreamAuthorization(client()),
                    redacted(GATEWAY_TOKEN));
       const rotated = secret('credential-rotated');
       replaceFile(file, rotated);
       await callUntilLogged(gateway, client(),
                             'reloaded the access token');
       assert.equal(await upstreamAuthorization(client()), redacted(rotated));
     });

test('a broken token file leaves the last good token in use',
     async (t) => {
       const file = tokenFile(t, GATEWAY_TOKEN);
       const { gateway, client } = await start(
           t, { flags: [`--access_token_file=${file}`] });
       replaceFile(file, 'two words');
       await callUntilLogged(gateway, client(),
                             'the last good token stays in use');
       assert.equal(await upstreamAuthorization(client()),
                    redacted(GATEWAY_TOKEN));
     });

test('--credentials=gateway ignores the caller\'s authorization',
     async (t) => {
       const { client } = await start(
           t, { token: GATEWAY_TOKEN, flags: ['--credentials=gateway'] });
       await client().call('List', {}, {
         metadata: [['authorization', 'Basic nonsense']],
       });
     });
