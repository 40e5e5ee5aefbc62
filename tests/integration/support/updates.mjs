import { RpcError } from './rpc_error.mjs';

/** A stream of updates that reads only on demand. */
export class Updates {
  #call;
  #status;
  #reading = false;
  #wake = () => {};

  constructor(call) {
    this.#call = call;
    call.on('error', () => {});  // The status reports it.
    call.on('status', (status) => {
      this.#status = status;
      this.#wake();
    });
  }

  /** Cancels the stream. */
  cancel() {
    this.#call.cancel();
  }

  /** The next update; undefined after the last; throws RpcError. */
  async next() {
    if (!this.#reading) {
      // Not earlier: adding this listener starts reading from the network.
      this.#call.on('readable', () => this.#wake());
      this.#reading = true;
    }
    for (;;) {
      const update = this.#call.read();
      if (update !== null) return update;
      if (this.#status) break;
      await new Promise((resolve) => (this.#wake = resolve));
    }
    if (this.#status.code !== 0) throw new RpcError(this.#status);
    return undefined;
  }

  /** The next `count` updates. */
  async take(count) {
    const updates = [];
    while (updates.length < count) updates.push(await this.next());
    return updates;
  }

  /** All remaining updates of a stream that ends with OK. */
  async rest() {
    const updates = [];
    for (let update; (update = await this.next()) !== undefined;) {
      updates.push(update);
    }
    return updates;
  }

  /** The last update of a stream that ends with OK. */
  async last() {
    return (await this.rest()).at(-1);
  }
}
