// The parts of a wait that do not depend on how calls are made.
import { create } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import { GatewayError } from './errors.js';
import { PayloadFormat, type PredictionUpdate, type WaitRequest,
         WaitRequestSchema }
  from './gen/wriftai/predictions/v1/predictions_pb.js';
import { Retries, shouldWaitAgain } from './retry.js';
import { toUpdate, type Update } from './types.js';

/**
 * 30 minutes of running, after the queue and a cold start; as long as the gateway
 * allows by default.
 */
export const WAIT_TIMEOUT = 7_200_000;

export interface WaitParams {
  /**
   * Milliseconds between polls, at least 100. Default: 1,000. A change of status
   * comes at once.
   */
  pollInterval?: number;
  /** Called before each new Wait call, such as to log the error. */
  onRetry?: (error: GatewayError, delay: number) => void;
}

/** One wait over any number of Wait calls. Makes no calls. */
export class Wait {
  readonly request: WaitRequest;
  readonly #retries: Retries;
  #newest = -1n;
  #sequence = 0;

  constructor(id: string, private readonly timeout: number,
              private readonly params: WaitParams, onlyChanges: boolean) {
    const { pollInterval } = params;
    this.request = create(WaitRequestSchema, {
      id, payloadFormat: PayloadFormat.JSON,
      waitOptions: {
        onlyChanges,
        ...(pollInterval !== undefined && {
          pollInterval: {
            seconds: BigInt(Math.trunc(pollInterval / 1e3)),
            nanos: Math.round(pollInterval % 1e3 * 1e6),
          },
        }),
      },
    });
    this.#retries = new Retries(timeout);
  }

  remaining(): number {
    return this.#retries.remaining();
  }

  /**
   * The update, unless an earlier one was newer: another replica may not have
   * seen what this wait has.
   */
  updateOf(message: PredictionUpdate): Update | undefined {
    this.#retries.reset();
    const prediction = message.prediction;
    if (prediction === undefined) return undefined;
    const { seconds, nanos } = prediction.updatedAt ?? { seconds: 0n, nanos: 0 };
    const updatedAt = seconds * 1_000_000_000n + BigInt(nanos);
    if (updatedAt < this.#newest) return undefined;
    this.#newest = updatedAt;
    return toUpdate(message, prediction, ++this.#sequence);
  }

  /** Milliseconds until the next Wait call; throws if the last was the last. */
  delayAfter(error: unknown): number {
    if (!(error instanceof GatewayError)) throw error;
    const failure = new GatewayError(error.code, error.details,
        error.statusDetails, this.request.id, error.cause);
    if (!shouldWaitAgain(failure)) throw failure;
    const delay = this.#retries.delayAfter(failure);
    if (delay === undefined) {
      throw new GatewayError(
          status.DEADLINE_EXCEEDED,
          `the prediction has not ended within ${this.timeout} ms, and ` +
              `continues. Last error: ${failure.message}`,
          undefined, this.request.id, failure);
    }
    this.params.onRetry?.(failure, delay);
    return delay;
  }
}
