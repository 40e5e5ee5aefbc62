// Calls Get in a loop, in a separate process, so that nothing else in the
// test's process adds to the latency.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from './client.mjs';

const SELF = fileURLToPath(import.meta.url);

/** A client that gets a prediction which the gateway knows has ended. */
export class Prober {
  #child;

  /** Resolves when its first call has succeeded. */
  static async start(options) {
    const prober = new Prober();
    prober.#child = fork(SELF, { env: {
      ...process.env, PROBER_OPTIONS: JSON.stringify(options) } });
    await prober.#nextMessage();
    return prober;
  }

  /** The sorted latencies of all calls, in ms; throws if a call failed. */
  async stop() {
    this.#child.send('stop');
    const times = await this.#nextMessage();
    this.#child.kill();
    return times.sort((a, b) => a - b);
  }

  async #nextMessage() {
    const [message] = await Promise.race([
      once(this.#child, 'message'),
      once(this.#child, 'exit').then(() => {
        throw new Error('a call of the prober has failed');
      }),
    ]);
    return message;
  }
}

async function probe({ address, token, id }) {
  const client = new Client(address, { token });
  let stopped = false;
  process.once('message', () => (stopped = true));
  await client.get({ id });
  process.send('ready');
  const times = [];
  while (!stopped) {
    const began = performance.now();
    await client.get({ id });
    times.push(performance.now() - began);
    await sleep(2);
  }
  process.send(times);
}

if (process.argv[1] === SELF) {
  await probe(JSON.parse(process.env.PROBER_OPTIONS));
}
