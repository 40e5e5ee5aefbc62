import { fromBinary } from '@bufbuild/protobuf';
import { type ServiceError, status } from '@grpc/grpc-js';
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema, StatusSchema }
  from './gen/wriftai/clients/v1/error_details_pb.js';

/** A field of the request that is invalid, and what was expected. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/**
 * A call failed. docs/errors.md in the gateway's repository has all reasons.
 */
export class GatewayError extends Error {
  /**
   * The name of an ErrorReason, such as 'INVALID_FIELD', which says why. Empty if
   * the error comes from gRPC itself, as when a connection is lost.
   */
  readonly reason: string = '';
  /** 'wrift.ai' for errors of the upstream, 'gateway.wriftai' for others. */
  readonly domain: string = '';
  /** More facts, such as `gateway_request_id` and `http_status`. */
  readonly metadata: Readonly<Record<string, string>> = {};
  /** The invalid fields of the request. */
  readonly fieldViolations: readonly FieldViolation[] = [];
  /** In how many milliseconds to retry, if the gateway gave a time. */
  readonly retryDelay: number | undefined;
  /** The prediction that the call has waited for, or has created. */
  readonly predictionId: string;

  constructor(
      /** gRPC's code, which says what to do. */
      readonly code: status,
      /** The description without code and reason. */
      readonly details: string,
      /** The serialized google.rpc.Status, for other details. */
      readonly statusDetails: Uint8Array = new Uint8Array(),
      predictionId = '', cause?: unknown) {
    super(details, { cause });
    try {
      for (const { typeUrl, value } of
        fromBinary(StatusSchema, statusDetails).details) {
        const type = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
        if (type === 'google.rpc.ErrorInfo') {
          const info = fromBinary(ErrorInfoSchema, value);
          this.reason = info.reason;
          this.domain = info.domain;
          this.metadata = { ...info.metadata };
        } else if (type === 'google.rpc.BadRequest') {
          this.fieldViolations =
              fromBinary(BadRequestSchema, value).fieldViolations.map(
                  ({ field, description }) => ({ field, description }));
        } else if (type === 'google.rpc.RetryInfo') {
          const delay = fromBinary(RetryInfoSchema, value).retryDelay;
          this.retryDelay = delay === undefined ? 0 :
            Math.max(0, Number(delay.seconds) * 1e3 + delay.nanos / 1e6);
        }
      }
    } catch {
      // A proxy's trailer: the code and the details remain.
    }
    this.name = new.target.name;
    this.predictionId = this.metadata['prediction_id'] ?? predictionId;
    const violations = this.fieldViolations
        .filter(({ description }) => !details.includes(description))
        .map(({ field, description }) =>
          `\n${field || 'request'}: ${description}`);
    this.message = [this.codeName, this.reason].filter(Boolean).join(' ') +
        `: ${details}${violations.join('')}`;
  }

  /** Such as 'INVALID_ARGUMENT'. */
  get codeName(): string {
    return status[this.code] ?? `${this.code}`;
  }

  /** Whether the gateway sent the error, not gRPC itself. */
  get hasErrorInfo(): boolean {
    return this.reason !== '';
  }
}

/**
 * A create failed, and the upstream may have created the prediction. Creating
 * again may pay twice: look in the list first.
 */
export class CreateOutcomeUnknown extends GatewayError {
  constructor(error: GatewayError, readonly requestId: string) {
    super(error.code, error.details, error.statusDetails, error.predictionId,
          error.cause);
  }
}

/** The GatewayError of an error that grpc-js throws; others are returned. */
export function fromCallError(error: unknown, predictionId = ''): unknown {
  if (!(error instanceof Error) || !('code' in error) ||
      typeof error.code !== 'number') {
    return error;
  }
  const { code, details, message, metadata } = error as ServiceError;
  const [bytes] = metadata?.get('grpc-status-details-bin') ?? [];
  return new GatewayError(
      code, details ?? message,
      bytes instanceof Uint8Array ? bytes : undefined, predictionId, error);
}
