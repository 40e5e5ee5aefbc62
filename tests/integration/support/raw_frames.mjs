import { once } from 'node:events';
import net from 'node:net';

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const INITIAL_WINDOW_SIZE = 4;
const LARGEST_WINDOW = 0x7fffffff;
const END_STREAM = 1;
const END_HEADERS = 4;

function frame(type, flags, stream, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

// An HPACK string without Huffman coding, below 127 + 128 bytes.
function hpackString(text) {
  const bytes = Buffer.from(text, 'latin1');
  const length =
      bytes.length < 127 ? [bytes.length] : [127, bytes.length - 127];
  return Buffer.concat([Buffer.from(length), bytes]);
}

function hpack(headers) {
  return Buffer.concat(headers.flatMap(
      ([name, value]) => [Buffer.from([0]), hpackString(name),
                          hpackString(value)]));
}

// The received frames, until the stream or the connection ends.
async function* readFrames(socket) {
  let buffer = Buffer.alloc(0);
  for await (const part of socket) {
    buffer = Buffer.concat([buffer, part]);
    while (buffer.length >= 9 && buffer.length >= 9 + buffer.readUIntBE(0, 3)) {
      const end = 9 + buffer.readUIntBE(0, 3);
      yield {
        type: buffer[3], flags: buffer[4],
        text: buffer.subarray(9, end).toString('latin1'),
      };
      buffer = buffer.subarray(end);
    }
  }
}

async function connect(address) {
  const [host, port] = address.split(':');
  const socket = net.connect({ host, port: Number(port) });
  await once(socket, 'connect');
  return socket;
}

// A complete call, as the frames of one stream.
function callFrames(address, stream, method, headers, message) {
  const length = Buffer.alloc(5);
  length.writeUInt32BE(message.length, 1);
  return [
    frame(HEADERS, END_HEADERS, stream, hpack([
      [':method', 'POST'], [':scheme', 'http'],
      [':path', `/wriftai.predictions.v1.Predictions/${method}`],
      [':authority', address],
      ['content-type', 'application/grpc'], ['te', 'trailers'], ...headers,
    ])),
    frame(DATA, END_STREAM, stream, Buffer.concat([length, message])),
  ];
}

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/**
 * Makes the same call `count` times and returns the socket. The client's
 * windows are open, but it reads nothing: what the kernel does not buffer
 * stays in the server.
 */
export async function callAndNeverRead(address, method, message, count) {
  const socket = await connect(address);
  socket.pause().on('error', () => {});
  const setting = Buffer.alloc(6);
  setting.writeUInt16BE(INITIAL_WINDOW_SIZE);
  setting.writeUInt32BE(LARGEST_WINDOW, 2);
  const more = Buffer.alloc(4);
  more.writeUInt32BE(LARGEST_WINDOW - 65535);
  socket.write(Buffer.concat([
    PREFACE, frame(SETTINGS, 0, 0, setting), frame(WINDOW_UPDATE, 0, 0, more),
    ...Array.from({ length: count }, (_, i) =>
      callFrames(address, 2 * i + 1, method, [], message)).flat(),
  ]));
  return socket;
}

/**
 * Sends one call with exactly these headers, which HTTP/2 libraries would
 * reject. Returns how it ended: 'HEADERS', 'RST_STREAM', 'GOAWAY' or 'CLOSED'.
 * `text`: the last headers, as far as gRPC's C core leaves them readable.
 */
export async function sendRaw(address, method, headers, message) {
  const socket = await connect(address);
  socket.write(Buffer.concat([
    PREFACE, frame(SETTINGS, 0, 0),
    ...callFrames(address, 1, method, headers, message),
  ]));
  try {
    for await (const { type, flags, text } of readFrames(socket)) {
      if (type === HEADERS && (flags & END_STREAM)) {
        return { end: 'HEADERS', text };
      }
      if (type === RST_STREAM) return { end: 'RST_STREAM', text };
      if (type === GOAWAY) return { end: 'GOAWAY', text };
    }
    return { end: 'CLOSED', text: '' };
  } finally {
    socket.destroy();
  }
}

/**
 * Opens a connection that never responds, not even to pings. Resolves when the
 * server has closed it.
 */
export async function silentPeer(t, address) {
  const [host, port] = address.split(':');
  const socket = net.connect({ host, port: Number(port) });
  t.after(() => socket.destroy());
  socket.on('error', () => {});
  socket.resume();
  socket.write(Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(SETTINGS, 0, 0),
  ]));
  await once(socket, 'close');
}

const CONTINUATION = 9;
const CANCEL = Buffer.from([0, 0, 0, 8]);

const GET_HEADERS = [
  [':method', 'POST'], [':scheme', 'http'],
  [':path', '/wriftai.predictions.v1.Predictions/Get'],
  [':authority', 'gateway.test'],
  ['content-type', 'application/grpc'], ['te', 'trailers'],
];

// Writes the bytes from `next` until it has sent `maxBytes` or the server has
// closed the connection.
async function flood(t, address, maxBytes, next) {
  const socket = await connect(address);
  t.after(() => socket.destroy());
  let closed = false;
  const closing = new Promise((resolve) => socket.once('close', resolve))
      .then(() => (closed = true));
  socket.on('error', () => {}).resume();
  socket.setMaxListeners(0);
  socket.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0)]));
  let sent = 0;
  while (sent < maxBytes && !closed) {
    const bytes = next();
    sent += bytes.length;
    if (!socket.write(bytes)) {
      await Promise.race([
        new Promise((resolve) => socket.once('drain', resolve)), closing,
      ]);
    }
  }
  return { closed: () => closed, closing, sent, socket };
}

/** Headers of one stream that never end. See flood(). */
export function continuationFlood(t, address, maxBytes) {
  const more = frame(CONTINUATION, 0, 1, hpack(
      Array.from({ length: 60 }, (_, i) => [`x-a${i}`, 'v'.repeat(240)])));
  let begun = false;
  return flood(t, address, maxBytes, () => {
    if (begun) return more;
    begun = true;
    return frame(HEADERS, 0, 1, hpack(GET_HEADERS));
  });
}

/** Streams that are reset right after they start. See flood(). */
export function rapidReset(t, address, maxBytes) {
  const headers = hpack(GET_HEADERS);
  let stream = -1;
  return flood(t, address, maxBytes, () => Buffer.concat(
      Array.from({ length: 200 }, () => {
        stream += 2;
        return [frame(HEADERS, END_HEADERS, stream, headers),
                frame(RST_STREAM, 0, stream, CANCEL)];
      }).flat()));
}

/** Makes one call with these headers. Resolves when the server has closed. */
export async function callUntilClosed(t, address, headers) {
  const socket = await connect(address);
  t.after(() => socket.destroy());
  socket.on('error', () => {}).resume();
  socket.write(Buffer.concat([
    PREFACE, frame(SETTINGS, 0, 0),
    ...callFrames(address, 1, 'Get', headers, Buffer.alloc(0)),
  ]));
  await once(socket, 'close');
}
