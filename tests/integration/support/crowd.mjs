import { EventEmitter, once } from 'node:events';
import net from 'node:net';

/** The client's greeting of HTTP/2, with empty SETTINGS. */
export const GREETING =
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');

/**
 * Many TCP connections to one port that send `bytes` and then nothing, and
 * read nothing but the end.
 */
export class Crowd {
  #sockets = [];
  #events = new EventEmitter();
  /** How many the server has closed. */
  closed = 0;

  /** Returns once all are connected. `from`: the local address. */
  static async open(t, address, count, { bytes, from = '127.0.0.1' } = {}) {
    const crowd = new Crowd();
    t.after(() => crowd.close());
    const colon = address.lastIndexOf(':');
    const port = Number(address.slice(colon + 1));
    await Promise.all(Array.from({ length: count }, async () => {
      const socket = net.connect(
          { host: '127.0.0.1', port, localAddress: from, noDelay: true });
      crowd.#sockets.push(socket);
      socket.on('error', () => {}).on('close', () => crowd.#onClosed()).resume();
      // A server may close it before that is known here.
      await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
      if (bytes !== undefined) socket.write(bytes);
    }));
    return crowd;
  }

  /** Returns once the server has closed `count` of them. */
  async awaitClosed(count) {
    while (this.closed < count) await once(this.#events, 'closed');
  }

  #onClosed() {
    ++this.closed;
    this.#events.emit('closed');
  }

  send(bytes) {
    for (const socket of this.#sockets) socket.write(bytes);
  }

  /** Closes all of them; returns once they are. */
  async close() {
    await Promise.all(this.#sockets.map(async (socket) => {
      if (socket.closed) return;
      const closed = once(socket, 'close');
      socket.destroy();
      await closed;
    }));
  }
}
