import { once } from 'node:events';
import http2 from 'node:http2';
import { encode } from './schema.mjs';

// Generous: only keeps a hang from lasting forever.
const TIMEOUT_MS = 15_000;

/** An HTTP/2 connection, to see what gRPC libraries hide. */
export class Http2Session {
  /** Resolves when the server's settings have arrived. */
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
    this.#goaway.catch(() => {});  // goaway() reports it.
  }

  #once = (event) => once(
      this.#session, event, { signal: AbortSignal.timeout(TIMEOUT_MS) });

  get settings() {
    return this.#session.remoteSettings;
  }

  /** {code, text} of the server's GOAWAY. */
  async goaway() {
    const [code, , text] = await this.#goaway;
    return { code, text: String(text ?? '') };
  }

  /** Resolves with true on the ack, false if the connection is closed. */
  ping() {
    return new Promise((resolve) => {
      const sent = this.#session.ping((error) => resolve(!error));
      if (!sent) resolve(false);
    });
  }

  /** Resolves when the server has sent a ping. */
  pinged = () => this.#once('ping');

  /** Starts a Wait and leaves it open. */
  wait(id) {
    const bytes = encode('WaitRequest', { id });
    const head = Buffer.alloc(5);
    head.writeUInt32BE(bytes.length, 1);
    const stream = this.#session.request({
      ':method': 'POST', ':path': '/wriftai.predictions.v1.Predictions/Wait',
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

  /** Resolves when the first data has arrived. */
  begun = () => once(this.#stream, 'data');

  /** The trailers of the stream. */
  async trailers() {
    this.#stream.resume();
    const [trailers] = await this.#trailers;
    return trailers;
  }
}
