// Untrusted text, whatever its bytes: errors stay readable, and logs and pages
// cannot be forged. Retry times and field paths of the upstream are understood.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { RawUpstream, rawResponse } from '../support/raw_upstream.mjs';
import { Client } from './support/client.mjs';
import { Gateway } from './support/gateway.mjs';
import { endedCall } from './support/log.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { toValue } from './support/value.mjs';

let upstream;
let gateway;
// The bytes of the response by path; other responses are valid.
const scripted = new Map();

before(async () => {
  upstream = await RawUpstream.start((request) => {
    const bytes = scripted.get(request.path);
    if (bytes) {
      request.send(bytes);
    } else if (request.method === 'POST') {
      request.respond(202, predictionJson(randomUUID(), 'pending'));
    } else {
      request.respond(200, '{"items":[],"next_cursor":null}');
    }
  });
  gateway = await Gateway.start({
    apiBaseUrl: upstream.baseUrl, token: secret('untrusted-text-token-1'),
    flags: ['--log_format=json'],
  });
});

after(async () => {
  clients.forEach((client) => client.close());
  await gateway?.stop();
  await upstream?.stop();
});

// A client with a new token, because limits apply to a token.
const clients = [];
function newClient() {
  const token = secret(`untrusted-text-token-of-call-${clients.length}`);
  clients.push(new Client(gateway.address, { token }));
  return clients.at(-1);
}

const CREATES = '/v1/predictions';

// The three kinds of calls; the response is `bytes`.
const CALLS = {
  get(bytes) {
    const id = randomUUID();
    scripted.set(`/v1/predictions/${id}`, bytes);
    return newClient().get({ id });
  },
  cancel(bytes) {
    const id = randomUUID();
    scripted.set(`/v1/predictions/${id}/cancel`, bytes);
    return newClient().cancel({ id });
  },
  create(bytes) {
    scripted.set(CREATES, bytes);
    return newClient().create({ model: 'a/b', input: toValue(1) });
  },
};

const ERROR_BODY = '{"detail":"no"}';

const httpDate = (secondsFromNow) =>
  new Date(Date.now() + secondsFromNow * 1000).toUTCString();

// Convert the result of toUTCString() to the RFC 850 and asctime forms.
function rfc850(date) {
  const [, day, dayOfMonth, month, year, time] =
      /^(\w+), (\d+) (\w+) \d\d(\d+) (.*) GMT$/.exec(date);
  const long = { Mon: 'Monday', Tue: 'Tuesday', Wed: 'Wednesday',
                 Thu: 'Thursday', Fri: 'Friday', Sat: 'Saturday',
                 Sun: 'Sunday' };
  return `${long[day]}, ${dayOfMonth}-${month}-${year} ${time} GMT`;
}
function asctime(date) {
  const [, day, dayOfMonth, month, year, time] =
      /^(\w+), (\d+) (\w+) (\d+) (.*) GMT$/.exec(date);
  return `${day} ${month} ${`${Number(dayOfMonth)}`.padStart(2)} ${time} ${year}`;
}

describe('Retry-After', () => {
  const FORMS = { 'IMF-fixdate': (date) => date, 'RFC 850': rfc850, asctime };
  for (const status of [503, 429]) {
    for (const kind of Object.keys(CALLS)) {
      for (const [name, form] of Object.entries(FORMS)) {
        test(`as an HTTP-date (${name}) in a ${status} to a ${kind}`,
             async () => {
               const { retrySeconds } = await failure(CALLS[kind](rawResponse(
                   status, ERROR_BODY,
                   { 'retry-after': form(httpDate(100)) })), {});
               assert.ok(retrySeconds > 60 && retrySeconds <= 100,
                         `${retrySeconds}`);
             });
      }
    }
  }

  const retryOf = async (headers, status = 429) => {
    const bytes = rawResponse(status, ERROR_BODY, headers);
    return (await failure(CALLS.get(bytes), {})).retrySeconds;
  };

  test('as an HTTP-date is relative to the response\'s Date', async () =>
    assert.equal(await retryOf({
      'date': 'Thu, 01 Jan 2032 00:00:00 GMT',
      'retry-after': 'Thu, 01 Jan 2032 00:01:17 GMT',
    }), 77));

  for (const [name, headers, seconds] of [
    ['no header', {}, 1],
    ['zero', { 'retry-after': '0' }, 1],
    ['a date in the past',
     { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }, 1],
    ['a reset of 0', { 'x-ratelimit-reset': '0' }, 1],
    ['a reset in the past', { 'x-ratelimit-reset': '1751414820' }, 1],
    ['a negative number', { 'retry-after': '-7' }, 1],
    ['not a time', { 'retry-after': 'soon' }, 1],
    ['a huge number', { 'retry-after': '9'.repeat(100) }, 3600],
    ['a date in the year 9999',
     { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }, 3600],
    ['a fraction', { 'retry-after': '2.5' }, 2.5],
    ['a list', { 'retry-after': '3, 9, 4' }, 9],
    ['two headers', { 'retry-after': '3', 'Retry-After': '9' }, 9],
    ['a longer reset', { 'retry-after': '3', 'x-ratelimit-reset': '9' }, 9],
    ['a shorter reset', { 'retry-after': '9', 'x-ratelimit-reset': '3' }, 9],
  ]) {
    test(`in a 429: ${name} is ${seconds} s`, async () =>
      assert.equal(await retryOf(headers), seconds));
  }

  test('is not added to a 503', async () =>
    assert.equal(await retryOf({}, 503), undefined));
});

