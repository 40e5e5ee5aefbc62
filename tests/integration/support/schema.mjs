import { fileURLToPath } from 'node:url';
import { grpc, protoLoader } from './modules.mjs';
import { setting } from './setting.mjs';

const OPTIONS = {
  keepCase: true, longs: String, enums: String, defaults: true, oneofs: true,
};

function load(files, folder) {
  return protoLoader.loadSync(files, { ...OPTIONS, includeDirs: [folder] });
}

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const gateway = load('wriftai/predictions/v1/predictions.proto',
                     here('../../../proto'));
const health = load('health.proto', here('.'));

/** The messages of google.rpc, by full name. */
export const googleRpc = load(
    ['google/rpc/status.proto', 'google/rpc/error_details.proto'],
    setting('GOOGLE_RPC_PROTO_DIR'));

export const { Predictions } =
    grpc.loadPackageDefinition(gateway).wriftai.predictions.v1;
export const { Health } = grpc.loadPackageDefinition(health).grpc.health.v1;

/** Serializes a message of the schema, for clients that write frames. */
export function encode(message, fields) {
  return gateway[`wriftai.predictions.v1.${message}`].serialize(fields);
}

/** Parses a message of the schema. */
export function decode(message, bytes) {
  return gateway[`wriftai.predictions.v1.${message}`].deserialize(bytes);
}
