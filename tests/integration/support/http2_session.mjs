import { once } from 'node:events';
import http2 from 'node:http2';
import { encode } from './schema.mjs';

// How long anything that is waited for here may take; only a bound.
const PATIENCE_MS = 15_000;

/** A connection of HTTP/2, to see what gRPC libraries keep to themselves. */
export class Http2Session {
  /** Ready when the server's settings have come. */
  static async open(t, address) {
    const session = new Http2Session(http2.connect(`http://${address}`));
    t.after(() => session.#session.destroy());
    await session.#once('remoteSettings');
    return session;
  }

  #session;
  #goaway;

  constructor(session) {
    this.#session = session;
    session.on('error', () => {});
    this.#goaway = once(session, 'goaway');
    this.#goaway.catch(() => {});  // Who asks is told.
  }

  #once = (event) => once(
      this.#session, event, { signal: AbortSignal.timeout(PATIENCE_MS) });

  get settings() {
    return this.#session.remoteSettings;
  }

  /** {code, text} of the server's wish to end the connection. */
  async goaway() {
    const [code, , text] = await this.#goaway;
    return { code, text: String(text ?? '') };
  }

  /** Returns with the answer; false: the connection has gone. */
  ping() {
    return new Promise((resolve) => {
      const sent = this.#session.ping((error) => resolve(!error));
      if (!sent) resolve(false);
    });
  }

  /** Returns when the server has sent a ping. */
  pinged = () => this.#once('ping');

  /** Begins a Wait, which goes on. */
  wait(id) {
    const bytes = encode('WaitRequest', { id });
    const head = Buffer.alloc(5);
    head.writeUInt32BE(bytes.length, 1);
    const stream = this.#session.request({
      ':method': 'POST', ':path': '/wriftai.v1.Predictions/Wait',
      'content-type': 'application/grpc', te: 'trailers',
    });
    stream.on('error', () => {});
    stream.end(Buffer.concat([head, bytes]));
    return new RawStream(stream);
  }
}

class RawStream {
  #stream;
  #trailers;

  constructor(stream) {
    this.#stream = stream;
    this.#trailers = once(stream, 'trailers');
    this.#trailers.catch(() => {});
  }

  /** Returns when something has come. */
  begun = () => once(this.#stream, 'data');

  /** The trailers that it ends with. */
  async trailers() {
    this.#stream.resume();
    const [trailers] = await this.#trailers;
    return trailers;
  }
}
