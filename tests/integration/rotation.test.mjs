// Secrets that change during calls and waits.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { SecretVolume } from './support/certificates.mjs';
import { replaceFile, temporaryFolder } from './support/files.mjs';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';
import { WebhookGateway, until } from './support/webhooks.mjs';

const OLD = secret('rotation-token-1');
const NEW = secret('rotation-token-2');

// For every version of a file, so that the time does not reveal a change.
const UNCHANGING_TIME = new Date('2026-01-01T00:00:00Z');

// An upstream that lets the test issue and revoke tokens.
class Account {
  static async open() {
    const account = new Account();
    account.upstream =
        await FakeUpstream.start((request) => account.#respond(request));
    return account;
  }

  valid = new Set([OLD]);
  accepted = new Map();  // Token -> number of accepted requests.
  created = 0;
  status = 'started';  // Of all predictions.

  close() {
    return this.upstream.stop();
  }

  #respond(held) {
    const token = held.headers.authorization?.replace('Bearer ', '');
    if (!this.valid.has(token)) {
      held.respond(401, '{"detail":"no"}');
      return;
    }
    this.accepted.set(token, (this.accepted.get(token) ?? 0) + 1);
    if (held.method === 'POST') {
      ++this.created;
      held.respond(202, predictionJson(randomUUID(), 'pending'));
    } else if (held.path.includes('?')) {
      held.respond(
          200, '{"items":[],"next_cursor":null,"previous_cursor":null}');
    } else {
      held.respond(
          200, predictionJson(held.path.split('/').at(-1), this.status));
    }
  }
}

// Runs `request` on each of `clients` in a loop until stop(), which returns the
// number of calls. A failed call fails the test.
function startLoad(clients, request) {
  let running = true;
  let count = 0;
  const workers = clients.map(async (client) => {
    while (running) {
      await request(client);
      ++count;
    }
  });
  const all = Promise.all(workers);
  all.catch(() => {});  // stop() reports it.
  return {
    get count() { return count; },
    stop: async () => {
      running = false;
      await all;
      return count;
    },
  };
}

test('no call fails while a token is rotated and the old one revoked',
     async (t) => {
       const file = path.join(temporaryFolder(t), 'token');
       replaceFile(file, OLD);
       const account = await Account.open();
       const gateway = await Gateway.start({
         apiBaseUrl: account.upstream.baseUrl,
         flags: [`--access_token_file=${file}`, '--read_rate=10000',
                 '--create_rate=10000'],
       });
       const clients = Array.from({ length: 4 },
                                  () => new Client(gateway.address));
       t.after(async () => {
         clients.forEach((client) => client.close());
         await gateway.stop();
         await account.close();
       });
       const [first] = clients;
       const options = { poll_interval: { nanos: 100e6 } };
       const waits = Array.from({ length: 50 }, (_, i) => first.wait({
         id: `00000000-0000-4000-8000-00000000000${i % 10}`, options,
       }));
       await Promise.all(waits.map((wait) => wait.next()));
       const create = { model: 'wriftai/echo', input_json: '1',
                        request_id: randomUUID() };
       const { id } = await first.create(create);

       const calls = startLoad(clients, async (client) => {
         await client.get({ id: randomUUID() });
         await client.list({});
         await client.create(
             { model: 'wriftai/echo', input_json: '1' });
       });
       account.valid.add(NEW);
       replaceFile(file, NEW);
       await until(() => account.accepted.has(NEW), 'the new token in use');
       account.valid.delete(OLD);
       const before = calls.count;
       await until(() => calls.count > before + 50, 'calls with the new token');
       await calls.stop();

       // A create that the caller retries is not sent again.
       const created = account.created;
       assert.equal((await first.create(create)).id, id);
       assert.equal(account.created, created);
       account.status = 'succeeded';
       for (const wait of waits) {
         const { prediction } = await wait.last();
         assert.equal(prediction.status, 'PREDICTION_STATUS_SUCCEEDED');
       }
     });

