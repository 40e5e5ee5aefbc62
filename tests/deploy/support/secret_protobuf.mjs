// Reads a Secret in Kubernetes' own encoding, in which Helm stores releases.

const MAGIC = 'k8s\0';

// Each field of a message: its number and bytes. Skips numbers.
function* fieldsOf(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if (tag % 8 !== 2) continue;
    yield [Math.floor(tag / 8), bytes.subarray(at, at + value)];
    at += value;
  }
}

const all = (bytes, number) => [...fieldsOf(bytes)].filter(
    ([field]) => field === number).map(([, value]) => value);
const first = (bytes, number) => all(bytes, number)[0] ?? Buffer.alloc(0);
const mapIn = (bytes, number, encoding) => Object.fromEntries(
    all(bytes, number).map((entry) => [
      first(entry, 1).toString(), first(entry, 2).toString(encoding)]));

export const isProtobuf = (bytes) =>
  bytes.subarray(0, MAGIC.length).toString() === MAGIC;

/** The Secret as JSON has it. The numbers are from k8s.io/api/core/v1. */
export function secretFrom(bytes) {
  const secret = first(bytes.subarray(MAGIC.length), 2);
  const metadata = first(secret, 1);
  return {
    kind: 'Secret', apiVersion: 'v1', type: first(secret, 3).toString(),
    metadata: {
      name: first(metadata, 1).toString(),
      namespace: first(metadata, 3).toString(),
      labels: mapIn(metadata, 11),
    },
    data: mapIn(secret, 2, 'base64'),
  };
}
