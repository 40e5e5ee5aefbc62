// Malformed upstream data: text that is not Unicode, fields of wrong types,
// deep nesting. A caller loses only the field that is wrong.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { RawUpstream } from '../support/raw_upstream.mjs';
import { Client } from './support/client.mjs';
import { Gateway } from './support/gateway.mjs';
import { Metrics } from './support/metrics.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';

const TOKEN = secret('odd-payloads-token');
const ID = 'c12258c4-ed83-4d7b-a784-8ed55412325a';
const OTHER = '00000000-0000-4000-8000-00000000000b';

let upstream;
let gateway;
let client;
// The response to every request: status, body.
let response;

before(async () => {
  upstream = await RawUpstream.start((request) => request.respond(...response));
  gateway = await Gateway.start({ apiBaseUrl: upstream.baseUrl, token: TOKEN });
  client = new Client(gateway.address);
});

after(async () => {
  client?.close();
  await gateway?.stop();
  await upstream?.stop();
});

const prediction = (members, id = ID, status = 'started') =>
  `{"id":"${id}","status":"${status}"${members ? `,${members}` : ''}}`;

const get = (format = 'PAYLOAD_FORMAT_JSON') =>
  client.get({ id: ID, payload_format: format });

const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);

// JSON whose grammar is valid, but which is not valid Unicode text.
const LONE = String.raw`{"\ud83d":["\udc00x\ud83d\ud83d\n",1e999,"\u0000"]}`;

describe('payloads with lone surrogates', () => {
  beforeEach(() => {
    response = [200, prediction(
        `"input": ${LONE} ,"output":${LONE},"error":{"detail":${LONE}}`)];
  });

  for (const format of ['PAYLOAD_FORMAT_JSON', 'PAYLOAD_FORMAT_VALUE']) {
    test(`Get returns them byte for byte as ${format}`, async () => {
      const got = await get(format);
      assert.equal(got.input_json, LONE);
      assert.equal(got.output_json, LONE);
      assert.equal(got.error.detail_json, LONE);
      assert.deepEqual(got.inexact_fields, []);
    });
  }

  test('Wait delivers them', async () => {
    response = [200, prediction(`"output":${LONE}`, OTHER, 'succeeded')];
    const stream = client.wait({ id: OTHER });
    const update = await stream.last();
    assert.equal(update.prediction.output_json, LONE);
  });

  test('Create sends input_json byte for byte', async () => {
    response = [202, prediction(`"input":${LONE}`)];
    const created = await client.create({
      model: 'wriftai/echo', input_json: LONE,
      payload_format: 'PAYLOAD_FORMAT_VALUE',
    });
    assert.equal(created.input_json, LONE);
    const { body } = upstream.requestsOf('/v1/predictions').at(-1);
    assert.ok(body.includes(`"input":${LONE}`), body);
  });
});

for (const [name, member] of [
  ['a lone surrogate', String.raw`"x":"\ud83d"`],
  ['a key that is a lone surrogate', String.raw`"\ud83d":{"\udc00":1}`],
  ['bytes that are not UTF-8', Buffer.from('"x":"\xff\xed\xa0\x80"', 'latin1')],
  ['a million levels', `"x":${nested(1_000_000)}`],
  ['a number of 100,000 digits', `"x":1${'0'.repeat(100_000)}e999999999999`],
  ['a long key', `"${'k'.repeat(1 << 20)}":1`],
  ['a hundred thousand members', `${'"":0,'.repeat(100_000)}"":1`],
]) {
  test(`an unknown member with ${name} is ignored`, async () => {
    response = [200, Buffer.concat([
      Buffer.from(`{"id":"${ID}","status":"started","output":[1.0],`),
      Buffer.from(member), Buffer.from('}')])];
    const got = await get();
    assert.equal(got.output_json, '[1.0]');
    assert.deepEqual(got.inexact_fields, []);
  });
}

describe('nesting', () => {
  test('a payload may have 1,000 levels in both directions', async () => {
    response = [202, prediction(`"input":${nested(1000)}`)];
    const created = await client.create({
      model: 'wriftai/echo', input_json: nested(1000),
      payload_format: 'PAYLOAD_FORMAT_JSON',
    });
    assert.equal(created.input_json, nested(1000));
  });

  test('a deeper input is rejected', async () => {
    const error = await failure(client.create({
      model: 'wriftai/echo', input_json: nested(1001),
    }), { code: 'INVALID_ARGUMENT' });
    assert.match(error.message, /input_json: .*nested more than 1000 levels/);
  });

  test('a deeper output is omitted, as an inexact field', async () => {
    response = [200, prediction(`"input":1,"output":${nested(1001)}`)];
    const got = await get();
    assert.equal(got.input_json, '1');
    assert.equal(got.output_payload, undefined);
    assert.deepEqual(got.inexact_fields, ['output']);
  });
});

test('a payload that is not UTF-8 becomes an inexact field', async () => {
  response = [200, Buffer.concat([
    Buffer.from(`{"id":"${ID}","status":"started","input":1,"output":"`),
    Buffer.from([0xff]), Buffer.from('"}')])];
  const got = await get();
  assert.equal(got.input_json, '1');
  assert.equal(got.output_payload, undefined);
  assert.deepEqual(got.inexact_fields, ['output']);
});

