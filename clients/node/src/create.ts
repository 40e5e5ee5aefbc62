// The parts of a create that do not depend on how calls are made.
import { create as newMessage } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { CreateOutcomeUnknown, GatewayError } from './errors.js';
import { type CreateRequest, CreateRequestSchema, PayloadFormat }
  from './gen/wriftai/predictions/v1/predictions_pb.js';
import { CreateOutcome, outcomeOfCreate, Retries } from './retry.js';
import { type Json, type Page, type Prediction } from './types.js';

// The gateway waits up to 60 s for the upstream, after up to 30 s for budget.
const ATTEMPT_TIMEOUT = 90_000;

// How much the clocks of this machine and the upstream may differ.
const CLOCK_SKEW = 60_000;

/** A prediction may take a moment to appear in the list. */
export const SEARCH_DELAYS = [0, 5_000];

// Each costs one read of about three per second.
const MAX_LOOKED_AT = 100;

export type IfUnknown = 'raise' | 'find' | 'find_or_create';
const POLICIES: readonly IfUnknown[] = ['raise', 'find', 'find_or_create'];

export interface CreateParams {
  /** 'owner/name', its latest version, or 'owner/name:version'. */
  model: string;
  /** The input, or else inputJson. */
  input?: Json;
  /** The input as text, sent byte for byte. */
  inputJson?: string;
  /** Where the upstream reports changes, signed with the secret. */
  webhook?: { url: string, secret?: string };
  /** Whether the upstream checks the input first. */
  validateInput?: boolean;
  /** How many seconds the upstream may hold its response. */
  serverWait?: number;
  /**
   * A UUID. The gateway creates once per id: one process of it, or all replicas
   * that act as one.
   */
  requestId?: string;
  /**
   * What to do if a prediction may have been created: 'raise'
   * CreateOutcomeUnknown, the default; 'find' it in the list, by model and input,
   * and raise if it is not there; or 'find_or_create', which may create a second
   * one.
   */
  ifUnknown?: IfUnknown;
}

/** Has a request id: the gateway then repeats no create. */
function requestOf(params: CreateParams): CreateRequest {
  if ((params.input === undefined) === (params.inputJson === undefined)) {
    throw new TypeError('expected either input or inputJson');
  }
  const inputJson =
      params.inputJson ?? JSON.stringify(params.input, expectFinite);
  if (/\p{Surrogate}/u.test(inputJson)) {
    throw new TypeError('inputJson: expected text without lone surrogates');
  }
  return newMessage(CreateRequestSchema, {
    model: params.model,
    inputPayload: { case: 'inputJson', value: inputJson },
    requestId: params.requestId ?? randomUUID(),
    payloadFormat: PayloadFormat.JSON,
    ...(params.webhook && { webhook: params.webhook }),
    ...(params.validateInput !== undefined &&
        { validateInput: params.validateInput }),
    ...(params.serverWait !== undefined &&
        { serverWait: { seconds: BigInt(params.serverWait) } }),
  });
}

// JSON.stringify() would send null.
function expectFinite(_: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError(`input: expected JSON, which has no ${value}`);
  }
  return value;
}

/** One create: what follows from each failure. Makes no calls. */
export class Create {
  readonly request: CreateRequest;
  readonly #inputJson: string;
  readonly #ifUnknown: IfUnknown;
  readonly #model: string;
  readonly #since = Date.now() - CLOCK_SKEW;
  readonly #attemptTimeout: number;
  readonly #retries: Retries;
  #lookedAt = 0;

  constructor(params: CreateParams, timeout: number | undefined) {
    this.#ifUnknown = params.ifUnknown ?? 'raise';
    if (!POLICIES.includes(this.#ifUnknown)) {
      throw new TypeError(`ifUnknown: expected one of ${POLICIES.join(', ')}`);
    }
    this.request = requestOf(params);
    this.#inputJson = this.request.inputPayload.value as string;
    this.#model = params.model.split(':')[0]!;
    this.#attemptTimeout = ATTEMPT_TIMEOUT + 1e3 * (params.serverWait ?? 0);
    this.#retries = new Retries(timeout ?? this.#attemptTimeout);
  }

  attemptTimeout(): number {
    return Math.min(this.#attemptTimeout, this.#retries.remaining());
  }

  /**
   * The failure, if something is left to try. Otherwise throws it. After a
   * CreateOutcomeUnknown, look for the prediction.
   */
  failureOf(error: unknown): GatewayError {
    if (!(error instanceof GatewayError)) throw error;
    switch (outcomeOfCreate(error)) {
      case CreateOutcome.RETRY:
        return error;
      case CreateOutcome.FAIL:
        throw error;
      case CreateOutcome.UNKNOWN: {
        const unknown = new CreateOutcomeUnknown(error, this.request.requestId);
        if (this.#ifUnknown === 'raise') throw unknown;
        return unknown;
      }
    }
  }

  /** Milliseconds until the next attempt; throws `failure` if it was the last. */
  delayAfter(failure: GatewayError): number {
    if (failure instanceof CreateOutcomeUnknown) {
      if (this.#ifUnknown === 'find') throw failure;
      // The gateway repeats this error for the request id. Without an ErrorInfo,
      // a create may still be in progress, which the same id joins.
      if (failure.hasErrorInfo && (failure.code === status.UNKNOWN ||
                                   failure.code === status.INTERNAL)) {
        this.request.requestId = randomUUID();
      }
    }
    const delay = this.#retries.delayAfter(failure);
    if (delay === undefined) throw failure;
    return delay;
  }

  /** The predictions of a page that the request may have created. */
  * candidates(page: Page): Generator<Prediction> {
    for (const one of page.predictions) {
      if (this.#isOlder(one)) return;
      if (`${one.model.owner}/${one.model.name}` !== this.#model) continue;
      if (++this.#lookedAt > MAX_LOOKED_AT) {
        throw new GatewayError(
            status.RESOURCE_EXHAUSTED,
            `more than ${MAX_LOOKED_AT} predictions of ${this.#model} since`);
      }
      yield one;
    }
  }

  /** Whether all later pages are older than the request. */
  isLast(page: Page): boolean {
    return page.nextPageToken === '' ||
        page.predictions.some((one) => this.#isOlder(one));
  }

  /** Whether the prediction has the request's input. */
  hasCreated(prediction: Prediction): boolean {
    return prediction.inputJson !== undefined &&
        (prediction.inputJson === this.#inputJson ||
         canonical(prediction.inputJson) === canonical(this.#inputJson));
  }

  #isOlder(prediction: Prediction): boolean {
    return prediction.createdAt !== undefined &&
        prediction.createdAt.getTime() < this.#since;
  }
}

// The upstream may return the same JSON with other spaces and member order.
function canonical(text: string): string {
  return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
    value instanceof Object && !Array.isArray(value) ?
      Object.fromEntries(Object.entries(value).sort(
          ([a], [b]) => a < b ? -1 : 1)) :
      value);
}