// gRPC clients drop a grpc-message that ends in a space.
describe('an error message that would end in a space', () => {
  for (const [name, bytes, expected] of [
    ['a line break', rawResponse(404, '{"detail":"no such thing\\n"}'),
     /: no such thing$/],
    ['a no-break space', rawResponse(409, '{"detail":"no\\u00a0"}'), /: no$/],
    ['spaces where it is truncated', rawResponse(
        403, JSON.stringify({ detail: `no${' '.repeat(300)}x` })), /: no$/],
    ['an empty body', rawResponse(200, ''), /at byte 0: unexpected end$/],
    ['a blank body', rawResponse(200, ' '), /at byte 1: unexpected end:?$/],
  ]) {
    test(`after ${name} reaches the caller`, async () => {
      const error = await failure(CALLS.get(bytes), {});
      assert.match(error.message, expected);
    });
  }
});

describe('an x-request-id', () => {
  for (const [name, id, shown] of [
    ['that is not UTF-8', '\xff\xfeid', '??id'],
    ['truncated inside a character at 128 bytes',
     `${'a'.repeat(127)}\xc3\xa9`, `${'a'.repeat(127)}?`],
    ['of 60 KB', 'x'.repeat(60_000), 'x'.repeat(128)],
    ['with an escape sequence', 'a\x1b[2Jb', 'a?[2Jb'],
    ['with a right-to-left override', 'a\xe2\x80\xaeb', 'a???b'],
    ['with a space', 'a b', 'a b'],
  ]) {
    test(`${name} leaves the error readable`, async () => {
      const call =
          CALLS.get(rawResponse(404, ERROR_BODY, { 'x-request-id': id }));
      const error = await failure(call, { code: 'NOT_FOUND',
                                          reason: 'NOT_FOUND' });
      assert.equal(error.details.ErrorInfo.metadata.upstream_request_id,
                   shown);
      const line = await endedCall(gateway, await call.requestId);
      assert.deepEqual(line.upstream_request_ids, [shown]);
      const { body } = await gateway.page('/statusz?format=json');
      assert.ok(!/[^\x00-\x7f]/.test(body));
    });
  }

  test('that is not UTF-8 does not hide the error of a Wait', async () => {
    const id = randomUUID();
    scripted.set(`/v1/predictions/${id}`,
                 rawResponse(404, ERROR_BODY, { 'x-request-id': '\xff' }));
    await failure(newClient().wait({ id }).next(),
                  { code: 'NOT_FOUND', reason: 'NOT_FOUND' });
  });
});

// All strings in `value`.
function textsOf(value) {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value)
      ? Object.values(value).flatMap(textsOf) : [];
}

test('an error has no control characters that mislead a terminal',
     async () => {
       const text = 'a\u202eb\u0085c\u009bd\u2028e\u0000f';
       for (const body of [
         JSON.stringify({ detail: text, type: text, code: text }),
         text, `<html>${text}</html>`,
         JSON.stringify({ detail: [{ loc: ['query', text], msg: text,
                                     type: text }] }),
       ]) {
         for (const status of [404, 422, 409]) {
           const error = await failure(
               CALLS.cancel(rawResponse(status, body)), {});
           for (const shown of textsOf([error.message, error.details])) {
             assert.ok(!/[\0-\x1f\x7f-\x9f\u2028\u202e]/.test(shown), shown);
           }
           assert.ok(error.reason);
         }
       }
     });

