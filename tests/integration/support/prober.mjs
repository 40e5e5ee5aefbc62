// Calls one Get after the other, in a process of its own, so that nothing else
// in a test's process makes them seem slow.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from './client.mjs';

const SELF = fileURLToPath(import.meta.url);

/** A client that asks for a prediction which the gateway knows has ended. */
export class Prober {
  #child;

  /** Ready when its first call has been answered. */
  static async start(options) {
    const prober = new Prober();
    prober.#child = fork(SELF, { env: {
      ...process.env, PROBER_OPTIONS: JSON.stringify(options) } });
    await prober.#said();
    return prober;
  }

  /** The times of all calls, in ms, sorted; fails where a call has. */
  async stop() {
    this.#child.send('stop');
    const times = await this.#said();
    this.#child.kill();
    return times.sort((a, b) => a - b);
  }

  async #said() {
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
