import { EventEmitter, once } from 'node:events';
import net from 'node:net';

/** The HTTP/2 client connection preface, with empty SETTINGS. */
export const PREFACE =
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');

/**
 * Many TCP connections to one port. Each sends `bytes` and then stays silent,
 * reading only to notice when the server closes it.
 */
export class IdleConnections {
  #sockets = [];
  #events = new EventEmitter();
  /** How many the server has closed. */
  closed = 0;

  /** Resolves once all are connected. `from`: the local address. */
  static async open(t, address, count, { bytes, from = '127.0.0.1' } = {}) {
    const all = new IdleConnections();
    t.after(() => all.close());
    const colon = address.lastIndexOf(':');
    const port = Number(address.slice(colon + 1));
    await Promise.all(Array.from({ length: count }, async () => {
      const socket = net.connect(
          { host: '127.0.0.1', port, localAddress: from, noDelay: true });
      all.#sockets.push(socket);
      socket.on('error', () => {}).on('close', () => all.#onClosed()).resume();
      // The server may close it before the client sees it connected.
      await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
      if (bytes !== undefined) socket.write(bytes);
    }));
    return all;
  }

  /** Resolves once the server has closed `count` of them. */
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

  /** Closes all of them and waits until they are closed. */
  async close() {
    await Promise.all(this.#sockets.map(async (socket) => {
      if (socket.closed) return;
      const closed = once(socket, 'close');
      socket.destroy();
      await closed;
    }));
  }
}
