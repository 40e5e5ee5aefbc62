// Inputs and outputs pass through the gateway unchanged.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { secret } from './support/program.mjs';
import { rawMembers } from './support/raw_json.mjs';
import { matchGet, predictionJson } from './support/sandbox.mjs';
import { predictions, sandbox, useSharedGateway }
  from './support/shared_gateway.mjs';
import { fromValue, toValue } from './support/value.mjs';

const TOKEN = secret('payload-token-1');

useSharedGateway({ token: TOKEN });

const nested = (depth) => '['.repeat(depth) + '1' + ']'.repeat(depth);
const nestedObjects = (depth) =>
  '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

// Each row: name, JSON text, and whether a Value can hold it exactly.
const DOCUMENTS = [
  ['an object', '{"a":[true,false,null,"x"],"b":{}}', 'value'],
  ['keys out of order', '{"z":1,"a":2,"m":{"y":1,"b":2}}', 'value'],
  ['white space', '{ "a" :\t1 ,\n "b": [ ] }', 'value'],
  ['2^53', '{"n":9007199254740992}', 'value'],
  ['2^53 + 1', '{"n":9007199254740993}', 'text'],
  ['-(2^53 + 1)', '[-9007199254740993]', 'text'],
  ['the largest 64-bit integer', '[18446744073709551615]', 'text'],
  ['1e-400', '{"n":1e-400}', 'text'],
  ['0.1', '{"n":0.1}', 'value'],
  ['more digits than a double holds', '[0.12345678901234567890]', 'text'],
  ['1.0', '{"n":1.0}', 'value'],
  ['1E+2', '[1E+2]', 'value'],
  ['-0', '{"n":-0}', 'value'],
  ['a duplicate key', '{"a":1,"a":2}', 'text'],
  ['a duplicate key, once escaped', '{"a":1,"\\u0061":2}', 'text'],
  ['an empty key', '{"":""}', 'value'],
  ['escapes', '["\\u00e9\\/\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u007f"]', 'value'],
  ['surrogate pairs', '["\\ud83c\\udf88","🎈"]', 'value'],
  ['other scripts', '{"grüße":"世界 привет","\u2028":"\ufeff"}', 'value'],
  ['40 arrays deep', nested(40), 'value'],
  ['60 arrays deep', nested(60), 'text'],
  ['60 objects deep', nestedObjects(60), 'text'],
  ['900 arrays deep', nested(900), 'text'],
  ['900 objects deep', nestedObjects(900), 'text'],
  ['null', 'null', 'value'],
  ['true', 'true', 'value'],
  ['a number', '17', 'value'],
  ['a string', '"text"', 'value'],
  ['an empty string', '""', 'value'],
  ['an empty array', '[]', 'value'],
  ['an empty object', '{}', 'value'],
  ['5 MiB of text', JSON.stringify('grüße, 世界 🎈\n'.repeat(220_000)),
   'value'],
];

// Creates a prediction that outputs `input_json`; returns its id at the end.
async function echo(input_json) {
  const stream = predictions.createAndWait({
    create: {
      model: 'wriftai/echo', input_json, payload_format: 'PAYLOAD_FORMAT_JSON',
    },
    wait_options: { poll_interval: { nanos: 100e6 } },
  });
  const { prediction } = await stream.last();
  expectSame(prediction.input_json, input_json, 'CreateAndWait, input');
  expectSame(prediction.output_json, input_json, 'CreateAndWait, output');
  return prediction.id;
}

// Unlike assert.equal(), does not print megabytes.
function expectSame(actual, expected, what) {
  if (actual !== expected) assert.fail(`${what}: ${actual?.slice(0, 200)}`);
}

function expectValue(prediction, text, exact) {
  for (const name of ['input', 'output']) {
    if (exact) {
      assert.equal(prediction[`${name}_payload`], name);
      assert.deepEqual(fromValue(prediction[name]), JSON.parse(text));
    } else {
      expectSame(prediction[`${name}_json`], text, name);
    }
  }
}

