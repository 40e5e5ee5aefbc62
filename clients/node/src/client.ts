import { type ClientOptions } from './channel.js';
import { Predictions } from './predictions.js';
import { Transport } from './transport.js';

/** A connection to the gateway, made when the first call needs it. */
export class Client {
  readonly predictions: Predictions;
  readonly #transport: Transport;

  /**
   * `target`: a gRPC target, such as
   * 'dns:///gateway.NAMESPACE.svc.cluster.local:50051'.
   */
  constructor(target = 'localhost:50051', options: ClientOptions = {}) {
    this.#transport = new Transport(target, options);
    this.predictions = new Predictions(this.#transport);
  }

  /** Disconnects once the calls in progress have ended. */
  close(): void {
    this.#transport.close();
  }
}
