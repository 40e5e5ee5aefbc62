// Which errors to retry, when and for how long: the rules of docs/clients.md.
import { status } from '@grpc/grpc-js';
import { type GatewayError } from './errors.js';

// Without a delay from the gateway: 0.5 s, doubled up to 10 s, less a random
// share of up to half, so that callers do not return at once.
const FIRST_DELAY = 500;
const MAX_DELAY = 10_000;

/**
 * A read that fails this often fails the call: gRPC and the gateway have retried
 * each, too.
 */
export const MAX_READ_ATTEMPTS = 3;

/** Whether another Wait may see what this one did not. */
export function shouldWaitAgain(error: GatewayError): boolean {
  switch (error.code) {
    case status.UNKNOWN:
    case status.INTERNAL:
      return !error.hasErrorInfo;  // The stream broke on the way.
    case status.UNAVAILABLE:
    case status.CANCELLED:
      return true;
    default:
      return isLimited(error) || error.reason === 'MAX_WAIT_EXCEEDED';
  }
}

/** Whether to repeat a Get or List. gRPC itself has repeated UNAVAILABLE. */
export function shouldReadAgain(error: GatewayError): boolean {
  return error.code === status.CANCELLED || isLimited(error);
}

/** Whether to repeat a Cancel, which is harmless. */
export function shouldCancelAgain(error: GatewayError): boolean {
  return error.code === status.UNAVAILABLE || shouldReadAgain(error);
}

/** What a failed create has done. */
export enum CreateOutcome {
  /** Nothing; a retry may succeed. */
  RETRY,
  /** Nothing; a retry fails the same way. */
  FAIL,
  /** A prediction may have been created. */
  UNKNOWN,
}

export function outcomeOfCreate(error: GatewayError): CreateOutcome {
  if (!error.hasErrorInfo || error.code === status.UNKNOWN ||
      error.code === status.INTERNAL ||
      error.code === status.DEADLINE_EXCEEDED) {
    return CreateOutcome.UNKNOWN;
  }
  return error.code === status.UNAVAILABLE || isLimited(error) ?
    CreateOutcome.RETRY : CreateOutcome.FAIL;
}

function isLimited(error: GatewayError): boolean {
  return error.code === status.RESOURCE_EXHAUSTED &&
      error.retryDelay !== undefined;
}

/** The time that one call has, and the delays between its attempts. */
export class Retries {
  readonly #end: number;
  #attempts: number;
  #maxDelay = FIRST_DELAY;

  /** Up to `timeout` milliseconds and `attempts`. */
  constructor(timeout: number, attempts = Infinity,
              private readonly now: () => number = () => performance.now(),
              private readonly random: () => number = Math.random) {
    this.#end = now() + timeout;
    this.#attempts = attempts;
  }

  /** Milliseconds, at least 0. */
  remaining(): number {
    return Math.max(0, this.#end - this.now());
  }

  /** Restarts the backoff, after a success. */
  reset(): void {
    this.#maxDelay = FIRST_DELAY;
  }

  /**
   * How many milliseconds to wait before the next attempt. Undefined: it was the
   * last.
   */
  delayAfter(error: GatewayError): number | undefined {
    if (--this.#attempts <= 0) return undefined;
    let delay = error.retryDelay;
    if (delay === undefined) {
      delay = this.#maxDelay * (0.5 + 0.5 * this.random());
      this.#maxDelay = Math.min(this.#maxDelay * 2, MAX_DELAY);
    }
    return delay < this.remaining() ? delay : undefined;
  }
}
