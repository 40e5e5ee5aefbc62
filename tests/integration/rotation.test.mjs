// Secrets that change while calls and waits are under way.
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

// Of every version of a file, where the time must not tell one from another.
const UNCHANGING_TIME = new Date('2026-01-01T00:00:00Z');

// An upstream whose tokens the test issues and revokes.
class Account {
  static async open() {
    const account = new Account();
    account.upstream =
        await FakeUpstream.start((request) => account.#answer(request));
    return account;
  }

  good = new Set([OLD]);
  seen = new Map();  // Token -> requests that it was accepted for.
  created = 0;
  status = 'started';  // Of every prediction.

  close() {
    return this.upstream.stop();
  }

  #answer(held) {
    const token = held.headers.authorization?.replace('Bearer ', '');
    if (!this.good.has(token)) {
      held.answer(401, '{"detail":"no"}');
      return;
    }
    this.seen.set(token, (this.seen.get(token) ?? 0) + 1);
    if (held.method === 'POST') {
      ++this.created;
      held.answer(202, predictionJson(randomUUID(), 'pending'));
    } else if (held.path.includes('?')) {
      held.answer(200, '{"items":[],"next_cursor":null,"previous_cursor":null}');
    } else {
      held.answer(200, predictionJson(held.path.split('/').at(-1), this.status));
    }
  }
}

// Calls of every kind in a row, on `clients`, until stop(), which gives their
// number: one that fails fails the test.
function load(clients, request) {
  let running = true;
  let count = 0;
  const workers = clients.map(async (client) => {
    while (running) {
      await request(client);
      ++count;
    }
  });
  const all = Promise.all(workers);
  all.catch(() => {});  // Told by stop().
  return {
    get count() { return count; },
    stop: async () => {
      running = false;
      await all;
      return count;
    },
  };
}

test('a token is rotated and the old one revoked under load, and no call fails',
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
       const creation = { model: 'wriftai/echo', input_json: '1',
                          request_id: randomUUID() };
       const { id } = await first.create(creation);

       const calls = load(clients, async (client) => {
         await client.get({ id: randomUUID() });
         await client.list({});
         await client.create(
             { model: 'wriftai/echo', input_json: '1' });
       });
       account.good.add(NEW);
       replaceFile(file, NEW);
       await until(() => account.seen.has(NEW), 'the new token in use');
       account.good.delete(OLD);
       const before = calls.count;
       await until(() => calls.count > before + 50, 'calls with it');
       await calls.stop();

       // A create that a caller repeats is not paid for again.
       const created = account.created;
       assert.equal((await first.create(creation)).id, id);
       assert.equal(account.created, created);
       account.status = 'succeeded';
       for (const wait of waits) {
         const { prediction } = await wait.last();
         assert.equal(prediction.status, 'STATUS_SUCCEEDED');
       }
     });

test('a token that is revoked with nothing in its place ends the waits',
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
       account.good.delete(OLD);
       await failure(wait.rest(),
                     { code: 'UNAUTHENTICATED', reason: 'TOKEN_REFUSED' });
     });

test('webhook keys are rotated under load, and no delivery is refused',
     async (t) => {
       const [key, next] = [secret('rotation-key-1'), secret('rotation-key-2')];
       const account = await Account.open();
       const gateway = await WebhookGateway.start(
           { apiBaseUrl: account.upstream.baseUrl, token: OLD, key });
       t.after(async () => {
         await gateway.stop();
         await account.close();
       });
       const deliver = (by) =>
         gateway.deliverSigned(by, predictionJson(randomUUID(), 'started'));
       const deliveries = load([key, key], async (by) =>
         assert.equal(await deliver(by), 200));
       assert.equal(await deliver(next), 401);
       gateway.writeKeys(next, key);
       await until(async () => await deliver(next) === 200, 'the new key');
       const both = load([next, key], async (by) =>
         assert.equal(await deliver(by), 200));
       await until(() => both.count > 50, 'deliveries by both');
       await Promise.all([deliveries.stop(), both.stop()]);
       gateway.writeKeys(next);
       await until(async () => await deliver(key) === 401, 'the old key gone');
       assert.equal(await deliver(next), 200);
     });

// Replaces `file` so that its time and size stay the same.
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
  test(`a token rotated by ${name} that keeps time and size is used`,
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
         account.good.add(NEW);
         write(NEW);
         await until(async () => {
           await client.get({ id: randomUUID() });
           return account.seen.has(NEW);
         }, 'the new token in use');
       });

  test(`webhook keys rotated by ${name} that keep time and size are used`,
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
         const deliver = (by) =>
           gateway.deliverSigned(by, predictionJson(randomUUID(), 'started'));
         assert.equal(await deliver(key), 200);
         write(next);
         await until(async () => await deliver(next) === 200, 'the new key');
       });
}
