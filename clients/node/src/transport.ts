import { type DescMessage, type DescMethodServerStreaming,
         type DescMethodUnary, fromBinary, type MessageShape, toBinary }
  from '@bufbuild/protobuf';
import * as grpc from '@grpc/grpc-js';
import { channelOptions, type ClientOptions, metadataOf } from './channel.js';
import { fromCallError } from './errors.js';

/** How long a call may take in milliseconds, and what cancels it. */
export interface Limits {
  timeout: number;
  signal?: AbortSignal | undefined;
}

/** Calls methods of the schema over grpc-js. Throws GatewayErrors. */
export class Transport {
  readonly #client: grpc.Client;
  readonly #token: ClientOptions['token'];

  constructor(target: string, options: ClientOptions) {
    this.#client = new grpc.Client(
        target, options.credentials ?? grpc.credentials.createInsecure(),
        channelOptions(options.channelOptions));
    this.#token = options.token;
  }

  close(): void {
    this.#client.close();
  }

  async unary<I extends DescMessage, O extends DescMessage>(
      method: DescMethodUnary<I, O>, request: MessageShape<I>,
      { timeout, signal }: Limits): Promise<MessageShape<O>> {
    signal?.throwIfAborted();
    const metadata = metadataOf(this.#token);
    let onAbort: (() => void) | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const call = this.#client.makeUnaryRequest(
            pathOf(method), encoderOf(method), decoderOf(method), request,
            metadata, { deadline: Date.now() + timeout },
            (error, response) =>
              error ? reject(fromCallError(error)) : resolve(response!));
        onAbort = () => {
          reject(signal!.reason);
          call.cancel();
        };
        signal?.addEventListener('abort', onAbort);
      });
    } finally {
      if (onAbort) signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Cancels the call when its consumer leaves. */
  async* stream<I extends DescMessage, O extends DescMessage>(
      method: DescMethodServerStreaming<I, O>, request: MessageShape<I>,
      { timeout, signal }: Limits): AsyncGenerator<MessageShape<O>, void> {
    signal?.throwIfAborted();
    const call = this.#client.makeServerStreamRequest(
        pathOf(method), encoderOf(method), decoderOf(method), request,
        metadataOf(this.#token), { deadline: Date.now() + timeout });
    call.on('error', () => {});  // Also after the consumer has left.
    const onAbort = () => call.cancel();
    signal?.addEventListener('abort', onAbort);
    try {
      for await (const message of call) yield message as MessageShape<O>;
    } catch (error) {
      signal?.throwIfAborted();
      throw fromCallError(error);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      call.cancel();
    }
  }
}

function pathOf(method: DescMethodUnary | DescMethodServerStreaming): string {
  return `/${method.parent.typeName}/${method.name}`;
}

function encoderOf<I extends DescMessage>(method: { input: I }) {
  return (request: MessageShape<I>) =>
    Buffer.from(toBinary(method.input, request));
}

function decoderOf<O extends DescMessage>(method: { output: O }) {
  return (bytes: Buffer) => fromBinary(method.output, bytes);
}
