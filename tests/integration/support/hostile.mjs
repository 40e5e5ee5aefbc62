import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';

// A numeric field of /proc/PID/status.
function statusOf(pid, name) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)[1]);
}

/** The peak resident memory of a process, in MiB. */
export const peakMiB = (pid) => statusOf(pid, 'VmHWM') / 1024;

/** The number of threads of a process. */
export const threadsOf = (pid) => statusOf(pid, 'Threads');

/** A connection that is destroyed after the test. */
export function connectTo(t, address) {
  const session = http2.connect(`http://${address}`);
  session.on('error', () => {});
  t.after(() => session.destroy());
  return session;
}

/**
 * Makes one call with a message of these bytes and returns its status and
 * details. `encoding`: of the message; `path`: of the method.
 */
export async function sendMessage(session, path, bytes,
                                  { encoding, headers = {} } = {}) {
  const head = Buffer.alloc(5);
  head.writeUInt8(encoding ? 1 : 0);
  head.writeUInt32BE(bytes.length, 1);
  const stream = session.request({
    ':method': 'POST', ':path': path, 'content-type': 'application/grpc',
    te: 'trailers', ...(encoding && { 'grpc-encoding': encoding }), ...headers,
  });
  const end = Promise.race([
    // An error without a message has its status in the headers.
    once(stream, 'response').then(([fields]) =>
      fields['grpc-status'] ? fields : once(stream, 'trailers').then(
          ([trailers]) => trailers)),
    once(stream, 'close').then(() => ({ 'grpc-status': 'closed' })),
  ]);
  end.catch(() => {});
  stream.on('error', () => {});
  stream.resume();
  stream.write(head);
  stream.end(bytes);
  const fields = await end;
  return {
    code: fields['grpc-status'],
    message: decodeURIComponent(fields['grpc-message'] ?? ''),
    details: Buffer.from(fields['grpc-status-details-bin'] ?? '', 'base64')
        .toString('latin1'),
  };
}

/** Starts a call for which the client sends only headers. */
export function startCall(session, path, headers = {}) {
  const stream = session.request({
    ':method': 'POST', ':path': path, 'content-type': 'application/grpc',
    te: 'trailers', ...headers,
  });
  stream.on('error', () => {});
  return stream.resume();
}

/** The status of a call that is rejected with headers only. */
export async function rejectionOf(stream) {
  const [fields] = await once(stream, 'response');
  return fields['grpc-status'];
}

function varint(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) {
    bytes.push(value % 128 | 0x80);
  }
  return Buffer.from([...bytes, value]);
}

/** A protobuf field of bytes. */
export function field(number, bytes) {
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

/** A Value that is a list of `count` empty Structs, four bytes each. */
export function emptyStructs(count) {
  return field(6, Buffer.alloc(4 * count, Buffer.from([0x0a, 2, 0x2a, 0])));
}
