// The usual fixture: a sandbox, a gateway in front of it, and a client. The
// exports are live bindings, so importers see them once the tests run.
import { after, before } from 'node:test';
import { Client } from './client.mjs';
import { Gateway } from './gateway.mjs';
import { Sandbox } from './sandbox.mjs';

export let sandbox;
export let gateway;
export let predictions;

/**
 * Starts the fixture for all tests of the calling file. `token`: the gateway's.
 * `flags`: more flags of the gateway.
 */
export function useSharedGateway({ token, flags = [] }) {
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
