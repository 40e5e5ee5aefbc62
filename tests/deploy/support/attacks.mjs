// What clients without a token may send to the gRPC port that needs far more
// memory than a call. Each attacker runs an attack once, which returns what the
// attacker got.
import { once } from 'node:events';
import http2 from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import zlib from 'node:zlib';
import { emptyStructs, field, sendMessage, startCall }
  from '../../integration/support/hostile.mjs';
import { continuationFlood, rapidReset }
  from '../../integration/support/raw_frames.mjs';
import { encode } from '../../integration/support/schema.mjs';

const CREATE = '/wriftai.predictions.v1.Predictions/Create';
const MIB = 1 << 20;

const model = encode('CreateRequest', { model: 'wriftai/echo' });

async function withSession(address, send) {
  const session = http2.connect(`http://${address}`);
  session.on('error', () => {});
  try {
    return await send(session);
  } finally {
    session.destroy();
  }
}

const outcomeOf = ({ code, message }) =>
  code === 'closed' ? 'closed' : `${code}: ${message.slice(0, 60)}`;

// Sends a message `count` times at once over one connection.
async function sendAll(address, bytes, count, options = {}) {
  return withSession(address, async (session) => {
    const ends = await Promise.all(Array.from({ length: count }, () =>
      sendMessage(session, CREATE, bytes, options)));
    return [...new Set(ends.map(outcomeOf))].join('; ');
  });
}

/** gzip of a repeated byte, without holding all of it in memory. */
async function gzipOf(head, byte, count) {
  const gzip = zlib.createGzip({ level: 1 });
  const parts = [];
  gzip.on('data', (part) => parts.push(part));
  gzip.write(head);
  const block = Buffer.alloc(MIB, byte);
  for (let left = count; left > 0; left -= MIB) {
    if (!gzip.write(block.subarray(0, left))) await once(gzip, 'drain');
  }
  gzip.end();
  await once(gzip, 'end');
  return Buffer.concat(parts);
}

// The head of a protobuf bytes field, without the bytes.
function fieldHead(number, length) {
  const bytes = [number * 8 + 2];
  for (; length >= 0x80; length = Math.floor(length / 128)) {
    bytes.push(length % 128 | 0x80);
  }
  return Buffer.from([...bytes, length]);
}

// An attack with raw frames. It ends when the gateway closes the connection or
// has accepted everything.
async function flooded(flood, address, bytes) {
  const ends = [];
  const { closed, closing, sent } =
      await flood({ after: (end) => ends.push(end) }, address, bytes);
  await Promise.race([closing, sleep(3000)]);
  const state = closed() ? 'closed' : 'not closed';
  ends.forEach((end) => end());
  return `${state} after ${Math.round((sent ?? bytes) / 1e6)} MB`;
}

const structs = () => Buffer.concat([model, field(2, emptyStructs(4e6))]);

/** By name: (address) => what the attacker got. */
export const attacks = {
  'structs, gzip': (address) => sendAll(
      address, zlib.gzipSync(structs(), { level: 1 }), 2, { encoding: 'gzip' }),
  'structs, plain': (address) => sendAll(address, structs(), 2),
  'gzip of 700 MB of zeros': async (address) => sendAll(
      address, await gzipOf(Buffer.alloc(0), 0, 700e6), 1,
      { encoding: 'gzip' }),
  'gzip of 300 MB of spaces': async (address) => sendAll(
      address,
      await gzipOf(Buffer.concat([model, fieldHead(3, 300e6)]), ' ', 300e6), 1,
      { encoding: 'gzip' }),
  'CONTINUATION flood': (address) => flooded(continuationFlood, address, 278e6),
  'rapid reset': (address) => flooded(rapidReset, address, 5.8e6),
  // Streams whose messages never arrive, until the connection is closed.
  'huge metadata': (address) => withSession(address, async (session) => {
    const headers = Object.fromEntries(Array.from(
        { length: 7 }, (_, i) => [`x-${i}`, 'v'.repeat(1000)]));
    for (let i = 0; i < 20_000 && !session.destroyed; ++i) {
      startCall(session, CREATE, headers);
      if (i % 100 === 0) await sleep(1);
    }
    if (!session.destroyed) {
      await Promise.race([once(session, 'close'), sleep(3000)]);
    }
    return session.destroyed ? 'closed' : 'not closed';
  }),
};
