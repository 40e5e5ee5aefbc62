// Attackers of attacks.mjs, each on a thread of its own.
import { once } from 'node:events';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { attacks } from './attacks.mjs';

/** What an attacker was told who has done `attack` to `address`. */
export async function attackOnce(attack, address) {
  const worker = new Worker(new URL(import.meta.url),
                            { workerData: { attack, address } });
  const [told] = await once(worker, 'message');
  await worker.terminate();
  return told;
}

if (!isMainThread) {
  const { attack, address } = workerData;
  // Also a connection may end before anything was sent.
  parentPort.postMessage(
      await attacks[attack](address).catch(({ message }) => message));
}
