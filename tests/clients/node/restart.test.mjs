// Waits and creates through a rolling restart of two gateways, and a crash.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Gateway } from '../../integration/support/gateway.mjs';
import { Sandbox } from '../../integration/support/sandbox.mjs';
import { connect } from './fixture.mjs';
import { status } from './package.mjs';

// Waits at a time, about half of them at each gateway.
const WAITS = 20;

// Only bounds a hang.
const TIMEOUT_MS = 90_000;

async function start(t, sandbox, address = '127.0.0.1:0') {
  const gateway = await Gateway.start({
    apiBaseUrl: sandbox.baseUrl, token: 'any',
    flags: [`--listen_address=${address}`, '--budget_share=0.5'],
  });
  t.after(() => gateway.program.stop('SIGKILL').catch(() => {}));
  return gateway;
}

async function setUp(t) {
  const sandbox = await Sandbox.start();
  t.after(() => sandbox.stop());
  const gateways = [await start(t, sandbox), await start(t, sandbox)];
  const addresses = gateways.map(({ address }) => address);
  return {
    sandbox, gateways,
    predictions: connect(t, {}, `ipv4:${addresses.join(',')}`),
    restart: async (index) => {
      await gateways[index].program.stop('SIGTERM', TIMEOUT_MS);
      gateways[index] = await start(t, sandbox, addresses[index]);
    },
  };
}

// Starts waits, disrupts the gateways, and ends the predictions. Returns their
// ids, and the errors after which each waited again.
async function waitThrough(predictions, disrupt) {
  const retries = [];
  const starts = Array.from({ length: WAITS }, () => {
    let started;
    const id = new Promise((resolve) => (started = resolve));
    const ended = predictions.create({
      model: 'wriftai/echo', ifUnknown: 'find_or_create', wait: true,
      input: { marker: randomUUID(), sandbox: { run_s: 3600 } },
      pollInterval: 100, waitTimeout: TIMEOUT_MS,
      onPoll: (one) => started(one.id),
      onRetry: (error) => retries.push(error),
    });
    return { id, ended };
  });
  const ids = await Promise.all(starts.map(({ id }) => id));
  try {
    await disrupt();
  } finally {
    await Promise.all(ids.map((id) => predictions.cancel(id)));
  }
  const ended = await Promise.all(starts.map((one) => one.ended));
  assert.deepEqual(ended.map(({ id }) => id), ids);
  assert.ok(ended.every((one) => one.status === 'failed'));
  return { ids, retries };
}

test('waits see the end through a rolling restart; no create is repeated',
     async (t) => {
       const { sandbox, predictions, restart } = await setUp(t);
       const created = [];
       let stopped = false;
       const keepCreating = async () => {
         while (!stopped) {
           created.push(await predictions.create({
             model: 'wriftai/echo', input: { marker: randomUUID() },
             ifUnknown: 'find_or_create', wait: true,
           }));
         }
       };
       const { ids, retries } = await waitThrough(predictions, async () => {
         const creating = keepCreating();
         try {
           await restart(0);
           await restart(1);
         } finally {
           stopped = true;
         }
         await creating;
       });
       assert.ok(created.every((one) => one.status === 'succeeded'));
       // Each wait lost the gateway at which it began.
       const again = new Set(retries.map((error) => error.predictionId));
       assert.deepEqual(ids.filter((id) => !again.has(id)), []);
       assert.ok(retries.some(({ reason }) => reason === 'DRAINING'));
       const posts = await sandbox.requestsTo('/v1/predictions', 'POST');
       const markers =
           posts.map(({ body }) => JSON.parse(body).input.marker);
       assert.equal(new Set(markers).size, markers.length);
       assert.equal(markers.length, ids.length + created.length);
       assert.equal(await sandbox.createdCount(), markers.length);
     });

test('waits see the end after a crash', async (t) => {
  const { predictions, gateways } = await setUp(t);
  const { retries } = await waitThrough(predictions, async () => {
    gateways[0].program.child.kill('SIGKILL');
    await gateways[0].program.ended;
  });
  assert.ok(retries.some(({ code, hasErrorInfo }) =>
    code === status.UNAVAILABLE && !hasErrorInfo));
});
