import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { performance } from 'node:perf_hooks';

// More than replicas of one test open to each other or to etcd.
const MAX_CONNECTIONS = 256;

// What one direction of a connection holds back; then the sender is no longer
// read, and its own buffers fill as they would on a dead network.
const MAX_QUEUED_BYTES = 1 << 20;

/**
 * A TCP proxy on a port of its own that breaks the network as asked: a link
 * that is cut, hangs, is slow, or passes one direction only.
 *
 * Bounded by the constants above. A fault holds until heal(), for connections
 * that are open and for new ones. Bytes that a fault held back are passed after
 * it, as TCP does; those of a cut connection are lost.
 */
export class FaultProxy {
  /** `target`: HOST:PORT. It may be set later, before the first connection. */
  static async start(target) {
    const self = new FaultProxy();
    self.target = target;
    self.#server.listen(0, '127.0.0.1');
    await once(self.#server, 'listening');
    return self;
  }

  /** How many connections it has accepted so far. */
  accepted = 0;

  #connections = new Set();
  #isCut = false;
  #server = net.createServer({ allowHalfOpen: true },
                             (client) => this.#accept(client));

  constructor() {
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#reset();
  }

  /** HOST:PORT to connect to. */
  get address() {
    return `127.0.0.1:${this.#server.address().port}`;
  }

  #reset() {
    this.#isCut = false;
    // Shared by all connections: toTarget is what clients send.
    this.directions = {
      toTarget: { isHeld: false, delayMs: 0 },
      toClient: { isHeld: false, delayMs: 0 },
    };
  }

  /** Resets all connections, and each new one. */
  cut() {
    this.#isCut = true;
    for (const connection of this.#connections) connection.reset();
  }

  /** Accepts connections and passes nothing in these directions. */
  blackHole(...names) {
    for (const name of this.#named(names)) this.directions[name].isHeld = true;
  }

  /** Passes everything this much later. */
  delay(ms, ...names) {
    for (const name of this.#named(names)) this.directions[name].delayMs = ms;
  }

  #named(names) {
    const all = Object.keys(this.directions);
    for (const name of names) assert.ok(all.includes(name), name);
    return names.length > 0 ? names : all;
  }

  /** Ends all faults. */
  heal() {
    this.#reset();
    for (const connection of this.#connections) connection.resume();
  }

  async stop() {
    this.cut();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #accept(client) {
    if (this.#isCut) {
      client.on('error', () => {});
      abort(client);
      return;
    }
    assert.ok(this.target, 'the proxy has no target');
    const connection = new Connection(client, this.target, this);
    ++this.accepted;
    this.#connections.add(connection);
    client.on('close', () => this.#connections.delete(connection));
  }
}

// Resets a connection where that is possible. Node.js cannot reset a socket
// that is being shut down: its handle would stay, and the process would spin
// when it exits. One that is still connecting would be reset later.
function abort(socket) {
  if (socket.destroyed) return;
  if (socket.writableEnded || socket.connecting) {
    socket.destroy();
  } else {
    socket.resetAndDestroy();
  }
}

class Connection {
  #client;
  #target;
  #flows;

  constructor(client, target, proxy) {
    const [host, port] = target.split(':');
    this.#client = client;
    this.#target = net.connect({ host, port: Number(port),
                                 allowHalfOpen: true });
    for (const socket of [this.#client, this.#target]) {
      socket.setNoDelay();
      socket.on('error', () => this.reset());
    }
    this.#flows = [
      new Flow(this.#client, this.#target, () => proxy.directions.toTarget),
      new Flow(this.#target, this.#client, () => proxy.directions.toClient),
    ];
  }

  resume() {
    for (const flow of this.#flows) flow.pass();
  }

  reset() {
    for (const flow of this.#flows) flow.drop();
    for (const socket of [this.#client, this.#target]) abort(socket);
  }
}

/** One direction of a connection: what `from` sends, in order. */
class Flow {
  #from;
  #to;
  #direction;  // Returns {isHeld, delayMs}.
  #queue = [];  // {chunk, due}; a null chunk is the end of the stream.
  #queuedBytes = 0;
  #isFull = false;  // `to` has not yet drained.
  #timer;

  constructor(from, to, direction) {
    this.#from = from;
    this.#to = to;
    this.#direction = direction;
    from.on('data', (chunk) => this.#add(chunk));
    from.on('end', () => this.#add(null));
    to.on('drain', () => {
      this.#isFull = false;
      this.pass();
    });
  }

  #add(chunk) {
    const due = performance.now() + this.#direction().delayMs;
    this.#queue.push({ chunk, due });
    this.#queuedBytes += chunk?.length ?? 0;
    if (this.#queuedBytes > MAX_QUEUED_BYTES) this.#from.pause();
    this.pass();
  }

  /** Passes what is due, unless the direction is held. */
  pass() {
    clearTimeout(this.#timer);
    while (this.#queue.length > 0 && !this.#isFull && !this.#to.destroyed &&
           !this.#direction().isHeld) {
      const [{ chunk, due }] = this.#queue;
      const remaining = due - performance.now();
      if (remaining > 0) {
        this.#timer = setTimeout(() => this.pass(), remaining);
        return;
      }
      this.#queue.shift();
      if (chunk === null) {
        this.#to.end();
      } else {
        this.#queuedBytes -= chunk.length;
        this.#isFull = !this.#to.write(chunk);
      }
    }
    if (this.#queuedBytes <= MAX_QUEUED_BYTES) this.#from.resume();
  }

  drop() {
    clearTimeout(this.#timer);
    this.#queue = [];
    this.#queuedBytes = 0;
  }
}
