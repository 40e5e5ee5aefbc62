import { once } from 'node:events';
import http2 from 'node:http2';

// Frames a message as gRPC does: uncompressed flag, length, bytes.
function frame(bytes) {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
}

function* unframe(buffer) {
  for (let at = 0; at < buffer.length;) {
    const end = at + 5 + buffer.readUInt32BE(at + 1);
    yield buffer.subarray(at + 5, end);
    at = end;
  }
}

/**
 * A call over plain HTTP/2, for requests and slow readers that no gRPC library
 * allows. It reads nothing before finish().
 */
export class RawCall {
  /**
   * `headers`: besides those that gRPC requires; `bytes`: the message;
   * `settings`: the client's HTTP/2 settings.
   */
  constructor(address, method, bytes, headers = {}, settings = {}) {
    this.session = http2.connect(`http://${address}`, { settings });
    this.session.on('error', () => {});  // The stream reports it, too.
    this.stream = this.session.request({
      ':method': 'POST',
      ':path': `/wriftai.predictions.v1.Predictions/${method}`,
      'content-type': 'application/grpc', te: 'trailers', ...headers,
    });
    this.stream.pause();
    this.headers = {};
    const take = (received) => Object.assign(this.headers, received);
    this.stream.on('response', take).on('trailers', take);
    this.stream.end(frame(bytes));
  }

  /** The messages, headers and trailers, once the stream has ended. */
  async finish() {
    const parts = [];
    this.stream.on('data', (part) => parts.push(part)).resume();
    try {
      await once(this.stream, 'close');
    } finally {
      this.session.destroy();
    }
    return {
      messages: [...unframe(Buffer.concat(parts))], headers: this.headers,
    };
  }
}
