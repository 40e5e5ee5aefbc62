import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from './files.mjs';
import { freePort } from './free_port.mjs';
import { Gateway } from './gateway.mjs';

/** The signature header, implemented independently of the programs. */
export function sign(key, body, seconds = Math.floor(Date.now() / 1000)) {
  const hmac = createHmac('sha256', key).update(`${seconds}.${body}`);
  return `t=${seconds},v1=${hmac.digest('hex')}`;
}

/** A gateway that receives webhooks, with its keys in a file. */
export class WebhookGateway {
  static async start({ apiBaseUrl, token, key, flags = [] }) {
    const folder = mkdtempSync(join(tmpdir(), 'webhook-keys-'));
    const self = new WebhookGateway(folder, await freePort());
    self.writeKeys(key);
    self.gateway = await Gateway.start({
      apiBaseUrl, token,
      flags: [
        `--webhook_address=127.0.0.1:${self.port}`,
        `--webhook_public_url=${self.url}`,
        `--webhook_secret_file=${join(folder, 'keys')}`, ...flags,
      ],
    });
    return self;
  }

  constructor(folder, port) {
    this.folder = folder;
    this.port = port;
    this.url = `http://127.0.0.1:${port}/webhooks/wriftai`;
  }

  get address() {
    return this.gateway.address;
  }

  /** Replaces the file atomically, as Kubernetes does. */
  writeKeys(...keys) {
    replaceFile(join(this.folder, 'keys'),
                keys.map((key) => `${key}\n`).join(''));
  }

  /** Delivers `body` and returns the HTTP status. */
  async deliver(body, headers = {}) {
    const response = await fetch(this.url, {
      method: 'POST', body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    return response.status;
  }

  deliverSigned(key, body) {
    return this.deliver(
        body, { 'wriftai-webhook-signature': sign(key, body) });
  }

  async stop() {
    await this.gateway.stop();
    rmSync(this.folder, { recursive: true });
  }
}

/** Polls `condition` until it is true. */
export async function until(condition, text) {
  const end = Date.now() + 15_000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `timed out waiting for: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
