// With whose token the upstream is called.
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

const GATEWAYS = secret('credential-of-the-gateway');
const CALLERS = secret('credential-of-the-caller');

let sandbox;

before(async () => {
  sandbox = await Sandbox.start();
});

after(() => sandbox?.stop());

// A gateway for one test, and a way to make clients for it.
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

// What the upstream is shown as the authorization of a call.
async function seenFor(client) {
  const marker = randomUUID();
  await client.create({ model: 'wriftai/echo', input: toValue(marker) });
  return (await sandbox.createWith(marker)).headers.authorization;
}

test('the token of the caller comes before that of the gateway',
     async (t) => {
       const { client } = await start(t, { token: GATEWAYS });
       assert.equal(await seenFor(client(CALLERS)), redacted(CALLERS));
       assert.equal(await seenFor(client()), redacted(GATEWAYS));
     });

test('--credentials=gateway never uses the token of the caller',
     async (t) => {
       const { client } = await start(
           t, { token: GATEWAYS, flags: ['--credentials=gateway'] });
       assert.equal(await seenFor(client(CALLERS)), redacted(GATEWAYS));
     });

test('--credentials=caller never uses the token of the gateway',
     async (t) => {
       const { client } = await start(
           t, { token: GATEWAYS, flags: ['--credentials=caller'] });
       assert.equal(await seenFor(client(CALLERS)), redacted(CALLERS));
       await expectNoToken(client(), /Bearer TOKEN/);
     });

// Every method is refused, and the upstream not asked.
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

test('without any token the call is refused here', async (t) => {
  const { client } = await start(t, {});
  await expectNoToken(client(), /Bearer TOKEN/);
});

test('the scheme of an authorization may be written in any case',
     async (t) => {
       const client = (await start(t, {})).client();
       const id = randomUUID();
       await failure(client.call('Get', { id }, {
         metadata: [['authorization', `bEARER ${CALLERS}`]],
       }), { code: 'NOT_FOUND' });
       const [{ headers }] =
           await sandbox.requestsTo(`/v1/predictions/${id}`);
       assert.equal(headers.authorization, redacted(CALLERS));
     });

test('a token that the upstream refuses is UNAUTHENTICATED', async (t) => {
  const strict =
      await Sandbox.start(`--tokens=${GATEWAYS},${secret('credential-2')}`);
  t.after(() => strict.stop());
  const { client } = await start(t, { apiBaseUrl: strict.baseUrl });
  await client(GATEWAYS).list({});
  await failure(client(CALLERS).list({}), {
    code: 'UNAUTHENTICATED', reason: 'TOKEN_REFUSED',
  });
});

test('nothing but the token is passed on from the metadata', async (t) => {
  const client = (await start(t, {})).client(CALLERS);
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

// A token file in a folder of its own.
function tokenFile(t, text) {
  const file = path.join(temporaryFolder(t), 'token');
  replaceFile(file, text);
  return file;
}

// Calls until the gateway has looked at the file again, which it does at most
// once a second, and says `text`. The time of the test is the bound.
async function callUntil(gateway, client, text) {
  while (!gateway.program.stderr.includes(text)) await client.list({});
}

test('a token file that is replaced is used by the next calls',
     async (t) => {
       const file = tokenFile(t, `${GATEWAYS}\n`);
       const { gateway, client } = await start(
           t, { env: { WRIFTAI_ACCESS_TOKEN_FILE: file } });
       assert.equal(await seenFor(client()), redacted(GATEWAYS));
       const rotated = secret('credential-rotated');
       replaceFile(file, rotated);
       await callUntil(gateway, client(), 'the access token was read again');
       assert.equal(await seenFor(client()), redacted(rotated));
     });

test('a token file that breaks leaves the last good token in use',
     async (t) => {
       const file = tokenFile(t, GATEWAYS);
       const { gateway, client } = await start(
           t, { flags: [`--access_token_file=${file}`] });
       replaceFile(file, 'two words');
       await callUntil(gateway, client(), 'the last good token stays in use');
       assert.equal(await seenFor(client()), redacted(GATEWAYS));
     });

test('--credentials=gateway does not look at what the caller sends',
     async (t) => {
       const { client } = await start(
           t, { token: GATEWAYS, flags: ['--credentials=gateway'] });
       await client().call('List', {}, {
         metadata: [['authorization', 'Basic nonsense']],
       });
     });
