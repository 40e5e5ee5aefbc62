// The upstream's JSON as the messages of predictions.proto.
import {status as Code} from '@grpc/grpc-js';

const STATUSES = {pending: 1, started: 2, succeeded: 3, failed: 4};
const FORMAT_JSON = 2;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isUuid = (text) => UUID.test(text);

export function predictionOf(source, format) {
  const message = {
    id: source.id,
    status: STATUSES[source.status] ?? 0,
    status_text: source.status,
    model: source.model,
    created_at: timestampOf(source.created_at),
    updated_at: timestampOf(source.updated_at),
    setup_time: source.setup_time ?? undefined,
    execution_time: source.execution_time ?? undefined,
    url: source.url,
  };
  if (source.error) {
    const {source: origin, message: text, detail} = source.error;
    message.error = {source: origin, message: text, detail_json: JSON.stringify(detail ?? null)};
  }
  for (const name of ['input', 'output']) {
    if (source[name] === undefined) continue;
    if (format === FORMAT_JSON) message[`${name}_json`] = JSON.stringify(source[name]);
    else message[name] = valueOf(source[name]);
  }
  return message;
}

// To the microsecond, of which Date knows only milliseconds.
function timestampOf(text) {
  if (!text) return undefined;
  const seconds = Math.floor(Date.parse(text) / 1000);
  const fraction = /\.(\d+)/.exec(text);
  return {seconds, nanos: fraction ? Number(fraction[1].padEnd(9, '0').slice(0, 9)) : 0};
}

function valueOf(json) {
  switch (typeof json) {
    case 'string': return {stringValue: json};
    case 'number': return {numberValue: json};
    case 'boolean': return {boolValue: json};
  }
  if (json === null) return {nullValue: 0};
  if (Array.isArray(json)) return {listValue: {values: json.map(valueOf)}};
  const fields = {};
  for (const key in json) fields[key] = valueOf(json[key]);
  return {structValue: {fields}};
}

export function codeOf(httpStatus) {
  switch (httpStatus) {
    case 400: case 413: case 422: return Code.INVALID_ARGUMENT;
    case 401: return Code.UNAUTHENTICATED;
    case 402: case 429: return Code.RESOURCE_EXHAUSTED;
    case 403: return Code.PERMISSION_DENIED;
    case 404: case 410: return Code.NOT_FOUND;
    case 409: return Code.FAILED_PRECONDITION;
  }
  return httpStatus >= 500 ? Code.UNAVAILABLE : Code.INTERNAL;
}
