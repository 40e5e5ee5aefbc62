import { grpc } from './modules.mjs';
import { RpcError } from './rpc_error.mjs';
import { Predictions } from './schema.mjs';
import { Updates } from './updates.mjs';

// A call that hangs ends with DEADLINE_EXCEEDED, not with the test run.
const TIMEOUT_MS = 20_000;

const LARGEST_MESSAGE = 64 << 20;

// The x-request-id of the call's initial metadata.
function requestIdOf(call) {
  return new Promise((resolve) => call.once(
      'metadata', (metadata) => resolve(metadata.get('x-request-id')[0])));
}

function credentialsOf(tls) {
  if (!tls) return grpc.credentials.createInsecure();
  const bytes = (pem) => pem === undefined ? null : Buffer.from(pem);
  return grpc.credentials.createSsl(
      bytes(tls.ca), bytes(tls.key), bytes(tls.cert));
}

/** A client of the gateway with its own connection. */
export class Client {
  #stub;
  #token;

  /**
   * `token`: the caller's; by default the gateway uses its own. `tls`: {ca} and
   * optionally {cert, key}, all PEM; by default plaintext.
   */
  constructor(address, { token, tls, Service = Predictions } = {}) {
    this.#token = token;
    this.#stub = new Service(address, credentialsOf(tls), {
      'grpc.max_receive_message_length': LARGEST_MESSAGE,
      'grpc.use_local_subchannel_pool': 1,
      ...(tls && { 'grpc.ssl_target_name_override': 'gateway.test',
                   'grpc.default_authority': 'gateway.test' }),
    });
  }

  close() {
    this.#stub.close();
  }

  #metadata(entries) {
    const metadata = new grpc.Metadata();
    if (this.#token) metadata.set('authorization', `Bearer ${this.#token}`);
    for (const [name, value] of entries) metadata.add(name, value);
    return metadata;
  }

  #unary(start) {
    let call;
    const response = new Promise((resolve, reject) => {
      call = start((error, response) =>
        error ? reject(new RpcError(error)) : resolve(response));
    });
    response.requestId = requestIdOf(call);
    response.cancel = () => call.cancel();
    return response;
  }

  /**
   * A unary call; rejects with RpcError. The promise has cancel() and
   * requestId, which arrives before the response.
   */
  call(method, request, { metadata = [], timeoutMs = TIMEOUT_MS } = {}) {
    return this.#unary((done) => this.#stub[method](
        request, this.#metadata(metadata),
        { deadline: Date.now() + timeoutMs }, done));
  }

  /** The same with raw bytes as request and response. */
  callWithBytes(method, bytes) {
    return this.#unary((done) => this.#stub.makeUnaryRequest(
        `/wriftai.predictions.v1.Predictions/${method}`,
        (raw) => raw, (raw) => raw,
        bytes, this.#metadata([]), { deadline: Date.now() + TIMEOUT_MS },
        done));
  }

  /** A server-streaming call. */
  stream(method, request, { metadata = [], timeoutMs = TIMEOUT_MS } = {}) {
    const call = this.#stub[method](
        request, this.#metadata(metadata),
        { deadline: Date.now() + timeoutMs });
    const updates = new Updates(call);
    updates.requestId = requestIdOf(call);
    return updates;
  }

  get = (request) => this.call('Get', request);
  create = (request) => this.call('Create', request);
  list = (request) => this.call('List', request);
  cancel = (request) => this.call('Cancel', request);
  wait = (request, options) => this.stream('Wait', request, options);
  createAndWait = (request, options) =>
    this.stream('CreateAndWait', request, options);
}
