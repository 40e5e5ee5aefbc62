// A create with a request_id happens once; one without is sent only once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { gateway, predictions, sandbox, useSharedGateway }
  from './support/shared_gateway.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('once-token-1');

useSharedGateway({ token: TOKEN });

// A create that differs from all others in input and request_id.
function request(more = {}) {
  return {
    model: 'wriftai/echo', input: toValue(randomUUID()),
    request_id: randomUUID(), ...more,
  };
}

// The number of predictions that `steps` creates.
async function created(steps) {
  const before = await sandbox.createdCount();
  await steps();
  return await sandbox.createdCount() - before;
}

// Injects a fault into the next create.
function failNextCreate(fault) {
  return sandbox.addFaults(
      { method: 'POST', path_regex: '^/v1/predictions$', times: 1, ...fault });
}

const unknown = { code: 'UNKNOWN', reason: 'CREATE_OUTCOME_UNKNOWN' };

test('concurrent creates with one request_id create only once', async () => {
  const one = request();
  await failNextCreate({ delay_ms: 200 });
  assert.equal(await created(async () => {
    const responses = await Promise.all(
        Array.from({ length: 20 }, () => predictions.create(one)));
    assert.equal(new Set(responses.map(({ id }) => id)).size, 1);
  }), 1);
});

test('a retry after success returns the same prediction', async () => {
  const one = request();
  assert.equal(await created(async () => {
    const first = await predictions.create(one);
    const second = await predictions.create(one);
    assert.deepEqual(second, first);
  }), 1);
});

test('a retry may use upper case, and CreateAndWait', async () => {
  const one = request();
  assert.equal(await created(async () => {
    const { id } = await predictions.create(one);
    const request_id = one.request_id.toUpperCase();
    const stream =
        predictions.createAndWait({ create: { ...one, request_id } });
    const update = await stream.next();
    stream.cancel();
    assert.equal(update.prediction.id, id);
  }), 1);
});

for (const [name, change] of [
  ['input', { input: toValue('another') }],
  ['model', { model: 'wriftai/echo:1' }],
  ['webhook', { webhook: { url: 'http://127.0.0.1:9/' } }],
  ['validate_input', { validate_input: true }],
]) {
  test(`rejects another ${name} under the same request_id`, async () => {
    const one = request();
    assert.equal(await created(async () => {
      await predictions.create(one);
      await failure(predictions.create({ ...one, ...change }), {
        code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD',
        fields: ['request_id'],
      });
      await failure(
          predictions.createAndWait({ create: { ...one, ...change } }).next(),
          { code: 'INVALID_ARGUMENT', fields: ['create.request_id'] });
    }), 1);
  });
}

test('without a request_id every call creates a prediction', async () => {
  const one = request({ request_id: '' });
  assert.equal(await created(async () => {
    await predictions.create(one);
    await predictions.create(one);
  }), 2);
});

test('two credentials may use the same request_id', async (t) => {
  const other = new Client(gateway.address, { token: secret('once-token-2') });
  t.after(() => other.close());
  const one = request();
  assert.equal(await created(async () => {
    const mine = await predictions.create(one);
    const theirs = await other.create(one);
    assert.notEqual(mine.id, theirs.id);
  }), 2);
});

// On a used connection, where HTTP clients tend to retry.
for (const [name, one] of [['without a request_id', { request_id: '' }],
                           ['with a request_id', {}]]) {
  test(`a create ${name} whose response is lost is sent once`, async () => {
    await predictions.create(request());
    await failNextCreate({ close_after_processing: true });
    const count = (await sandbox.requestsTo('/v1/predictions', 'POST')).length;
    assert.equal(await created(async () => {
      const error = await failure(predictions.create(request(one)), unknown);
      assert.match(error.message, /may have been created/);
    }), 1);
    assert.equal((await sandbox.requestsTo('/v1/predictions', 'POST')).length,
                 count + 1);
  });
}

test('a retry after a lost response creates nothing, with the same error',
     async () => {
       const one = request();
       await failNextCreate({ close_after_processing: true });
       assert.equal(await created(async () => {
         await failure(predictions.create(one), unknown);
         await failure(predictions.create(one), unknown);
         await failure(predictions.createAndWait({ create: one }).next(),
                       unknown);
       }), 1);
     });

test('a create with a truncated response has an unknown outcome', async () => {
  await failNextCreate({ cut_body: true });
  assert.equal(await created(() =>
    failure(predictions.create(request()), unknown)), 1);
});

test('a 502 after the create has an unknown outcome', async () => {
  await failNextCreate({ process: true, status: 502, body: '' });
  assert.equal(await created(() =>
    failure(predictions.create(request()), unknown)), 1);
});

test('a rejected create may be retried under its request_id',
     async () => {
       const one = request();
       await failNextCreate({ status: 429, body: '{"detail":"no"}' });
       assert.equal(await created(async () => {
         await failure(predictions.create(one), { code: 'RESOURCE_EXHAUSTED' });
         await predictions.create(one);
       }), 1);
     });
