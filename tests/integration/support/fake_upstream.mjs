import { once } from 'node:events';
import http from 'node:http';

// Generous: only keeps a hang from lasting forever.
const TIMEOUT_MS = 15_000;

/**
 * An upstream inside the test, which controls each response: a request waits
 * until the test responds or the gateway aborts it. With `onRequest`, each
 * request goes there instead.
 */
export class FakeUpstream {
  static async start(onRequest) {
    const upstream = new FakeUpstream();
    upstream.#onRequest = onRequest;
    await upstream.listen(0);
    return upstream;
  }

  #onRequest;
  #server;
  #port;
  #unclaimed = [];  // Requests that no next() has claimed yet.
  #claims = [];  // The next() calls without a request yet.
  requestCount = 0;

  async listen(port) {
    this.#server = http.createServer((request, response) => {
      ++this.requestCount;
      const held = new HeldRequest(request, response);
      const handler = this.#onRequest ?? this.#claims.shift();
      if (handler) handler(held);
      else this.#unclaimed.push(held);
    });
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = this.#server.address().port;
  }

  get baseUrl() {
    return `http://127.0.0.1:${this.#port}/v1`;
  }

  /** The oldest unclaimed request, or else the next one to arrive. */
  next() {
    if (this.#unclaimed.length > 0) {
      return Promise.resolve(this.#unclaimed.shift());
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
          () => reject(new Error('no request arrived')), TIMEOUT_MS);
      this.#claims.push((held) => {
        clearTimeout(timer);
        resolve(held);
      });
    });
  }

  /** Refuses new connections and breaks the open ones. */
  async stop() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Listens again on the same port. */
  restart() {
    return this.listen(this.#port);
  }
}

class HeldRequest {
  #response;
  #closed;

  constructor(request, response) {
    this.method = request.method;
    this.path = request.url;
    this.headers = request.headers;
    this.#response = response;
    this.#closed = once(response, 'close');
    request.resume();
  }

  /** Resolves when the gateway has aborted the request. */
  async aborted() {
    const timer = new Promise((_, reject) => {
      setTimeout(
          () => reject(new Error('the request was not aborted')), TIMEOUT_MS)
          .unref();
    });
    await Promise.race([this.#closed, timer]);
  }

  /** Closes the connection without a response. */
  destroy() {
    this.#response.destroy();
  }

  respond(status, body, headers = {}) {
    this.#response.writeHead(
        status, { 'content-type': 'application/json', ...headers });
    this.#response.end(body);
  }
}
