// Certificates that change while the gateway serves continuous calls, none of
// which may fail.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import { Authority, SecretVolume } from './support/certificates.mjs';
import { Client } from './support/client.mjs';
import { replaceFile, temporaryFolder } from './support/files.mjs';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('rotation-token-1');
const SERVER = { names: 'DNS:gateway.test' };
const SENDERS = 2;

// A gateway that requires client certificates, under continuous calls: on new
// connections, on a persistent one, and a Wait.
class Scenario {
  static async start(t, paths, secrets) {
    const scenario = new Scenario();
    const sandbox = await Sandbox.start();
    scenario.gateway = await Gateway.start({
      apiBaseUrl: sandbox.baseUrl, token: TOKEN,
      flags: [`--tls_cert_file=${paths.cert}`,
              `--tls_key_file=${paths.key}`,
              `--tls_client_ca_file=${paths.ca}`],
    });
    t.after(async () => {
      await scenario.gateway.stop();
      await sandbox.stop();
    });
    Object.assign(scenario, secrets);
    await scenario.#begin(t);
    return scenario;
  }

  #stopped = false;
  #loops = [];
  #counts = { fresh: 0, kept: 0 };
  #failures = [];

  client() {
    return new Client(this.gateway.address, {
      tls: { ca: this.servers.cert, ...this.identity },
    });
  }

  async #begin(t) {
    this.kept = this.client();
    t.after(() => this.kept.close());
    const id = randomUUID();
    this.wait = this.kept.createAndWait({
      create: { model: 'wriftai/echo',
                input: toValue({ sandbox: { id, run_s: 3600 } }) },
      wait_options: { only_changes: true },
    });
    this.id = (await this.wait.next()).prediction.id;
    const repeat = async (kind, call) => {
      while (!this.#stopped) {
        await call().then(() => ++this.#counts[kind],
                          (error) => this.#failures.push(error));
      }
    };
    this.#loops.push(repeat('kept', () => this.kept.get({ id: this.id })));
    for (let i = 0; i < SENDERS; ++i) {
      this.#loops.push(repeat('fresh', async () => {
        const client = this.client();
        await client.get({ id: this.id }).finally(() => client.close());
      }));
    }
  }

  /** Resolves when new connections get this certificate. */
  async awaitSerial(serial) {
    for (;;) {
      const socket = tls.connect({
        host: '127.0.0.1', port: Number(this.gateway.address.split(':')[1]),
        servername: 'gateway.test', ca: this.servers.cert,
        ALPNProtocols: ['h2'], ...this.identity,
      });
      await once(socket, 'secureConnect');
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      if (serialNumber === serial) return;
    }
  }

  /** Whether a new connection with this identity can make a call. */
  serves(identity) {
    const client = new Client(this.gateway.address, {
      tls: { ca: this.servers.cert, ...identity },
    });
    return client.get({ id: this.id })
        .then(() => true, (error) => {
          assert.equal(error.code, 'UNAVAILABLE');
          return false;
        })
        .finally(() => client.close());
  }

  awaitLog = (pattern) =>
    this.gateway.program.awaitOutput('stderr', pattern);

  /** Checks that calls keep succeeding, and that the Wait is still open. */
  async finish(t) {
    const { fresh, kept } = this.#counts;
    while (this.#counts.fresh < fresh + SENDERS || this.#counts.kept === kept) {
      assert.deepEqual(this.#failures, []);
      await this.serves(this.identity);
    }
    this.#stopped = true;
    await Promise.all(this.#loops);
    assert.deepEqual(this.#failures, []);
    t.diagnostic(`${this.#counts.fresh} calls on new connections, ` +
                 `${this.#counts.kept} on the persistent one`);
    await this.kept.cancel({ id: this.id });
    assert.equal((await this.wait.last()).prediction.status,
                 'PREDICTION_STATUS_FAILED');
  }
}

function secrets(t) {
  const folder = temporaryFolder(t);
  const servers = new Authority(folder, 'servers');
  const clients = new Authority(folder, 'clients');
  return { folder, servers, clients, identity: clients.issue({}) };
}

test('no call fails while a Kubernetes secret is replaced', async (t) => {
  const { folder, servers, clients, identity } = secrets(t);
  mkdirSync(join(folder, 'volume'));
  const files = ({ cert, key }) =>
    ({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': clients.cert });
  const volume =
      new SecretVolume(join(folder, 'volume'), files(servers.issue(SERVER)));
  const scenario = await Scenario.start(t, {
    cert: volume.path('tls.crt'), key: volume.path('tls.key'),
    ca: volume.path('ca.crt'),
  }, { servers, identity });
  const pair = servers.issue(SERVER);
  volume.replace(files(pair));
  await scenario.awaitSerial(pair.serial);
  await scenario.finish(t);
});

test('no call fails while files are replaced one by one',
     async (t) => {
       const { folder, servers, clients, identity } = secrets(t);
       const path = (name) => join(folder, name);
       const first = servers.issue(SERVER);
       const paths = { cert: path('cert'), key: path('key'), ca: path('ca') };
       writeFileSync(paths.cert, first.cert);
       writeFileSync(paths.key, first.key);
       writeFileSync(paths.ca, clients.cert);
       const scenario = await Scenario.start(t, paths, { servers, identity });

       const second = servers.issue(SERVER);
       replaceFile(paths.cert, second.cert);
       await scenario.awaitLog(
           /(--tls_key_file \S+: expected the key of the first .*; the last valid one stays in use)/);
       await scenario.awaitSerial(first.serial);
       replaceFile(paths.key, second.key);
       await scenario.awaitSerial(second.serial);
       await scenario.finish(t);
     });

test('no call fails while the CA of clients is replaced', async (t) => {
  const { folder, servers, clients, identity } = secrets(t);
  const path = (name) => join(folder, name);
  const pair = servers.issue(SERVER);
  const paths = { cert: path('cert'), key: path('key'), ca: path('ca') };
  writeFileSync(paths.cert, pair.cert);
  writeFileSync(paths.key, pair.key);
  writeFileSync(paths.ca, clients.cert);
  const scenario = await Scenario.start(t, paths, { servers, identity });
  const next = new Authority(folder, 'next');
  const later = next.issue({});
  assert.equal(await scenario.serves(later), false);

  replaceFile(paths.ca, 'nonsense');
  await scenario.awaitLog(
      /(--tls_client_ca_file \S+: expected .*; the last valid one stays in use)/);
  assert.equal(await scenario.serves(identity), true);

  replaceFile(paths.ca, clients.cert + next.cert);
  while (!await scenario.serves(later));
  scenario.identity = later;
  // A call with the old identity may still be in flight.
  await scenario.kept.get({ id: scenario.id });
  assert.equal(await scenario.serves(identity), true);
  await scenario.finish(t);

  replaceFile(paths.ca, next.cert);
  while (await scenario.serves(identity));
  assert.equal(await scenario.serves(later), true);
});
