// A sandbox, a gateway in front of it, and a client of the package for each
// test, closed after it.
import { after, before } from 'node:test';
import { Gateway } from '../../integration/support/gateway.mjs';
import { Sandbox } from '../../integration/support/sandbox.mjs';
import { Client } from './package.mjs';

export const GATEWAY_TOKEN = 'gateway-token';

export let sandbox;
export let gateway;

/** Starts the programs for all tests of the calling file. */
export function usePrograms() {
  before(async () => ({ sandbox, gateway } = await startPrograms()));
  after(async () => {
    await gateway?.stop();
    await sandbox?.stop();
  });
}

/** Starts a sandbox and a gateway. */
export async function startPrograms() {
  const upstream = await Sandbox.start();
  return {
    sandbox: upstream,
    gateway: await Gateway.start(
        { apiBaseUrl: upstream.baseUrl, token: GATEWAY_TOKEN }),
  };
}

/** The predictions of a new client, by default of the shared gateway. */
export function connect(t, options = {}, address = gateway.address) {
  const client = new Client(address, options);
  t.after(() => client.close());
  return client.predictions;
}
