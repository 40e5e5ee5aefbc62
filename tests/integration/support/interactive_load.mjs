import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import { measure } from './bounds.mjs';

const { UNAVAILABLE, CANCELLED, RESOURCE_EXHAUSTED } = grpc.status;
const REPEATABLE = [UNAVAILABLE, CANCELLED, RESOURCE_EXHAUSTED];

// Gets take at most one of the three reads that a token has each second.
const CREATE_INTERVAL_MS = 500;
const GET_INTERVAL_MS = 1000;

/** A create that differs from all others, whose prediction runs this long. */
export function newCreate(run_s) {
  const requestId = randomUUID();
  return {
    model: 'wriftai/echo', requestId,
    inputJson: JSON.stringify(
        { sandbox: { pending_s: 0.5, run_s, output: requestId } }),
  };
}

/**
 * Creates and Gets, as users' requests do, on channels of resilient_client.mjs,
 * until `signal`. Creates are repeated under their request id, which is safe at
 * any replica.
 */
export class InteractiveLoad {
  /** All creates. */
  requests = [];
  /** How long the calls took since start(). */
  createMs = [];
  getMs = [];
  /** How often creates were repeated, by error. */
  repeats = {};
  #channels;
  #signal;
  #calls = 0;
  #newest;

  constructor(channels, signal) {
    this.#channels = channels;
    this.#signal = signal;
  }

  /** Begins. `ended` resolves after the signal, or rejects if a call failed. */
  start() {
    this.ended = Promise.all([
      this.#repeat(CREATE_INTERVAL_MS, this.createMs, async () => {
        this.#newest = (await this.create(newCreate(0))).id;
      }),
      this.#repeat(GET_INTERVAL_MS, this.getMs, async () => {
        if (this.#newest) await this.#call('Get', { id: this.#newest }, 30);
      }),
    ]);
    this.ended.catch(() => {});  // Handled where it is awaited.
  }

  /** Returns {id, output} of the created prediction. */
  async create(request) {
    this.requests.push(request);
    for (;;) {
      try {
        const { id } = await this.#call('Create', request, 90);
        return { id, output: request.requestId };
      } catch (error) {
        const isFinal = !REPEATABLE.includes(error.code);
        if (isFinal || this.#signal.aborted) throw error;
        const why = `${error.code} ${error.details}`;
        this.repeats[why] = (this.repeats[why] ?? 0) + 1;
        await sleep(200);
      }
    }
  }

  // Calls `task` again and again, and adds how long it took to `times`.
  async #repeat(intervalMs, times, task) {
    while (!this.#signal.aborted) {
      const pause = sleep(intervalMs);
      times.push(await measure(task));
      await pause;
    }
  }

  #call(method, request, seconds) {
    const channel = this.#channels[this.#calls++ % this.#channels.length];
    return new Promise((resolve, reject) => channel[method](
        request, { deadline: Date.now() + 1e3 * seconds },
        (error, response) => error ? reject(error) : resolve(response)));
  }
}
