// What most test files begin with: a sandbox, a gateway before it, and a
// client of that. The names are bound live, so that a file that imports them
// has them in its tests.
import { after, before } from 'node:test';
import { Client } from './client.mjs';
import { Gateway } from './gateway.mjs';
import { Sandbox } from './sandbox.mjs';

export let sandbox;
export let gateway;
export let predictions;

/**
 * Serves all tests of the file that calls it. `token`: the gateway's own.
 * `flags`: more of its flags.
 */
export function serve({ token, flags = [] }) {
  before(async () => {
    sandbox = await Sandbox.start();
    gateway = await Gateway.start({
      apiBaseUrl: sandbox.baseUrl, token, flags,
    });
    predictions = new Client(gateway.address);
  });

  after(async () => {
    predictions?.close();
    await gateway?.stop();
    await sandbox?.stop();
  });
}