test('a byte order mark is ignored', async () => {
  response = [200, `\ufeff${prediction('"output":1')}`];
  assert.equal((await get()).output_json, '1');
});

for (const [name, member] of [
  ['created_at', '"created_at":"2025-08-13T11:48:44"'],
  ['updated_at', '"updated_at":17'],
  ['setup_time', '"setup_time":[]'],
  ['url', `"url":"${'u'.repeat(100_000)}"`],
  ['logs', String.raw`"logs":["a\ud83d"]`],
  ['error.message', String.raw`"error":{"message":"a\ud83d"}`],
  ['error.message', `"error":{"message":"${'m'.repeat(1_000_000)}"}`],
  ['model.owner', String.raw`"model":{"owner":"\u202e\ud83d"}`],
  ['model.name', `"model":{"name":"${'n'.repeat(1_000_000)}"}`],
  ['error', '"error":7'],
]) {
  test(`an invalid ${name} is isolated: ${member.slice(0, 40)}`, async () => {
    response = [200, prediction(`"output":1,${member}`)];
    const got = await get();
    assert.equal(got.status, 'PREDICTION_STATUS_STARTED');
    assert.equal(got.output_json, '1');
    assert.deepEqual(got.inexact_fields, [name]);
    assert.ok(JSON.stringify(got).length < 100_000);
  });
}

for (const [name, id] of [
  ['a path', '../../x?\\r\\nhost: evil'], ['1 MB', 'a'.repeat(1_000_000)],
  ['empty', ''],
]) {
  test(`an id that is ${name} is UPSTREAM_RESPONSE_INVALID`, async () => {
    response = [200, prediction('', id)];
    const error = await failure(get(), {
      code: 'INTERNAL', reason: 'UPSTREAM_RESPONSE_INVALID',
    });
    assert.match(error.message, /id: expected a UUID, got "/);
    assert.ok(error.message.length < 500);
  });
}

describe('a page of the list', () => {
  const page = (items, more = '') =>
    [200, `{"items":[${items.join(',')}],"next_cursor":"n"${more}}`];

  test('keeps an item whose created_at has no time zone', async () => {
    response = page([
      prediction('"created_at":"2025-08-13T11:48:44"'), prediction('', OTHER)]);
    const listed = await client.list({});
    assert.deepEqual(listed.predictions.map((p) => p.id), [ID, OTHER]);
    assert.equal(listed.predictions[0].created_at, null);
    assert.deepEqual(listed.predictions[0].inexact_fields, ['created_at']);
    assert.notEqual(listed.next_page_token, '');
    assert.deepEqual(listed.inexact_fields, []);
  });

  test('omits items without a usable id or status', async () => {
    response = page(['7', '{}', prediction('', 'p1'),
                     `{"id":"${OTHER}","status":{}}`, prediction('')]);
    const before = new Metrics((await gateway.page('/metrics')).body);
    const listed = await client.list({});
    assert.deepEqual(listed.predictions.map((p) => p.id), [ID]);
    assert.notEqual(listed.next_page_token, '');
    assert.deepEqual(listed.inexact_fields, ['items']);
    const metrics = new Metrics((await gateway.page('/metrics')).body);
    assert.equal(metrics.value('upstream_skipped_items_total') -
                 before.value('upstream_skipped_items_total'), 4);
  });

  test('with repeated items can be read to its end one by one', async () => {
    response = [200, `{"items":[${[ID, ID, OTHER, ID, OTHER].map(
        (id) => prediction('', id))}],"next_cursor":null}`];
    const seen = [];
    let token = '';
    do {
      const listed = await client.list({ page_size: 1, page_token: token });
      seen.push(...listed.predictions.map(({ id }) => id));
      token = listed.next_page_token;
    } while (token !== '' && seen.length < 9);
    assert.deepEqual(seen, [ID, OTHER]);
  });

  test('whose cursor points to itself is the last', async () => {
    response = page([prediction('')]);
    const first = await client.list({});
    assert.notEqual(first.next_page_token, '');
    const second = await client.list({ page_token: first.next_page_token });
    assert.equal(second.next_page_token, '');
    assert.deepEqual(second.inexact_fields, ['next_cursor']);
  });

  for (const cursor of ['true', '{}', '"a\\r\\nx: y"',
                        `"${'c'.repeat(1_000_000)}"`]) {
    const shown = cursor.slice(0, 20);
    test(`lists an unusable cursor in inexact_fields: ${shown}`, async () => {
      response = [200, `{"items":[${prediction('')}],"next_cursor":${cursor}}`];
      const listed = await client.list({});
      assert.equal(listed.predictions.length, 1);
      assert.equal(listed.next_page_token, '');
      assert.deepEqual(listed.inexact_fields, ['next_cursor']);
    });
  }
});

test('inexact fields are counted by field', async () => {
  response = [200, prediction('"url":1')];
  const count = async () =>
    new Metrics((await gateway.page('/metrics')).body)
        .value('upstream_inexact_fields_total', { field: 'url' });
  const before = await count();
  await get();
  await get();
  assert.equal(await count(), before + 2);
});
