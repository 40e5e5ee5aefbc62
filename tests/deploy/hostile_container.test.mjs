// The attacks of one client, and of several at once, on the container under the
// limit of memory that deploy/k8s and docker-compose.yml give it: it survives,
// and a bystander is served. container_test.sh has built the image.
//
// WRIFTAI_ATTACKERS: how many attack at once.
import assert from 'node:assert/strict';
import process from 'node:process';
import { test } from 'node:test';
import { Client } from '../integration/support/client.mjs';
import { Prober } from '../integration/support/prober.mjs';
import { Sandbox } from '../integration/support/sandbox.mjs';
import { setting } from '../integration/support/setting.mjs';
import { attackOnce } from './support/attacker.mjs';
import { groupPeakMiB } from './support/control_group.mjs';
import { Container, freePort } from './support/podman.mjs';

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

// The id of a prediction that has ended, which Get answers by itself.
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

const REFUSED = /^(3: input: expected a value|8: the messages of calls in progress)/;
const BOMB = /^8: the request has more than 16777216 bytes when decompressed/;
const CUT = /^closed|ECONNRESET|EPIPE/;

for (const [attack, told] of [
  ['structs, gzip', REFUSED],
  ['structs, plain', REFUSED],
  ['gzip of 700 MB of zeros', BOMB],
  ['gzip of 300 MB of spaces', BOMB],
  ['CONTINUATION flood', CUT],
  ['rapid reset', CUT],
  ['huge metadata', CUT],
]) {
  test(`the container survives ${attack}`, { timeout: 60_000 }, async (t) => {
    const sandbox = await Sandbox.start();
    t.after(() => sandbox.stop());
    const { address, container } = await startGateway(t, sandbox.baseUrl);
    const token = 'bystander';
    const prober = await Prober.start(
        { address, token, id: await endedPrediction(address, token) });
    const answers = await Promise.all(
        Array.from({ length: ATTACKERS }, () => attackOnce(attack, address)));
    // Fails where a call of the bystander's has.
    const times = await prober.stop();
    const peak = groupPeakMiB(await container.inspect('.State.Pid'));
    t.diagnostic(
        `${ATTACKERS} attackers: ${Math.round(peak)} of ${LIMIT_MIB} MiB; ` +
        `${times.length} calls of a bystander, ` +
        `the longest ${Math.round(times.at(-1) ?? 0)} ms; told: ` +
        [...new Set(answers)].join('; '));
    assert.equal(await container.inspect('.State.OOMKilled'), 'false');
    assert.equal(await container.inspect('.State.Running'), 'true');
    for (const answer of answers) assert.match(answer, told);
  });
}
