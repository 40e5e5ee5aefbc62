import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free_port.mjs';
import { Program, run } from './program.mjs';

const BIN = fileURLToPath(
    new URL('../../../build/tools/usr/bin/', import.meta.url));

/** A running etcd with one member. */
export class Etcd {
  /**
   * `tls`: paths of {ca, cert, key}, also of the clients that it then requires;
   * by default plaintext. `flags`: more flags.
   */
  static async start({ tls, flags = [] } = {}) {
    assert.ok(existsSync(join(BIN, 'etcd')),
              `${BIN}etcd is missing: run scripts/install.sh test`);
    const self = new Etcd(mkdtempSync(join(tmpdir(), 'etcd-')),
                          await freePort(), await freePort(), tls, flags);
    await self.run();
    return self;
  }

  constructor(folder, port, peerPort, tls, flags = []) {
    this.folder = folder;
    this.endpoint = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
    this.peer = `http://127.0.0.1:${peerPort}`;
    this.tls = tls;
    this.flags = flags;
  }

  /** Starts it, or starts it again with its data. */
  async run() {
    this.program = new Program(join(BIN, 'etcd'), [
      '--name=m0', `--data-dir=${this.folder}`,
      `--listen-client-urls=${this.endpoint}`,
      `--advertise-client-urls=${this.endpoint}`,
      `--listen-peer-urls=${this.peer}`,
      `--initial-advertise-peer-urls=${this.peer}`,
      `--initial-cluster=m0=${this.peer}`,
      '--heartbeat-interval=50', '--election-timeout=500',
      '--auto-compaction-mode=periodic', '--auto-compaction-retention=1h',
      ...(this.tls ? [
        '--client-cert-auth', `--trusted-ca-file=${this.tls.ca}`,
        `--cert-file=${this.tls.cert}`, `--key-file=${this.tls.key}`,
      ] : []),
      ...this.flags,
    ]);
    await this.program.awaitOutput(
        'stderr', /(ready to serve client requests)/);
  }

  /** Sends a signal to the process. */
  signal(name) {
    this.program.child.kill(name);
  }

  /** Ends the process as a crash does. */
  async kill() {
    this.signal('SIGKILL');
    await this.program.ended;
  }

  /** The output of etcdctl. */
  async control(...args) {
    const { code, stdout, stderr } =
        await run(join(BIN, 'etcdctl'),
                  [`--endpoints=${this.endpoint}`,
                   ...(this.tls ? [`--cacert=${this.tls.ca}`,
                                   `--cert=${this.tls.cert}`,
                                   `--key=${this.tls.key}`] : []),
                   ...args],
                  { env: { ETCDCTL_API: '3' } });
    assert.equal(code, 0, stderr);
    return stdout;
  }

  /** All keys and values, as text. */
  dump() {
    return this.control('get', '--prefix', '');
  }

  async stop() {
    this.signal('SIGCONT');
    await this.kill();
    rmSync(this.folder, { recursive: true });
  }
}
