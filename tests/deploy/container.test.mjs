// The images as an operator runs them: read-only, as an unprivileged user,
// without capabilities, under a memory limit, with a client outside.
// container_test.sh builds them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readdirSync, readFileSync } from 'node:fs';
import { Client } from '../integration/support/client.mjs';
import { freePort } from '../integration/support/free_port.mjs';
import { failure } from '../integration/support/rpc_error.mjs';
import { setting } from '../integration/support/setting.mjs';
import { eventually } from './support/eventually.mjs';
import { fromRoot } from './support/paths.mjs';
import { Container, podman, podmanStatus, tool } from './support/podman.mjs';

const TAG = setting('WRIFTAI_IMAGE_TAG');
const GATEWAY = `localhost/wriftai-gateway:${TAG}`;
const SANDBOX = `localhost/wriftai-sandbox:${TAG}`;

// Half of what deploy/k8s requests.
const MEMORY = 128 << 20;

const echo = (seconds) => ({
  model: 'wriftai/echo', input_json: `{"sandbox":{"run_s":${seconds}}}`,
});

async function startSandbox(t) {
  const address = `127.0.0.1:${await freePort()}`;
  const container = await Container.run(
      t, SANDBOX, { env: { SANDBOX_LISTEN_ADDRESS: address } });
  await container.healthy();
  return `http://${address}/v1`;
}

async function startGateway(t, apiBaseUrl) {
  const address = `127.0.0.1:${await freePort()}`;
  const adminAddress = `127.0.0.1:${await freePort()}`;
  const container = await Container.run(t, GATEWAY, {
    options: [`--memory=${MEMORY}`, '--cpus=0.5', '--pids-limit=64'],
    env: {
      GATEWAY_LISTEN_ADDRESS: address, GATEWAY_HTTP_ADDRESS: adminAddress,
      WRIFTCTL_ADDRESS: address, WRIFTAI_API_BASE_URL: apiBaseUrl,
      WRIFTAI_ACCESS_TOKEN: 'any',
    },
  });
  await container.healthy();
  const client = new Client(address);
  t.after(() => client.close());
  return { address, adminAddress, container, client };
}

const procStatus = async (container, field) => {
  const pid = await container.inspect('.State.Pid');
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return new RegExp(`^${field}:\\s+(\\S+)`, 'm').exec(text)[1];
};

