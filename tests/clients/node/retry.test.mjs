// The rules of docs/clients.md, without a gateway and on a virtual clock.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { GatewayError, internal, status } from './package.mjs';

const { CreateOutcome, outcomeOfCreate, Retries, shouldCancelAgain,
        shouldReadAgain, shouldWaitAgain } = internal('retry');
const { Wait } = internal('wait');

const field = (number, bytes) =>
  Buffer.concat([Buffer.from([number << 3 | 2, bytes.length]), bytes]);

// An error as the gateway sends it, or as gRPC does without a reason. Encodes
// google.rpc.Status by hand, as another implementation would.
function errorOf(code, reason, delaySeconds) {
  const detail = (kind, value) => field(3, Buffer.concat([
    field(1, Buffer.from(`type.googleapis.com/google.rpc.${kind}`)),
    field(2, value),
  ]));
  const nanos = delaySeconds % 1 * 1e9;
  const varint = (value) => {
    const bytes = [];
    for (; value > 127; value = Math.floor(value / 128)) {
      bytes.push(value % 128 | 128);
    }
    return Buffer.from([...bytes, value]);
  };
  const bytes = Buffer.concat([
    ...(reason ? [detail('ErrorInfo', field(1, Buffer.from(reason)))] : []),
    ...(delaySeconds === undefined ? [] : [detail('RetryInfo', field(
        1, Buffer.concat([
          Buffer.from([8]), varint(Math.trunc(delaySeconds)),
          Buffer.from([16]), varint(nanos),
        ])))]),
  ]);
  return new GatewayError(status[code], 'failed', bytes);
}

const rules = JSON.parse(
    readFileSync(new URL('../retry_rules.json', import.meta.url)));

for (const { code, reason, delay, wait, read, cancel, create } of rules) {
  test(`${code} ${reason ?? 'without ErrorInfo'} is retried as documented`,
       () => {
         const error = errorOf(code, reason, delay);
         assert.equal(error.reason, reason ?? '');
         assert.equal(error.retryDelay,
                      delay === undefined ? undefined : delay * 1e3);
         assert.equal(shouldWaitAgain(error), wait);
         assert.equal(shouldReadAgain(error), read);
         assert.equal(shouldCancelAgain(error), cancel);
         assert.equal(CreateOutcome[outcomeOfCreate(error)], create);
       });
}

let time = 0;
const retries = (timeout, attempts, random = 1) =>
  new Retries(timeout, attempts, () => time, () => random);
const delays = (of, error, count) =>
  Array.from({ length: count }, () => of.delayAfter(error));

test('the delay is the gateway\'s', () => {
  assert.equal(
      retries(60e3).delayAfter(errorOf('UNAVAILABLE', 'DRAINING', 3.5)), 3500);
});

test('the delay doubles up to ten seconds, until reset', () => {
  const these = retries(60e3);
  const error = errorOf('UNAVAILABLE');
  assert.deepEqual(delays(these, error, 7),
                   [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  these.reset();
  assert.equal(these.delayAfter(error), 500);
});

test('the delay is reduced by up to half', () => {
  assert.equal(
      retries(60e3, Infinity, 0).delayAfter(errorOf('UNAVAILABLE')), 250);
});

test('the last attempt has no delay', () => {
  assert.deepEqual(delays(retries(60e3, 3), errorOf('CANCELLED'), 3),
                   [500, 1000, undefined]);
});

test('no attempt begins after the timeout', () => {
  const these = retries(60e3);
  time += 57e3;
  assert.equal(these.remaining(), 3000);
  assert.equal(these.delayAfter(errorOf('UNAVAILABLE', 'DRAINING', 2.5)), 2500);
  assert.equal(these.delayAfter(errorOf('UNAVAILABLE', 'DRAINING', 3)),
               undefined);
  time += 4e3;
  assert.equal(these.remaining(), 0);
});

test('an update older than an earlier one is skipped', () => {
  const wait = new Wait('id', 60e3, {}, false);
  const seen = [['pending', 1], ['started', 3], ['pending', 1],
                ['succeeded', 4]].map(([statusText, nanos]) => wait.updateOf({
    prediction: { statusText, updatedAt: { seconds: 1n, nanos } }, source: 1,
  }));
  assert.deepEqual(
      seen.map((one) => one && [one.sequence, one.prediction.status]),
      [[1, 'pending'], [2, 'started'], undefined, [3, 'succeeded']]);
});

test('details that cannot be decoded leave the code and the message', () => {
  const error = new GatewayError(
      status.UNAVAILABLE, 'a proxy', Buffer.from([0xff]));
  assert.equal(error.message, 'UNAVAILABLE: a proxy');
  assert.equal(error.hasErrorInfo, false);
});
