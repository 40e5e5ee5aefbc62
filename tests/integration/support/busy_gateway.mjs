import assert from 'node:assert/strict';
import { Client } from './client.mjs';
import { Gateway } from './gateway.mjs';
import { secret } from './program.mjs';
import { RawCall } from './raw_call.mjs';
import { Sandbox, getOf, redacted } from './sandbox.mjs';
import { encode } from './schema.mjs';
import { toValue } from './value.mjs';

const TOKEN = secret('statusz-token-1');
const FAILING = 'c12258c4-ed83-4d7b-a784-8ed55412325a';
const PREDICTIONS = 3;
const WAITERS = 4;  // Of each.

// Only a bound.
const PATIENCE_MS = 30_000;

/**
 * A gateway with something for each part of /statusz: waits, one of them for a
 * prediction whose polls fail, and a stream that nobody reads.
 */
export class BusyGateway {
  token = TOKEN;
  credential = redacted(TOKEN).replace('Bearer sha256:', '');
  payload = 'marker-of-a-payload';
  // The upstream's id of the request that failed: markup.
  hostile = '<img src=x onerror="window.harmed=1">';
  waiters = PREDICTIONS * WAITERS + 2;
  predictions = PREDICTIONS + 2;

  static async start() {
    const busy = new BusyGateway();
    busy.sandbox = await Sandbox.start();
    busy.gateway = await Gateway.start({ apiBaseUrl: busy.sandbox.baseUrl });
    busy.client = new Client(busy.gateway.address, { token: TOKEN });
    for (let i = 0; i < PREDICTIONS; ++i) {
      const id = await busy.#run(busy.payload);
      for (let j = 0; j < WAITERS; ++j) await busy.#wait(id).next();
    }
    await busy.sandbox.addFaults({
      ...getOf(FAILING), status: 503, body: busy.payload,
      headers: { 'x-request-id': busy.hostile },
    });
    busy.addWaiter();
    // Each update is larger than the windows of HTTP/2.
    busy.stuckId = await busy.#run('x'.repeat(300_000));
    busy.stuck = new RawCall(busy.gateway.address, 'Wait', encode(
        'WaitRequest', {
          id: busy.stuckId,
          wait_options: { poll_interval: { nanos: 100_000_000 } },
        }), { authorization: `Bearer ${TOKEN}` });
    await busy.reportWith(({ waits, streams, errors }) =>
      waits.waiters === busy.waiters && streams.slowest.length === 1 &&
        errors.last.length === 1);
    return busy;
  }

  async stop() {
    this.stuck?.session.destroy();
    this.client?.close();
    await this.gateway?.stop();
    await this.sandbox?.stop();
  }

  /** One more wait. */
  addWaiter() {
    return this.#wait(FAILING);
  }

  async report() {
    const { status, type, body } =
        await this.gateway.page('/statusz?format=json');
    assert.equal(status, 200, body);
    assert.equal(type, 'application/json');
    return JSON.parse(body);
  }

  /** The first report that is as wanted. */
  async reportWith(wanted) {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const report = await this.report();
      if (wanted(report)) return report;
      assert.ok(performance.now() < end, report.summary);
    }
  }

  // The id of a prediction that runs for longer than all tests take.
  async #run(text) {
    const { id } = await this.client.create({
      model: 'wriftai/echo', input: toValue({ sandbox: { run_s: 3600 }, text }),
    });
    return id;
  }

  #wait(id) {
    return this.client.wait({ id }, { timeoutMs: 600_000 });
  }
}
