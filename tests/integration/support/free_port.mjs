import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';

const RANGE = '/proc/sys/net/ipv4/ip_local_port_range';

// Above the ports of services that a machine may run.
const FIRST = 10_000;

const ATTEMPTS = 100;

async function isFree(port) {
  const server = net.createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/**
 * A port of 127.0.0.1 that was just free, for a program that must be told its
 * port. Outside the range from which the kernel chooses ports of connections
 * and of port 0: tests that run at the same time take thousands of those before
 * the program listens.
 */
export async function freePort() {
  const [end] = readFileSync(RANGE, 'utf8').split(/\s/).map(Number);
  assert.ok(end > FIRST, `no ports below those of ${RANGE}`);
  for (let i = 0; i < ATTEMPTS; ++i) {
    const port = randomInt(FIRST, end);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port in [${FIRST}, ${end}) after ${ATTEMPTS} tries`);
}
