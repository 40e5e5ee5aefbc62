import assert from 'node:assert/strict';
import { grpc } from './modules.mjs';
import { googleRpc } from './schema.mjs';

// The details by the short names of their types, at most one of each.
function decodeDetails(bytes) {
  const details = {};
  for (const { type_url, value } of
       googleRpc['google.rpc.Status'].deserialize(bytes).details) {
    const type = type_url.replace('type.googleapis.com/', '');
    const name = type.replace('google.rpc.', '');
    assert.ok(!(name in details), `two details of type ${name}`);
    details[name] = googleRpc[type].deserialize(value);
  }
  return details;
}

/** A call's error status, with its details decoded. */
export class RpcError extends Error {
  /** `status`: code, details (the text), metadata, as grpc-js has them. */
  constructor(status) {
    super(status.details);
    this.code = grpc.status[status.code];
    const [bytes] = status.metadata.get('grpc-status-details-bin');
    this.details = bytes === undefined ? {} : decodeDetails(bytes);
  }

  get reason() {
    return this.details.ErrorInfo?.reason;
  }

  /** The fields that BadRequest names. */
  get fields() {
    return this.details.BadRequest?.field_violations.map(({ field }) => field);
  }

  /** The delay of RetryInfo. */
  get retrySeconds() {
    const delay = this.details.RetryInfo?.retry_delay;
    return delay && Number(delay.seconds) + delay.nanos / 1e9;
  }
}

/** The RpcError that `call` fails with; `expected` is a subset of it. */
export async function failure(call, expected) {
  const error = await call.then(
      (response) =>
        assert.fail(`expected an error, got ${JSON.stringify(response)}`),
      (reason) => reason);
  if (!(error instanceof RpcError)) throw error;
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(error[name], value,
                     `${name}: ${error.code} ${error.message}`);
  }
  return error;
}
