import { RpcError } from './rpc_error.mjs';

/** A stream of updates, read only as far as it is asked for. */
export class Updates {
  #call;
  #status;
  #reading = false;
  #wake = () => {};

  constructor(call) {
    this.#call = call;
    call.on('error', () => {});  // The status says the same.
    call.on('status', (status) => {
      this.#status = status;
      this.#wake();
    });
  }

  /** Leaves the stream. */
  cancel() {
    this.#call.cancel();
  }

  /** The next update; undefined after the last; throws RpcError. */
  async next() {
    if (!this.#reading) {
      // Only now: this is what makes the stream read from the network.
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

  /** All updates up to the end, which is OK. */
  async rest() {
    const updates = [];
    for (let update; (update = await this.next()) !== undefined;) {
      updates.push(update);
    }
    return updates;
  }

  /** The last update before the end, which is OK. */
  async last() {
    return (await this.rest()).at(-1);
  }
}