test('a token that is revoked without a replacement ends its waits',
     async (t) => {
       const account = await Account.open();
       const gateway = await Gateway.start({
         apiBaseUrl: account.upstream.baseUrl, token: OLD,
         flags: ['--read_rate=10000'],
       });
       const client = new Client(gateway.address);
       t.after(async () => {
         client.close();
         await gateway.stop();
         await account.close();
       });
       const wait = client.wait({
         id: randomUUID(), options: { poll_interval: { nanos: 100e6 } },
       });
       await wait.next();
       account.valid.delete(OLD);
       await failure(wait.rest(),
                     { code: 'UNAUTHENTICATED', reason: 'TOKEN_REFUSED' });
     });

test('no delivery is rejected while webhook keys are rotated',
     async (t) => {
       const [key, next] = [secret('rotation-key-1'), secret('rotation-key-2')];
       const account = await Account.open();
       const gateway = await WebhookGateway.start(
           { apiBaseUrl: account.upstream.baseUrl, token: OLD, key });
       t.after(async () => {
         await gateway.stop();
         await account.close();
       });
       const deliver = (signingKey) =>
         gateway.deliverSigned(
             signingKey, predictionJson(randomUUID(), 'started'));
       const deliveries = startLoad([key, key], async (signingKey) =>
         assert.equal(await deliver(signingKey), 200));
       assert.equal(await deliver(next), 401);
       gateway.writeKeys(next, key);
       await until(async () => await deliver(next) === 200, 'the new key');
       const both = startLoad([next, key], async (signingKey) =>
         assert.equal(await deliver(signingKey), 200));
       await until(() => both.count > 50, 'deliveries with both');
       await Promise.all([deliveries.stop(), both.stop()]);
       gateway.writeKeys(next);
       await until(
           async () => await deliver(key) === 401, 'the old key rejected');
       assert.equal(await deliver(next), 200);
     });

// Ways to replace a file without changing its time and size.
const ROTATIONS = {
  'a rename': (folder) => {
    const file = path.join(folder, 'secret');
    const write = (text) => {
      replaceFile(file, text, UNCHANGING_TIME);
    };
    return { file, write };
  },
  'a swap of ..data': (folder) => {
    const volume = new SecretVolume(folder, {}, UNCHANGING_TIME);
    return {
      file: path.join(folder, 'secret'),
      write: (text) => volume.replace({ secret: text }),
    };
  },
};

for (const [name, rotation] of Object.entries(ROTATIONS)) {
  test(`uses a token rotated by ${name} with the same time and size`,
       async (t) => {
         const { file, write } = rotation(temporaryFolder(t));
         write(OLD);
         const account = await Account.open();
         const gateway = await Gateway.start({
           apiBaseUrl: account.upstream.baseUrl,
           flags: [`--access_token_file=${file}`],
         });
         const client = new Client(gateway.address);
         t.after(async () => {
           client.close();
           await gateway.stop();
           await account.close();
         });
         await client.get({ id: randomUUID() });
         account.valid.add(NEW);
         write(NEW);
         await until(async () => {
           await client.get({ id: randomUUID() });
           return account.accepted.has(NEW);
         }, 'the new token in use');
       });

  test(`uses webhook keys rotated by ${name} with the same time and size`,
       async (t) => {
         const [key, next] =
             [secret('rotation-key-3'), secret('rotation-key-4')];
         const { file, write } = rotation(temporaryFolder(t));
         write(key);
         const account = await Account.open();
         const gateway = await WebhookGateway.start({
           apiBaseUrl: account.upstream.baseUrl, token: OLD, key,
           flags: [`--webhook_secret_file=${file}`],
         });
         t.after(async () => {
           await gateway.stop();
           await account.close();
         });
         const deliver = (signingKey) =>
           gateway.deliverSigned(
               signingKey, predictionJson(randomUUID(), 'started'));
         assert.equal(await deliver(key), 200);
         write(next);
         await until(async () => await deliver(next) === 200, 'the new key');
       });
}
