import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * An upstream with TLS and its own certificate. It offers HTTP/2 and HTTP/1.1,
 * or HTTP/1.1 only.
 */
export class TlsUpstream {
  /** `handler`: called with each (request, response). */
  static async start(handler, { offersHttp2 = true } = {}) {
    const upstream = new TlsUpstream();
    await upstream.#listen(handler, offersHttp2);
    return upstream;
  }

  #server;
  #folder = mkdtempSync(join(tmpdir(), 'tls-upstream-'));
  #sockets = new Set();
  connections = 0;
  /** [HTTP version, method] of each request. */
  requests = [];

  get caFile() {
    return join(this.#folder, 'certificate.pem');
  }

  get baseUrl() {
    return `https://127.0.0.1:${this.#server.address().port}/v1`;
  }

  async #listen(handler, offersHttp2) {
    const keyFile = join(this.#folder, 'key.pem');
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
      '-nodes', '-days', '1', '-subj', '/CN=upstream',
      '-addext', 'subjectAltName=IP:127.0.0.1',
      '-keyout', keyFile, '-out', this.caFile,
    ], { stdio: 'ignore' });
    const create =
        offersHttp2 ? http2.createSecureServer : https.createServer;
    this.#server = create({
      key: readFileSync(keyFile), cert: readFileSync(this.caFile),
      allowHTTP1: true,
    }, (request, response) => {
      this.requests.push([request.httpVersion, request.method]);
      request.resume();
      handler(request, response);
    });
    this.#server.on('secureConnection', (socket) => {
      ++this.connections;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});  // The gateway may close first.
    });
    this.#server.on('tlsClientError', () => {});
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#sockets.forEach((socket) => socket.destroy());
    await closed;
    rmSync(this.#folder, { recursive: true });
  }
}
