import { once } from 'node:events';
import http from 'node:http';

// How long anything that is waited for here may take; only a bound.
const PATIENCE_MS = 15_000;

/**
 * An upstream inside the test, for what the test has to hold in its own hands:
 * requests wait until they are answered or the gateway gives them up. With
 * `take`, each is given to it instead.
 */
export class FakeUpstream {
  static async start(take) {
    const upstream = new FakeUpstream();
    upstream.#take = take;
    await upstream.listen(0);
    return upstream;
  }

  #take;
  #server;
  #port;
  #waiting = [];  // Requests that nobody has asked for yet.
  #wanted = [];   // Those who ask.
  requestCount = 0;

  async listen(port) {
    this.#server = http.createServer((request, response) => {
      ++this.requestCount;
      const held = new HeldRequest(request, response);
      const taker = this.#take ?? this.#wanted.shift();
      if (taker) taker(held);
      else this.#waiting.push(held);
    });
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = this.#server.address().port;
  }

  get baseUrl() {
    return `http://127.0.0.1:${this.#port}/v1`;
  }

  /** The next request that comes, or has come and not been asked for. */
  next() {
    if (this.#waiting.length > 0) return Promise.resolve(this.#waiting.shift());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
          () => reject(new Error('no request came')), PATIENCE_MS);
      this.#wanted.push((held) => {
        clearTimeout(timer);
        resolve(held);
      });
    });
  }

  /** Refuses connections from now on, and breaks those that are open. */
  async stop() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Listens again where it did before. */
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

  /** Returns when the gateway has given the request up. */
  async abandoned() {
    const timer = new Promise((_, reject) => {
      setTimeout(() => reject(new Error('the request goes on')), PATIENCE_MS)
          .unref();
    });
    await Promise.race([this.#closed, timer]);
  }

  answer(status, body, headers = {}) {
    this.#response.writeHead(
        status, { 'content-type': 'application/json', ...headers });
    this.#response.end(body);
  }
}