describe('a payload', { concurrency: 8 }, () => {
  for (const [name, text, form] of DOCUMENTS) {
    test(`${name} returns byte for byte, and as ${form} in VALUE format`,
         async () => {
           const id = await echo(text);
           const upstreamJson =
               rawMembers(await sandbox.rest(`/predictions/${id}`, TOKEN));
           expectSame(upstreamJson.input, text, 'the input at the sandbox');
           const json = { id, payload_format: 'PAYLOAD_FORMAT_JSON' };
           const got = await predictions.get(json);
           expectSame(got.input_json, upstreamJson.input, 'Get, input');
           expectSame(got.output_json, upstreamJson.output, 'Get, output');
           const { prediction } = await predictions.wait(json).last();
           expectSame(prediction.input_json, upstreamJson.input, 'Wait, input');
           expectSame(prediction.output_json, upstreamJson.output,
                      'Wait, output');

           expectValue(await predictions.get({ id }), text, form === 'value');
           const value = { id, payload_format: 'PAYLOAD_FORMAT_VALUE' };
           const waited = await predictions.wait(value).last();
           expectValue(waited.prediction, text, form === 'value');
         });
  }
});

// The sandbox's JSON parser rejects these, so faults send the responses.
for (const text of ['{"n":1e400}', '1'.repeat(400)]) {
  test(`passes the number ${text.slice(0, 12)}, larger than any double`,
       async () => {
         const id = randomUUID();
         const body = predictionJson(id, 'succeeded')
             .replace('"input":null,"output":null',
                      `"input":${text},"output":${text}`);
         await sandbox.addFaults(
             { method: 'POST', times: 1, status: 202, body },
             { ...matchGet(id), status: 200, body });
         await predictions.create({ model: 'wriftai/echo', input_json: text });
         await sandbox.createWith(`"input":${text}`);
         const json = { id, payload_format: 'PAYLOAD_FORMAT_JSON' };
         const { prediction } = await predictions.wait(json).last();
         expectSame(prediction.input_json, text, 'Wait, input');
         expectValue(await predictions.get({ id }), text, false);
       });
}

test('the output is null, not absent, before the end', async () => {
  const input = toValue({ sandbox: { pending_s: 3600 } });
  const json = await predictions.create({
    model: 'wriftai/echo', input, payload_format: 'PAYLOAD_FORMAT_JSON',
  });
  assert.equal(json.output_json, 'null');
  const value = await predictions.get({ id: json.id });
  assert.equal(value.output.kind, 'nullValue');
});

test('a Value is sent as its JSON', async () => {
  const input = { marker: 'value-5d1f', n: [1, -0.5, 1e21], s: 'é\u0000"' };
  await predictions.create({ model: 'wriftai/echo', input: toValue(input) });
  const { body } = await sandbox.createWith('value-5d1f');
  assert.deepEqual(JSON.parse(body).input, input);
});

for (const [payload_format, name, expected] of [
  ['PAYLOAD_FORMAT_JSON', 'detail_json', '{"b":1,"a":9007199254740993}'],
  ['PAYLOAD_FORMAT_VALUE', 'detail_json', '{"b":1,"a":9007199254740993}'],
  ['PAYLOAD_FORMAT_VALUE', 'detail', '{"b":[1,"x"]}'],
  ['PAYLOAD_FORMAT_VALUE', 'detail', 'null'],
]) {
  test(`the error detail ${expected} is ${name} in ${payload_format}`,
       async () => {
         const error =
             `{"source":"external","message":"m","detail":${expected}}`;
         const end = await predictions.createAndWait({
           create: {
             model: 'wriftai/echo', payload_format,
             input_json: `{"sandbox":{"outcome":"failed","error":${error}}}`,
           },
           wait_options: { poll_interval: { nanos: 100e6 } },
         }).last();
         const got = end.prediction.error;
         assert.equal(got.detail_payload, name);
         if (name === 'detail_json') assert.equal(got.detail_json, expected);
         else assert.deepEqual(fromValue(got.detail), JSON.parse(expected));
       });
}
