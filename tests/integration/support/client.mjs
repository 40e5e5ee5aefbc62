import { grpc } from './modules.mjs';
import { RpcError } from './rpc_error.mjs';
import { Predictions } from './schema.mjs';
import { Updates } from './updates.mjs';

// Calls that hang end with DEADLINE_EXCEEDED instead of with the test run.
const PATIENCE_MS = 20_000;

const LARGEST_MESSAGE = 64 << 20;

// The x-request-id of the call's response, once it comes.
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

/** A client of the gateway on a connection of its own. */
export class Client {
  #stub;
  #token;

  /**
   * `token`: the caller's; none: the gateway's own is used. `tls`: {ca}, and
   * {cert, key} where the client has them, all PEM; none: plaintext.
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
    const answer = new Promise((resolve, reject) => {
      call = start((error, response) =>
        error ? reject(new RpcError(error)) : resolve(response));
    });
    answer.requestId = requestIdOf(call);
    answer.cancel = () => call.cancel();
    return answer;
  }

  /**
   * A unary call; rejects with RpcError. The promise has cancel() and
   * requestId, which the gateway has told before the answer.
   */
  call(method, request, { metadata = [], timeoutMs = PATIENCE_MS } = {}) {
    return this.#unary((done) => this.#stub[method](
        request, this.#metadata(metadata),
        { deadline: Date.now() + timeoutMs }, done));
  }

  /** The same with a request of raw bytes; the answer is raw too. */
  callWithBytes(method, bytes) {
    return this.#unary((done) => this.#stub.makeUnaryRequest(
        `/wriftai.v1.Predictions/${method}`, (raw) => raw, (raw) => raw,
        bytes, this.#metadata([]), { deadline: Date.now() + PATIENCE_MS },
        done));
  }

  /** A server-streaming call. */
  stream(method, request, { metadata = [], timeoutMs = PATIENCE_MS } = {}) {
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
