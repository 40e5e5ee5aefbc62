// Runs attacks.mjs, each attacker on its own thread.
import { once } from 'node:events';
import { Worker, isMainThread, parentPort, workerData }
  from 'node:worker_threads';
import { attacks } from './attacks.mjs';

/** Runs `attack` against `address`; returns its outcome. */
export async function attackOnce(attack, address) {
  const worker = new Worker(new URL(import.meta.url),
                            { workerData: { attack, address } });
  const [outcome] = await once(worker, 'message');
  await worker.terminate();
  return outcome;
}

if (!isMainThread) {
  const { attack, address } = workerData;
  // The connection may even close before anything was sent.
  parentPort.postMessage(
      await attacks[attack](address).catch(({ message }) => message));
}
