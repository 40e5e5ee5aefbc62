// Attacks by several clients at once on the container, under the memory limit
// of deploy/k8s and docker-compose.yml: it survives, and still serves a
// bystander. container_test.sh builds the image.
//
// WRIFTAI_ATTACKERS: the number of concurrent attackers.
import assert from 'node:assert/strict';
import process from 'node:process';
import { test } from 'node:test';
import { Client } from '../integration/support/client.mjs';
import { freePort } from '../integration/support/free_port.mjs';
import { Prober } from '../integration/support/prober.mjs';
import { Sandbox } from '../integration/support/sandbox.mjs';
import { setting } from '../integration/support/setting.mjs';
import { attackOnce } from './support/attacker.mjs';
import { groupPeakMiB } from './support/control_group.mjs';
import { Container } from './support/podman.mjs';

const GATEWAY = `localhost/wriftai-gateway:${setting('WRIFTAI_IMAGE_TAG')}`;
const LIMIT_MIB = 512;
const ATTACKERS = Number(process.env.WRIFTAI_ATTACKERS ?? 4);

async function startGateway(t, apiBaseUrl) {
  const address = `127.0.0.1:${await freePort()}`;
  const container = await Container.run(t, GATEWAY, {
    options: [`--memory=${LIMIT_MIB}m`, `--memory-swap=${LIMIT_MIB}m`],
    env: {
      GATEWAY_LISTEN_ADDRESS: address,
      GATEWAY_HTTP_ADDRESS: `127.0.0.1:${await freePort()}`,
      GATEWAY_READ_RATE: '1000', WRIFTCTL_ADDRESS: address,
      WRIFTAI_API_BASE_URL: apiBaseUrl,
    },
  });
  await container.healthy();
  return { address, container };
}

// The id of an ended prediction, which Get serves from the cache.
async function endedPrediction(address, token) {
  const client = new Client(address, { token });
  try {
    const end = await client.createAndWait({
      create: { model: 'wriftai/echo', input_json: '1' },
    }).last();
    return end.prediction.id;
  } finally {
    client.close();
  }
}

const REJECTED =
    /^(3: input: expected a value|8: the messages of calls in progress)/;
const BOMB = /^8: the request has more than 16777216 bytes when decompressed/;
const CLOSED = /^closed|ECONNRESET|EPIPE/;

for (const [attack, expected] of [
  ['structs, gzip', REJECTED],
  ['structs, plain', REJECTED],
  ['gzip of 700 MB of zeros', BOMB],
  ['gzip of 300 MB of spaces', BOMB],
  ['CONTINUATION flood', CLOSED],
  ['rapid reset', CLOSED],
  ['huge metadata', CLOSED],
]) {
  test(`the container survives ${attack}`, { timeout: 180_000 }, async (t) => {
    const sandbox = await Sandbox.start();
    t.after(() => sandbox.stop());
    const { address, container } = await startGateway(t, sandbox.baseUrl);
    const token = 'bystander';
    const prober = await Prober.start(
        { address, token, id: await endedPrediction(address, token) });
    const outcomes = await Promise.all(
        Array.from({ length: ATTACKERS }, () => attackOnce(attack, address)));
    // Fails if a call of the bystander failed.
    const times = await prober.stop();
    const peak = groupPeakMiB(await container.inspect('.State.Pid'));
    t.diagnostic(
        `${ATTACKERS} attackers: ${Math.round(peak)} of ${LIMIT_MIB} MiB; ` +
        `${times.length} calls of a bystander, ` +
        `the longest ${Math.round(times.at(-1) ?? 0)} ms; outcomes: ` +
        [...new Set(outcomes)].join('; '));
    assert.equal(await container.inspect('.State.OOMKilled'), 'false');
    assert.equal(await container.inspect('.State.Running'), 'true');
    for (const outcome of outcomes) assert.match(outcome, expected);
  });
}
