import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopAll } from './cleanup.mjs';
import { FaultProxy } from './fault_proxy.mjs';
import { freePort } from './free_port.mjs';
import { ReplicaProcess } from './replicas.mjs';
import { until } from './webhooks.mjs';

// Below the limit of three reads a second, with room for polls.
const PROBE_INTERVAL_MS = 450;

/**
 * A replica whose paths to etcd and from other replicas lead through fault
 * proxies.
 */
export class FaultyReplica {
  /** `options`: as of ReplicaProcess.start(); `etcd`: an Etcd. */
  static async start({ etcd, flags = [], ...options }) {
    const port = await freePort();
    const self = new FaultyReplica();
    self.etcdLink = await FaultProxy.start(new URL(etcd.endpoint).host);
    self.peerLink = await FaultProxy.start(`127.0.0.1:${port}`);
    try {
      self.process = await ReplicaProcess.start({
        ...options, etcd: `http://${self.etcdLink.address}`,
        flags: [`--peer_address=127.0.0.1:${port}`,
                `--peer_advertise=${self.peerLink.address}`,
                '--drain_timeout=3s', ...flags],
      });
    } catch (error) {
      await self.stop();
      throw error;
    }
    return self;
  }

  get client() {
    return this.process.client;
  }

  signal(name) {
    this.process.gateway.program.child.kill(name);
  }

  /** How many requests it has sent upstream. */
  async sentCount() {
    const metrics = await this.process.metrics();
    return metrics.samples('upstream_requests_total')
        .reduce((sum, { value }) => sum + value, 0);
  }

  heal() {
    this.etcdLink.heal();
    this.peerLink.heal();
  }

  /** Ends the process as a crash does, and its links. */
  async kill() {
    await this.process.kill();
    await stopAll(this);
  }

  async stop() {
    this.heal();
    await stopAll(this.process, [this.etcdLink, this.peerLink]);
  }
}

/** The replica that owns the only token in use, once one does. */
export async function ownerOf(replicas) {
  let found;
  await until(async () => {
    const owned = await Promise.all(
        replicas.map(({ process }) => process.ownsTokens()));
    found = replicas[owned.findIndex((count) => count > 0)];
    return found;
  }, 'a replica owns the token');
  return found;
}

/**
 * Calls List at a replica, one after the other, until stop(): when it has
 * succeeded, and how it has failed.
 */
export class Prober {
  #stopped = false;
  #running;

  constructor(replica) {
    this.successes = [performance.now()];
    this.failures = [];
    this.#running = this.#run(replica);
  }

  async #run(replica) {
    while (!this.#stopped) {
      const started = performance.now();
      try {
        await replica.client.list({ page_size: 5 });
        this.successes.push(performance.now());
      } catch (error) {
        this.failures.push(error.reason ?? error.code);
      }
      // Not faster because the last call took long.
      await sleep(Math.max(50, PROBE_INTERVAL_MS -
                               (performance.now() - started)));
    }
  }

  /** Resolves at the next success that begins after this. */
  async recovery() {
    const count = this.successes.length;
    await until(() => this.successes.length > count + 1, 'a call succeeds');
  }

  /** The longest time without a success, until now. */
  longestGapMs() {
    const times = [...this.successes, performance.now()];
    return Math.max(...times.slice(1).map((time, i) => time - times[i]));
  }

  async stop() {
    this.#stopped = true;
    await this.#running;
  }
}
