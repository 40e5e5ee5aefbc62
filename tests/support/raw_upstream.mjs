import { once } from 'node:events';
import net from 'node:net';

// Upper bound for every wait; far longer than any wait takes.
const TIMEOUT_MS = 15_000;

/**
 * The bytes of an HTTP/1.1 response. `status`: a number, or the end of a status
 * line ("200 OK"). `body`: a string or a Buffer. Adds a content-length unless
 * `headers` has one or a transfer-encoding.
 */
export function rawResponse(status, body = '', headers = {}) {
  const bytes = Buffer.from(body);
  const all = {
    'content-type': 'application/json',
    ...(!('transfer-encoding' in headers) && {
      'content-length': bytes.length,
    }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) =>
    Buffer.concat([Buffer.from(`${name}: `), Buffer.from(`${value}`, 'latin1'),
                   Buffer.from('\r\n')]));
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status}${typeof status === 'number' ? ' X' : ''}\r\n`),
    ...lines, Buffer.from('\r\n'), bytes]);
}

/**
 * An HTTP/1.1 upstream that can send any bytes at any time. It calls
 * `onRequest(request)` for each complete request, which may write anything to
 * the request's connection at any time.
 */
export class RawUpstream {
  static async start(onRequest) {
    const upstream = new RawUpstream();
    upstream.#onRequest = onRequest;
    upstream.#server = net.createServer((socket) => upstream.#accept(socket));
    upstream.#server.listen(0, '127.0.0.1');
    await once(upstream.#server, 'listening');
    return upstream;
  }

  #onRequest;
  #server;
  #sockets = new Set();
  #waiting = new Set();

  /** All requests so far, in the order in which they arrived. */
  requests = [];
  /** Connections accepted so far. */
  connectionCount = 0;

  get openConnectionCount() {
    return this.#sockets.size;
  }

  get baseUrl() {
    return `http://127.0.0.1:${this.#server.address().port}/v1`;
  }

  /** Requests whose path, without the query, is `path`. */
  requestsOf(path) {
    return this.requests.filter((r) => r.path.split('?')[0] === path);
  }

  /** Returns once `condition()` holds; checks it after each event. */
  async until(condition, what = 'the condition') {
    if (condition()) return;
    await new Promise((resolve, reject) => {
      const entry = () => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#waiting.delete(entry);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(entry);
        reject(new Error(`timed out waiting for ${what}`));
      }, TIMEOUT_MS);
      this.#waiting.add(entry);
    });
  }

  async stop() {
    this.#server.close();
    this.#sockets.forEach((socket) => socket.destroy());
    await once(this.#server, 'close');
  }

  #changed() {
    for (const entry of [...this.#waiting]) entry();
  }

  #accept(socket) {
    const connection = this.connectionCount++;
    this.#sockets.add(socket);
    let buffer = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      buffer = Buffer.concat([buffer, bytes]);
      for (let parsed = this.#parse(buffer); parsed;
           parsed = this.#parse(buffer)) {
        buffer = buffer.subarray(parsed.size);
        const request = new RawRequest(parsed.head, parsed.body, socket,
                                       connection);
        this.requests.push(request);
        this.#onRequest(request);
      }
      this.#changed();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#changed();
    });
    this.#changed();
  }

  // The first complete request in `buffer`.
  #parse(buffer) {
    const end = buffer.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const head = buffer.toString('latin1', 0, end);
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    const size = end + 4 + length;
    if (buffer.length < size) return undefined;
    return { head, body: buffer.toString('utf8', end + 4, size), size };
  }
}

/** A request that a RawUpstream has read, and its connection. */
class RawRequest {
  /** `connection`: 0 for the upstream's first, and so on. */
  constructor(head, body, socket, connection) {
    const [first, ...lines] = head.split('\r\n');
    [this.method, this.path] = first.split(' ');
    this.headers = Object.fromEntries(lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }));
    this.body = body;
    this.socket = socket;
    this.connection = connection;
  }

  /** The caller's access token. */
  get token() {
    return this.headers.authorization?.replace(/^Bearer /, '');
  }

  /** Sends exactly `bytes`; returns once they are handed to the kernel. */
  async send(bytes) {
    if (this.socket.destroyed) return;
    await new Promise((resolve) => this.socket.write(bytes, resolve));
  }

  /** Sends a valid response; see rawResponse(). */
  respond(status, body, headers) {
    return this.send(rawResponse(status, body, headers));
  }
}