for (const [image, programs, mib] of [
  [GATEWAY, ['wriftai-gateway', 'wriftctl'], 64],
  [SANDBOX, ['wriftai-sandbox'], 48],
]) {
  test(`${image} contains only its programs and what they need, no shell`,
       async (t) => {
         const id = await podman('create', '--pull=never', image);
         t.after(() => podman('rm', '--force', id));
         const root = await podman('mount', id);
         const { stdout } =
             await tool('ls', [`${root}/usr/bin`, `${root}/etc`]);
         assert.deepEqual(
             stdout.split('\n').filter((name) => /^[a-z]/.test(name)).sort(),
             [...programs, 'group', 'nsswitch.conf', 'os-release', 'passwd',
              ...image === GATEWAY ? ['ssl'] : []].sort());
         const size =
             Number(await podman('inspect', '--format', '{{.Size}}', image));
         t.diagnostic(`${(size / 1e6).toFixed(1)} MB`);
         assert.ok(size < mib << 20, `${size} bytes`);
         const { User, Labels, StopSignal } = JSON.parse(
             await podman('inspect', '--format', '{{json .Config}}', image));
         assert.equal(User, '65532:65532');
         assert.equal(StopSignal, 'SIGTERM');
         const label = (name) => Labels[`org.opencontainers.image.${name}`];
         assert.equal(label('title'), programs[0]);
         assert.match(label('description'), /WriftAI/);
         assert.equal(label('vendor'), 'WriftAI');
         assert.equal(label('licenses'), 'Apache-2.0');
         assert.equal(
             label('version'),
             (await tool(fromRoot('scripts/version.sh'), [])).stdout.trim());
         assert.match(label('revision'), /^[0-9a-f]{40}$/);
         for (const name of ['url', 'source', 'documentation']) {
           assert.match(label(name), /^https:\/\/github\.com\/wriftai\//);
         }
       });
}

test('the gateway serves a client, and holds 1,000 waits in a quarter of the ' +
     'memory limit of deploy/k8s', async (t) => {
  const { container, client } = await startGateway(t, await startSandbox(t));
  assert.equal(await procStatus(container, 'Uid'), '65532');
  assert.equal(await procStatus(container, 'CapEff'), '0'.repeat(16));
  assert.equal(await procStatus(container, 'NoNewPrivs'), '1');
  const end = await client.createAndWait({ create: echo(0.1) }).last();
  assert.equal(end.prediction.status, 'PREDICTION_STATUS_SUCCEEDED');

  const { id } = await client.create(echo(3600));
  const waits = Array.from({ length: 1000 }, () => client.wait({ id }));
  await Promise.all(waits.map((wait) => wait.next()));
  t.diagnostic(`${await procStatus(container, 'VmHWM')} KiB peak, ` +
               `${await procStatus(container, 'Threads')} threads`);
  const drained = waits.map((wait) => failure(
      (async () => { for (;;) await wait.next(); })(),
      { code: 'UNAVAILABLE', reason: 'DRAINING' }));
  assert.equal(await container.stop(), 0);
  await Promise.all(drained);
  assert.equal(await container.inspect('.State.OOMKilled'), 'false');
});

test('the README\'s container has a sandbox, and a client for it', async (t) => {
  const readme = readFileSync(fromRoot('README.md'), 'utf8');
  const [, flags] =
      new RegExp(`^docker run .* wriftai-gateway:${TAG} (.*)$`, 'm').exec(readme);
  const [, command] = /^docker exec wriftai (.*)$/m.exec(readme);
  // Other ports: the machine may use the default ones.
  const address = `127.0.0.1:${await freePort()}`;
  const container = await Container.run(t, GATEWAY, {
    args: flags.split(' '),
    env: {
      GATEWAY_LISTEN_ADDRESS: address,
      GATEWAY_HTTP_ADDRESS: `127.0.0.1:${await freePort()}`,
      WRIFTCTL_ADDRESS: address,
    },
  });
  await container.healthy();
  const output = await podman(
      'exec', container.id, ...command.replaceAll("'", '').split(' '));
  assert.match(output, /^status +succeeded$/m);
  assert.match(output, /^Hello$/m);
});

test('Docker alone builds the Debian package', async () => {
  const folder = fromRoot('build/containers/package');
  const [name, ...others] = readdirSync(folder);
  assert.deepEqual(others, []);
  const { code, stdout, stderr } = await tool(
      'dpkg-deb', ['--show', '--showformat=${Package} ${Depends}',
                   `${folder}/${name}`]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^wriftai-gateway .*\blibgrpc\+\+1\.51 /);
});

test('a second SIGTERM ends the gateway at once, also as PID 1', async (t) => {
  const { container, client, adminAddress } =
      await startGateway(t, await startSandbox(t));
  const held = failure(
      client.create({ ...echo(3600), server_wait: { seconds: 60 } }), {});
  await eventually(() => 'the create is held', async () =>
    /^wriftai_gateway_budget_outstanding\{.*"create"\} 1$/m.test(
        await (await fetch(`http://${adminAddress}/metrics`)).text()));
  await podman('kill', '--signal=SIGTERM', container.id);
  await eventually(() => 'the drain has started', async () =>
    (await container.logs()).includes('draining'));
  // If the signal were ignored, the drain would end with status 0.
  assert.equal(await container.stop(), 143);
  await held;
});

test('the image contains wriftctl and no shell',
     async (t) => {
  const { container } = await startGateway(t, await startSandbox(t));
  assert.notEqual(await podmanStatus('exec', container.id, '/bin/sh'), 0);
  assert.equal(
      await podmanStatus('exec', container.id, '/usr/bin/wriftctl', 'health'),
      0);
  assert.equal(
      await podmanStatus('exec', container.id, '/usr/bin/wriftctl', 'health',
                         '--service=wriftai.predictions.v1.Other'), 1);
});
