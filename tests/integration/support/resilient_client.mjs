// The rules of docs/clients.md with only grpc-js, for thousands of waits at a
// time. Programs use clients/node, which has tests of its own.
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const checkout = new URL('../../../', import.meta.url);

const { wriftai } = grpc.loadPackageDefinition(loadSync(
    'wriftai/predictions/v1/predictions.proto',
    {includeDirs: [fileURLToPath(new URL('proto', checkout))], longs: Number,
     enums: String, defaults: true}));

const google = new protobuf.Root();
google.resolvePath = (_, path) => path.startsWith('google/protobuf/') ? null :
    `/usr/share/gocode/src/github.com/gogo/googleapis/${path}`;
google.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto']);

const config =
    readFileSync(new URL('clients/service_config.json', checkout), 'utf8');

export function connect(target) {
  return new wriftai.predictions.v1.Predictions(target, grpc.credentials.createInsecure(), {
    'grpc.service_config': config,
    'grpc.service_config_disable_resolution': 1,
    'grpc.max_receive_message_length': -1,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.max_reconnect_backoff_ms': 5_000,
    'grpc.dns_min_time_between_resolutions_ms': 5_000,
  });
}

/**
 * Resolves once calls on `channel` have reached all `addresses`. Their id is
 * invalid, so they cost nothing upstream.
 */
export async function awaitConnected(channel, addresses, deadline) {
  for (const missing = new Set(addresses); missing.size > 0;) {
    const { call, error } = await new Promise((resolve) => {
      const call = channel.Get(
          { id: 'x' }, { deadline }, (error) => resolve({ call, error }));
    });
    if (error.details.split(':')[0] !== 'id') throw error;
    // Connecting again takes up to 5 s.
    if (!missing.delete(call.getPeer())) await sleep(20);
  }
}

// The error's details by name: {ErrorInfo: {reason, …}, …}.
function detailsOf(error) {
  const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
  if (!bytes) return {};
  const { details } = google.lookupType('google.rpc.Status').decode(bytes);
  return Object.fromEntries(details.map(({ type_url, value }) => {
    const type = type_url.split('/').pop();
    return [type.replace('google.rpc.', ''), google.lookupType(type).decode(value)];
  }));
}

// Waits as long as the gateway asks, else with exponential backoff.
class Backoff {
  #maxDelay = 500;

  async sleep(error) {
    const delay = detailsOf(error).RetryInfo?.retryDelay;
    if (delay) return sleep(Number(delay.seconds) * 1e3 + delay.nanos / 1e6);
    await sleep(this.#maxDelay * (0.5 + 0.5 * Math.random()));
    this.#maxDelay = Math.min(this.#maxDelay * 2, 10_000);
  }
}

const { UNAVAILABLE, CANCELLED, UNKNOWN, INTERNAL, RESOURCE_EXHAUSTED,
        DEADLINE_EXCEEDED } = grpc.status;

function shouldWaitAgain(error) {
  const { ErrorInfo, RetryInfo } = detailsOf(error);
  return [UNAVAILABLE, CANCELLED].includes(error.code) ||
      [UNKNOWN, INTERNAL].includes(error.code) && !ErrorInfo ||
      error.code === RESOURCE_EXHAUSTED && RetryInfo !== undefined ||
      ErrorInfo?.reason === 'MAX_WAIT_EXCEEDED';
}

/** Returns the ended prediction, across as many Waits as needed. */
export async function wait(predictions, id, deadline, onUpdate, onAgain) {
  for (let backoff = new Backoff();;) {
    try {
      let last;
      for await (const update of predictions.Wait({id}, {deadline})) {
        backoff = new Backoff();
        last = update.prediction;
        onUpdate(update);
      }
      return last;
    } catch (error) {
      if (!shouldWaitAgain(error)) throw error;
      onAgain?.(error);
      await backoff.sleep(error);
    }
  }
}

const call = (predictions, method, request, seconds) =>
    new Promise((resolve, reject) => predictions[method](
        request, {deadline: Date.now() + 1e3 * seconds},
        (error, response) => error ? reject(error) : resolve(response)));

// Returns the prediction that `request` created since then, or undefined.
async function find(predictions, request, since) {
  for (let pageToken = '';;) {
    const page = await call(predictions, 'List', {pageSize: 50, pageToken}, 30);
    for (const { id, createdAt } of page.predictions) {
      if (createdAt.seconds * 1e3 < since) return undefined;
      const one = await call(predictions, 'Get',
          {id, payloadFormat: 'PAYLOAD_FORMAT_JSON'}, 30);
      if (one.inputJson === request.inputJson) return one;
    }
    pageToken = page.nextPageToken;
    if (!pageToken) return undefined;
  }
}

/** Creates once, as far as the errors allow to know. */
export async function create(predictions, request, onAgain) {
  const since = Date.now() - 60_000;  // Allows for clock skew.
  for (const backoff = new Backoff();;) {
    try {
      return await call(predictions, 'Create', request, 90);
    } catch (error) {
      const { ErrorInfo, RetryInfo } = detailsOf(error);
      const maybeCreated = !ErrorInfo ||
          [UNKNOWN, INTERNAL, DEADLINE_EXCEEDED].includes(error.code);
      // A retry would fail the same way.
      if (!maybeCreated && error.code !== UNAVAILABLE && !RetryInfo) throw error;
      onAgain?.(error);
      for (const pause of maybeCreated ? [0, 5_000] : []) {
        await sleep(pause);
        const found = await find(predictions, request, since);
        if (found) return found;
      }
      await backoff.sleep(error);
    }
  }
}