for (const [name, text] of [
  ['U+0085', '\u0085'], ['U+009B', '\u009b'], ['U+202E', '\u202e'],
  ['U+2066', '\u2066'], ['U+2028', '\u2028'], ['U+2029', '\u2029'],
  ['U+00A0', '\u00a0'], ['U+200B', '\u200b'], ['U+FEFF', '\ufeff'],
  ['U+00AD', '\u00ad'], ['U+E000', '\ue000'], ['U+E0041', '\u{e0041}'],
  ['U+FFFF', '\uffff'], ['U+0001', '\u0001'], ['U+007F', '\u007f'],
]) {
  test(`rejects a model with ${name}`, async () => {
    const count = upstream.requests.length;
    for (const model of [`a${text}b/c`, `a/b${text}`, `a/${text}:1`]) {
      await failure(newClient().create({ model, input: toValue(1) }), {
        code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD', fields: ['model'],
      });
    }
    assert.equal(upstream.requests.length, count);
  });
}

test('a rejected request of a megabyte logs a short line', async () => {
  const long = 'x'.repeat(1 << 20);
  const client = newClient();
  for (const start of [
    () => client.get({ id: long }), () => client.cancel({ id: long }),
    () => client.create({ model: `${long}/b`, input: toValue(1) }),
    () => client.create(
        { model: 'a/b', input: toValue(1), request_id: long }),
    () => client.create({ model: 'a/b', input_json: long }),
    () => client.list({ page_token: long }),
  ]) {
    const call = start();
    const error = await failure(call, { code: 'INVALID_ARGUMENT' });
    assert.ok(error.message.length < 400, error.message.slice(0, 400));
    const line = await endedCall(gateway, await call.requestId);
    assert.ok(JSON.stringify(line).length < 1000);
  }
});

describe('the location in a 422', () => {
  const at = (...loc) => rawResponse(
      422, JSON.stringify({ detail: [{ loc, msg: 'bad', type: 'json_invalid' }] }));
  const field = async (request, ...loc) => {
    scripted.set(CREATES, at(...loc));
    const create = { model: 'a/b', ...request };
    const client = newClient();
    const { fields, message } = await failure(
        client.create(create),
        { code: 'INVALID_ARGUMENT', reason: 'REQUEST_REFUSED' });
    const prefixed = await failure(client.createAndWait({ create }).next(),
                                   { code: 'INVALID_ARGUMENT' });
    assert.deepEqual(prefixed.fields, fields[0] === '' ? ['create'] :
                                      [`create.${fields[0]}`]);
    assert.doesNotMatch(message, /body[.[]/);
    return fields[0];
  };
  const JSON_TEXT = { input_json: '1e400' };
  const VALUE = { input: toValue(1) };

  test('that is a position in the body maps to the input', async () => {
    assert.equal(await field(JSON_TEXT, 'body', 9), 'input_json');
    assert.equal(await field(JSON_TEXT, 'body', 32), 'input_json');
    assert.equal(await field(VALUE, 'body', 32), 'input');
    assert.equal(await field(JSON_TEXT, 'body'), 'input_json');
  });

  test('inside the input maps to a field of the request', async () => {
    assert.equal(await field(JSON_TEXT, 'body', 'input', 'a', 3),
                 'input_json');
    assert.equal(await field(VALUE, 'body', 'input', 'a', 3), 'input.a[3]');
    assert.equal(await field(VALUE, 'body', 'input', 'a', '\u202e'),
                 'input.a');
  });

  test('that the request does not have maps to no field', async () => {
    assert.equal(await field(VALUE, 'query', 'x'), '');
    assert.equal(await field(VALUE, 'x'.repeat(100_000)), '');
  });
});

test('the API\'s type, code and detail reach the caller', async () => {
  const { details } = await failure(CALLS.get(rawResponse(
      403, '{"detail":"no","type":"permission_error","code":"p7"}')), {});
  const { upstream_error_type, upstream_error_code, upstream_error_detail } =
      details.ErrorInfo.metadata;
  assert.deepEqual(
      [upstream_error_type, upstream_error_code, upstream_error_detail],
      ['permission_error', 'p7', 'no']);
});

test('a header line above 100 KiB is not reported as out of memory',
     async () => {
       const error = await failure(
           CALLS.get(rawResponse(200, '{}', { 'x-a': 'x'.repeat(200 << 10) })),
           { code: 'INTERNAL', reason: 'UPSTREAM_RESPONSE_INVALID' });
       assert.match(error.message, /headers exceed 65536 bytes/);
       assert.equal(error.details.ErrorInfo.metadata.cause, 'too_large');
     });

test('a trailer above 4 KiB is not reported as out of memory', async () => {
  const error = await failure(
      CALLS.get(Buffer.concat([
        rawResponse(200, '2\r\n{}\r\n0\r\n',
                    { 'transfer-encoding': 'chunked' }),
        Buffer.from(`x-a: ${'x'.repeat(8 << 10)}\r\n\r\n`),
      ])), { code: 'INTERNAL', reason: 'UPSTREAM_RESPONSE_INVALID' });
  assert.match(error.message, /a trailer of the response exceeds 4096 bytes/);
});
