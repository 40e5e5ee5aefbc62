import assert from 'node:assert/strict';
import { Client } from './client.mjs';
import { Gateway } from './gateway.mjs';
import { secret } from './program.mjs';
import { RawCall } from './raw_call.mjs';
import { Sandbox, matchGet, redacted } from './sandbox.mjs';
import { encode } from './schema.mjs';
import { toValue } from './value.mjs';

const TOKEN = secret('statusz-token-1');
const FAILING = 'c12258c4-ed83-4d7b-a784-8ed55412325a';
const PREDICTIONS = 3;
const WAITERS = 4;  // For each prediction.

// Generous: only keeps a hang from lasting forever.
const TIMEOUT_MS = 30_000;

/**
 * A gateway with something to show in each part of /statusz: waits, a
 * prediction whose polls fail, and a stream whose client does not read.
 */
export class BusyGateway {
  token = TOKEN;
  credential = redacted(TOKEN).replace('Bearer sha256:', '');
  payload = 'marker-of-a-payload';
  // The failed request's id from the upstream: markup.
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
      ...matchGet(FAILING), status: 503, body: busy.payload,
      headers: { 'x-request-id': busy.hostile },
    });
    busy.addWaiter();
    // Each update is larger than the HTTP/2 windows.
    busy.stuckId = await busy.#run('x'.repeat(300_000));
    busy.stuck = new RawCall(busy.gateway.address, 'Wait', encode(
        'WaitRequest', {
          id: busy.stuckId,
          wait_options: { poll_interval: { nanos: 100_000_000 } },
        }), { authorization: `Bearer ${TOKEN}` });
    await busy.reportMatching((report) =>
      report.waits.waiters === busy.waiters && busy.findStuckStream(report) &&
        busy.findFailedPoll(report));
    return busy;
  }

  async stop() {
    this.stuck?.session.destroy();
    this.client?.close();
    await this.gateway?.stop();
    await this.sandbox?.stop();
  }

  /** The stream whose client does not read, if among the slowest. */
  findStuckStream({ streams }) {
    return streams.slowest.find((one) => one.prediction === this.stuckId);
  }

  /** The failing poll, if among the errors. */
  findFailedPoll({ errors }) {
    return errors.last.find((one) => one.upstream_request_id === this.hostile);
  }

  /** Adds one more wait. */
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

  /** Resolves with the first report that matches. */
  async reportMatching(predicate) {
    const end = performance.now() + TIMEOUT_MS;
    for (;;) {
      const report = await this.report();
      if (predicate(report)) return report;
      assert.ok(performance.now() < end, report.summary);
    }
  }

  // Returns the id of a prediction that outlasts all tests.
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
