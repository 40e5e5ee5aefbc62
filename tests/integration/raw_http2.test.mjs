// Headers that gRPC libraries refuse to send. gRPC's C core accepts them all,
// so the gateway must validate the credential.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { sendRaw } from './support/raw_frames.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { encode } from './support/schema.mjs';

const REJECTED =
    'authorization: expected one metadata entry "Bearer TOKEN", with a TOKEN ' +
    'of 1 to 4096 printable ASCII characters without spaces';

let sandbox;
let gateway;

before(async () => {
  sandbox = await Sandbox.start();
  gateway = await Gateway.start({
    apiBaseUrl: sandbox.baseUrl, token: secret('raw-gateway-token'),
  });
});

after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

const id = '00000000-0000-4000-8000-000000000000';

function get(...headers) {
  return sendRaw(gateway.address, 'Get', headers,
                 encode('GetRequest', { id }));
}

test('accepts a call that is written by hand', async () => {
  const before = await sandbox.requestCount();
  const { end, text } = await get();
  assert.equal(end, 'HEADERS');
  assert.ok(text.includes('WriftAI returned 404 for the get'), text);
  assert.equal(await sandbox.requestCount(), before + 1);
});

for (const [name, ...values] of [
  ['with a line break', 'Bearer one\nx-injected: 1'],
  ['with a carriage return and line break', 'Bearer one\r\nx-injected: 1'],
  ['with a zero byte', 'Bearer one\0two'], ['with a tab', 'Bearer one\ttwo'],
  ['that is not ASCII', 'Bearer \xff\xfe'], ['that is empty', ''],
  ['that is given twice', 'Bearer one', 'Bearer two'],
  ['that is given twice, identically', 'Bearer one', 'Bearer one'],
]) {
  test(`an authorization ${name} never reaches the upstream`, async () => {
    const before = await sandbox.requestCount();
    const { end, text } =
        await get(...values.map((value) => ['authorization', value]));
    assert.equal(end, 'HEADERS');
    assert.ok(text.includes(REJECTED), text);
    assert.equal(await sandbox.requestCount(), before);
  });
}

test('a call past its deadline is not sent upstream', async () => {
  const before = await sandbox.requestCount();
  for (const timeout of ['0n', '0m', '0H']) {
    const { end, text } = await get(['grpc-timeout', timeout]);
    assert.equal(end, 'HEADERS');
    assert.match(text, /grpc-status\x014/);  // DEADLINE_EXCEEDED
  }
  assert.equal(await sandbox.requestCount(), before);
});

// Some clients send these for no deadline; a clock of nanoseconds overflows
// after 292 years.
for (const timeout of ['2562047H', '99999999H', '99999999S']) {
  test(`accepts a deadline of ${timeout}`, async () => {
    const { text } = await get(['grpc-timeout', timeout]);
    assert.ok(text.includes('WriftAI returned 404 for the get'), text);
  });
}
