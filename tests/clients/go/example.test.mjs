// The example of clients/go, through a restart of the gateway.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway } from '../../integration/support/gateway.mjs';
import { Program, run } from '../../integration/support/program.mjs';
import { redacted, Sandbox } from '../../integration/support/sandbox.mjs';
import { setting } from '../../integration/support/setting.mjs';

const example = `${setting('CLIENT_FOLDER')}/wait`;

async function start(t) {
  const sandbox = await Sandbox.start();
  t.after(() => sandbox.stop());
  const startGateway = async (address = '127.0.0.1:0') => {
    const gateway = await Gateway.start({
      apiBaseUrl: sandbox.baseUrl, token: 'gateway-token',
      flags: [`--listen_address=${address}`],
    });
    t.after(() => gateway.program.stop('SIGKILL').catch(() => {}));
    return gateway;
  };
  return { sandbox, startGateway };
}

test('the wait sees the end after a restart, of one prediction', async (t) => {
  const { sandbox, startGateway } = await start(t);
  const gateway = await startGateway();
  const input = { sandbox: { run_s: 5, output: { n: 1 } } };
  const waiting = new Program(
      example, [gateway.address, 'wriftai/echo', JSON.stringify(input)],
      { env: { WRIFTAI_ACCESS_TOKEN: 'my-token' } });
  await waiting.awaitOutput('stdout', /^(started)$/m);
  await gateway.stop();
  await startGateway(gateway.address);
  const { code, stdout, stderr } = await waiting.end(60_000);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^(pending\n)?started\n(started\n)?succeeded\n\{"n": ?1\}\n$/);
  assert.match(stderr, /waiting again in .* code = Unavailable/);
  assert.equal(await sandbox.createdCount(), 1);
  const [create] = await sandbox.requestsTo('/v1/predictions', 'POST');
  assert.equal(create.headers.authorization, redacted('my-token'));
});

test('an error and a failed prediction exit with status 1', async (t) => {
  const { startGateway } = await start(t);
  const { address } = await startGateway();
  for (const [model, message] of [
    ['no-slash', /code = InvalidArgument desc = model: expected owner\/name/],
    ['wriftai/failing', /the prediction failed: /],
  ]) {
    const { code, stderr } = await run(
        example, [address, model, '{"prompt": "x"}']);
    assert.equal(code, 1, stderr);
    assert.match(stderr, message);
  }
});
