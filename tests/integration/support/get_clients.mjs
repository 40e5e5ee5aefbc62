// Clients that call Get in a loop, in a separate process: in the test's
// process they would delay its upstream, too.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from './client.mjs';

const SELF = fileURLToPath(import.meta.url);

/**
 * Runs `clients` clients for `ms` milliseconds, with GetRequest `request`.
 * `cancelAfterMs`: when each call is canceled; by default none is. Throws if a
 * call fails.
 */
export async function getRepeatedly(options) {
  const child = fork(SELF, { env: {
    ...process.env, GET_CLIENTS: JSON.stringify(options) } });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the Get clients exited with ${code}`);
}

async function run(
    { address, token, request, clients, ms, cancelAfterMs }) {
  os.setPriority(0, 19);
  const client = new Client(address, { token });
  const end = Date.now() + ms;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (Date.now() < end) {
      const got = client.get(request);
      if (cancelAfterMs === undefined) {
        await got;
        continue;
      }
      got.catch(() => {});
      await sleep(cancelAfterMs);
      got.cancel();
      await got.catch(() => {});
    }
  }));
  client.close();
}

if (process.argv[1] === SELF) {
  await run(JSON.parse(process.env.GET_CLIENTS));
}
