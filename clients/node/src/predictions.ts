import { create } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { Create, type CreateParams, SEARCH_DELAYS } from './create.js';
import { CreateOutcomeUnknown, GatewayError } from './errors.js';
import { CancelRequestSchema, GetRequestSchema, ListRequestSchema, PayloadFormat,
         Predictions as Service }
  from './gen/wriftai/predictions/v1/predictions_pb.js';
import { MAX_READ_ATTEMPTS, Retries, shouldCancelAgain, shouldReadAgain }
  from './retry.js';
import { type Limits, type Transport } from './transport.js';
import { type Page, Prediction, toPage, type Update } from './types.js';
import { Wait, WAIT_TIMEOUT, type WaitParams } from './wait.js';

// The gateway rejects a call that the rate limit would delay longer.
const READ_TIMEOUT = 30_000;

export interface CallOptions {
  /** Milliseconds for the call with all its retries. */
  timeout?: number | undefined;
  /** Cancels the call, never the prediction. */
  signal?: AbortSignal | undefined;
}

export interface UpdatesOptions extends CallOptions, WaitParams {
  /** Whether to yield only changes, instead of every poll result. */
  onlyChanges?: boolean;
}

export interface WaitOptions extends CallOptions, WaitParams {
  /** Called with the prediction after each poll, and awaited. */
  onPoll?: (prediction: Prediction) => unknown;
}

export interface CreateOptions extends CreateParams, WaitOptions {
  /** Whether to wait for the end, as wait() does, for up to `waitTimeout`. */
  wait?: boolean;
  waitTimeout?: number;
}

export interface ListOptions extends CallOptions {
  /** How many to read with one call, up to 50. Default: 25. */
  pageSize?: number;
}

const { get, create: createMethod, list, cancel, wait } = Service.method;

/** The calls. All reject with GatewayError. */
export class Predictions {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns one prediction with its payloads. */
  async get(id: string, options: CallOptions = {}): Promise<Prediction> {
    const request = create(
        GetRequestSchema, { id, payloadFormat: PayloadFormat.JSON });
    return new Prediction(await this.#read(options, (limits) =>
      this.#transport.unary(get, request, limits)));
  }

  /**
   * Starts a prediction; returns it, usually pending, or ended if `wait`. Retries
   * only if nothing was created. An error of the create other than
   * CreateOutcomeUnknown has created nothing; an error of the wait has the
   * prediction's id.
   */
  async create(options: CreateOptions): Promise<Prediction> {
    const prediction = await this.#send(
        new Create(options, options.timeout), options.signal);
    return options.wait ?
      this.wait(prediction.id, { ...options, timeout: options.waitTimeout }) :
      prediction;
  }

  /**
   * Waits until the prediction has ended, through lost connections, and returns
   * it, also if it failed. A timeout ends the wait, not the prediction.
   */
  async wait(id: string, options: WaitOptions = {}): Promise<Prediction> {
    let last;
    for await (const { prediction } of this.updates(
        id, { ...options, onlyChanges: options.onPoll === undefined })) {
      last = prediction;
      await options.onPoll?.(last);
    }
    if (last === undefined) {
      throw new GatewayError(
          status.INTERNAL, 'the gateway ended a wait without an update',
          undefined, id);
    }
    return last;
  }

  /** Yields the updates that wait() sees, the ended prediction last. */
  async* updates(id: string, options: UpdatesOptions = {}):
      AsyncGenerator<Update, void> {
    const { timeout = WAIT_TIMEOUT, signal, onlyChanges = false } = options;
    const waiting = new Wait(id, timeout, options, onlyChanges);
    for (;;) {
      const messages = this.#transport.stream(
          wait, waiting.request, { timeout: waiting.remaining(), signal });
      let delay;
      try {
        for (;;) {
          const { done, value } = await messages.next();
          if (done) return;
          const update = waiting.updateOf(value);
          if (update) yield update;
        }
      } catch (error) {
        delay = waiting.delayAfter(error);
      } finally {
        await messages.return();
      }
      await sleep(delay, undefined, { signal });
    }
  }

  /** Yields all predictions, newest first, without payloads. */
  async* list(options: ListOptions = {}): AsyncGenerator<Prediction, void> {
    let pageToken = '';
    do {
      const page = await this.listPage({ ...options, pageToken });
      yield* page.predictions;
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }

  /** Returns one page; `pageToken` is from an earlier one. */
  async listPage({ pageSize = 0, pageToken = '', ...options }:
                 ListOptions & { pageToken?: string } = {}): Promise<Page> {
    const request = create(ListRequestSchema, { pageSize, pageToken });
    return toPage(await this.#read(options, (limits) =>
      this.#transport.unary(list, request, limits)));
  }

  /** Requests cancellation; wait() sees the prediction end. */
  async cancel(id: string, options: CallOptions = {}): Promise<void> {
    const request = create(CancelRequestSchema, { id });
    await this.#read(options, (limits) =>
      this.#transport.unary(cancel, request, limits), shouldCancelAgain);
  }

  async #read<T>({ timeout = READ_TIMEOUT, signal }: CallOptions,
                 call: (limits: Limits) => Promise<T>,
                 shouldRetry = shouldReadAgain): Promise<T> {
    const retries = new Retries(timeout, MAX_READ_ATTEMPTS);
    for (;;) {
      try {
        return await call({ timeout: retries.remaining(), signal });
      } catch (error) {
        const delay = error instanceof GatewayError && shouldRetry(error) ?
          retries.delayAfter(error) : undefined;
        if (delay === undefined) throw error;
        await sleep(delay, undefined, { signal });
      }
    }
  }

  async #send(creating: Create, signal: AbortSignal | undefined):
      Promise<Prediction> {
    for (;;) {
      let failure;
      try {
        return new Prediction(await this.#transport.unary(
            createMethod, creating.request,
            { timeout: creating.attemptTimeout(), signal }));
      } catch (error) {
        failure = creating.failureOf(error);
      }
      if (failure instanceof CreateOutcomeUnknown) {
        const found = await this.#find(creating, failure, signal);
        if (found !== undefined) return found;
      }
      await sleep(creating.delayAfter(failure), undefined, { signal });
    }
  }

  async #find(creating: Create, failure: CreateOutcomeUnknown,
              signal: AbortSignal | undefined):
      Promise<Prediction | undefined> {
    try {
      for (const delay of SEARCH_DELAYS) {
        await sleep(delay, undefined, { signal });
        let page: Page | undefined;
        do {
          page = await this.listPage(
              { pageSize: 50, pageToken: page?.nextPageToken ?? '', signal });
          for (const { id } of creating.candidates(page)) {
            const one = await this.get(id, { signal });
            if (creating.hasCreated(one)) return one;
          }
        } while (!creating.isLast(page));
      }
    } catch (error) {
      throw error instanceof GatewayError ? failure : error;
    }
    return undefined;
  }
}
