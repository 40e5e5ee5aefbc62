/** Converts the result of JSON.parse() to a google.protobuf.Value. */
export function toValue(json) {
  if (json === null) return { nullValue: 'NULL_VALUE' };
  if (typeof json === 'boolean') return { boolValue: json };
  if (typeof json === 'number') return { numberValue: json };
  if (typeof json === 'string') return { stringValue: json };
  if (Array.isArray(json)) {
    return { listValue: { values: json.map(toValue) } };
  }
  const fields =
      Object.entries(json).map(([key, item]) => [key, toValue(item)]);
  return { structValue: { fields: Object.fromEntries(fields) } };
}

/** Converts a google.protobuf.Value to what JSON.parse() returns. */
export function fromValue(value) {
  switch (value.kind) {
    case 'nullValue':
      return null;
    case 'listValue':
      return value.listValue.values.map(fromValue);
    case 'structValue':
      return Object.fromEntries(
          Object.entries(value.structValue.fields)
              .map(([key, item]) => [key, fromValue(item)]));
    default:
      return value[value.kind];
  }
}
