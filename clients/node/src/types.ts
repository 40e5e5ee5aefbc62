import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import { type ListResponse, type Prediction as Message, type PredictionUpdate,
         PredictionStatus, Source }
  from './gen/wriftai/predictions/v1/predictions_pb.js';

/** A JSON value. */
export type Json =
  null | boolean | number | string | Json[] | { [name: string]: Json };

/** A model, at one version. */
export interface Model {
  readonly owner: string;
  readonly name: string;
  readonly versionNumber: number | undefined;
}

/** Why a prediction failed. */
export interface PredictionError {
  readonly source: string;
  readonly message: string;
  /** More detail, exactly as the upstream sent it. */
  readonly detailJson: string | undefined;
}

/** A prediction at one moment. */
export class Prediction {
  constructor(
      /** The protobuf message, with all fields and exact times. */
      readonly message: Message) {}

  get id(): string { return this.message.id; }

  /**
   * The upstream's own word: 'pending', 'started', 'succeeded', 'failed', or one
   * that this version does not know.
   */
  get status(): string { return this.message.statusText; }

  get hasEnded(): boolean {
    return this.message.status === PredictionStatus.SUCCEEDED ||
        this.message.status === PredictionStatus.FAILED;
  }

  get model(): Model {
    const { owner, name, versionNumber } = this.message.model ??
        { owner: '', name: '', versionNumber: undefined };
    return {
      owner, name, versionNumber:
          versionNumber === undefined ? undefined : Number(versionNumber),
    };
  }

  get createdAt(): Date | undefined { return toDate(this.message.createdAt); }

  get updatedAt(): Date | undefined { return toDate(this.message.updatedAt); }

  get setupTime(): string | undefined { return this.message.setupTime; }

  get executionTime(): string | undefined { return this.message.executionTime; }

  /** The input exactly as the upstream sent it. Undefined in lists. */
  get inputJson(): string | undefined {
    return textOf(this.message.inputPayload);
  }

  /** The parsed input. Its numbers are doubles. */
  get input(): Json | undefined { return parse(this.inputJson); }

  /** The output exactly as the upstream sent it. Undefined in lists. */
  get outputJson(): string | undefined {
    return textOf(this.message.outputPayload);
  }

  /**
   * The parsed output, null until the prediction has succeeded. Its numbers are
   * doubles.
   */
  get output(): Json | undefined { return parse(this.outputJson); }

  get error(): PredictionError | undefined {
    const error = this.message.error;
    return error && {
      source: error.source, message: error.message,
      detailJson: textOf(error.detailPayload),
    };
  }

  get logs(): readonly string[] | undefined { return this.message.logs?.lines; }

  get setupLogs(): readonly string[] | undefined {
    return this.message.setupLogs?.lines;
  }

  get url(): string | undefined { return this.message.url; }

  /** Fields that differ from what the upstream sent; see the schema. */
  get inexactFields(): readonly string[] { return this.message.inexactFields; }
}

/** The state of a prediction, when and how the gateway received it. */
export interface Update {
  readonly prediction: Prediction;
  readonly observedAt: Date | undefined;
  /** 'GET', 'LIST', 'WEBHOOK' or 'CREATE'. */
  readonly source: string;
  /**
   * The number of this update, starting at 1. Also counts on when the client has
   * waited again.
   */
  readonly sequence: number;
  /** The current poll interval in milliseconds. */
  readonly interval: number;
}

/**
 * A page of predictions, newest first, without their payloads. An empty token
 * means that there is no such page.
 */
export interface Page {
  readonly predictions: readonly Prediction[];
  readonly nextPageToken: string;
  readonly previousPageToken: string;
}

function toDate(time: Timestamp | undefined): Date | undefined {
  return time && timestampDate(time);
}

// Calls request JSON text, so the other case never comes.
function textOf(payload: { case: string | undefined, value?: unknown }):
    string | undefined {
  return typeof payload.value === 'string' ? payload.value : undefined;
}

function parse(text: string | undefined): Json | undefined {
  return text === undefined ? undefined : JSON.parse(text) as Json;
}

export function toUpdate(message: PredictionUpdate, prediction: Message,
                         sequence: number): Update {
  const { seconds, nanos } = message.interval ?? { seconds: 0n, nanos: 0 };
  return {
    prediction: new Prediction(prediction),
    observedAt: toDate(message.observedAt),
    source: Source[message.source] ?? `${message.source}`,
    sequence,
    interval: Number(seconds) * 1e3 + nanos / 1e6,
  };
}

export function toPage(message: ListResponse): Page {
  return {
    predictions: message.predictions.map((one) => new Prediction(one)),
    nextPageToken: message.nextPageToken,
    previousPageToken: message.previousPageToken,
  };
}
