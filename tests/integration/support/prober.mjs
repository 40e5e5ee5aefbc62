// Calls one Get after the other, on a thread of its own, so that nothing else
// in a test's process makes them seem slow.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { Client } from './client.mjs';

/** A client that asks for a prediction which the gateway knows has ended. */
export class Prober {
  #worker;

  /** Ready when its first call has been answered. */
  static async start(options) {
    const prober = new Prober();
    prober.#worker = new Worker(new URL(import.meta.url),
                                { workerData: options });
    await once(prober.#worker, 'message');
    return prober;
  }

  /** The times of all calls, in ms, sorted. */
  async stop() {
    this.#worker.postMessage('stop');
    const [times] = await once(this.#worker, 'message');
    await this.#worker.terminate();
    return times.sort((a, b) => a - b);
  }
}

async function probe({ address, token, id }) {
  const client = new Client(address, { token });
  let stopped = false;
  parentPort.once('message', () => (stopped = true));
  await client.get({ id });
  parentPort.postMessage('ready');
  const times = [];
  while (!stopped) {
    const began = performance.now();
    await client.get({ id });
    times.push(performance.now() - began);
    await sleep(2);
  }
  parentPort.postMessage(times);
}

if (!isMainThread) await probe(workerData);
