import assert from 'node:assert/strict';
import { Program } from './program.mjs';
import { setting } from './setting.mjs';

/** A running wriftai-gateway. */
export class Gateway {
  /**
   * Resolves when the gateway is ready. `token`: the gateway's. `apiBaseUrl`:
   * the upstream.
   */
  static async start({ apiBaseUrl, token, flags = [], env = {} } = {}) {
    const program = Gateway.launch({ apiBaseUrl, token, flags, env });
    const address = await program.awaitOutput(
        'stderr', /gRPC listens on (127\.0\.0\.1:[1-9]\d*)("})?$/m);
    return new Gateway(program, address);
  }

  /** The same, without waiting until it is ready. */
  static launch({ apiBaseUrl, token, flags = [], env = {} }) {
    return new Program(
        setting('WRIFTAI_GATEWAY'),
        // Rates that no test reaches, except the tests of rate limits.
        ['--listen_address=127.0.0.1:0', '--http_address=127.0.0.1:0',
         '--read_rate=10000', '--create_rate=10000', ...flags], {
          env: {
            ...(apiBaseUrl && { WRIFTAI_API_BASE_URL: apiBaseUrl }),
            ...(token && { WRIFTAI_ACCESS_TOKEN: token }),
            ...env,
          },
        });
  }

  constructor(program, address) {
    this.program = program;
    this.address = address;
  }

  /** The URL of an operators' page. */
  urlOf(path) {
    const [, address] =
        /HTTP for operators listens on ([\d.:]+)/.exec(this.program.stderr);
    return `http://${address}${path}`;
  }

  /** The response to a GET of an operators' page: {status, type, body}. */
  async page(path) {
    const response = await fetch(this.urlOf(path));
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.text(),
    };
  }

  async stop() {
    const { code } = await this.program.stop();
    assert.equal(code, 0, this.program.describe());
  }
}
