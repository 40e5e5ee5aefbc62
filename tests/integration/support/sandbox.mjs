import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Program } from './program.mjs';
import { setting } from './setting.mjs';

/** How the sandbox shows a token without revealing it. */
export function redacted(token) {
  const hash = createHash('sha256').update(token).digest('hex');
  return `Bearer sha256:${hash.slice(0, 12)}`;
}

/** A running wriftai-sandbox, with its control API. */
export class Sandbox {
  /** With limits that no test reaches, and models that run instantly. */
  static async start(...flags) {
    const program = new Program(setting('WRIFTAI_SANDBOX'), [
      '--listen_address=127.0.0.1:0', '--read_rate=100000',
      '--create_rate=100000', '--time_scale=0', '--cancel_delay=0',
      '--recent_requests=5000', ...flags,
    ]);
    const baseUrl =
        await program.awaitOutput('stdout', /^listening on (\S+)$/m);
    return new Sandbox(program, baseUrl);
  }

  constructor(program, baseUrl) {
    this.program = program;
    this.baseUrl = baseUrl;
  }

  async stop() {
    const { code } = await this.program.stop();
    assert.equal(code, 0, this.program.describe());
  }

  async #control(method, path, body) {
    const response = await fetch(new URL(`/sandbox/${path}`, this.baseUrl),
                                 { method, body });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  }

  /** Injects these faults, in this order; see sandbox/README.md. */
  addFaults(...faults) {
    return this.#control('POST', 'faults', JSON.stringify(faults));
  }

  stats() {
    return this.#control('GET', 'stats');
  }

  /** The number of requests so far. */
  async requestCount() {
    const { requests } = await this.stats();
    return requests.reduce((sum, { count }) => sum + count, 0);
  }

  async createdCount() {
    return (await this.stats()).predictions_created;
  }

  /** The recorded requests to a path, with headers as an object. */
  async requestsTo(path, method = 'GET') {
    const { recent } = await this.stats();
    return recent
        .filter((request) =>
          request.method === method && request.target.split('?')[0] === path)
        .map((request) => (
          { ...request, headers: Object.fromEntries(request.headers) }));
  }

  async getCount(id) {
    return (await this.requestsTo(`/v1/predictions/${id}`)).length;
  }

  /** The only create whose body contains `marker`. */
  async createWith(marker) {
    const all = (await this.requestsTo('/v1/predictions', 'POST'))
        .filter(({ body }) => body.includes(marker));
    assert.equal(all.length, 1, `creates with ${marker}`);
    return all[0];
  }

  /** The body of a direct GET, as text. */
  async rest(path, token) {
    const response = await fetch(
        `${this.baseUrl}${path}`,
        { headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return text;
  }
}

/** Matches a fault to the GETs of the prediction `id`. */
export function matchGet(id) {
  return { method: 'GET', path_regex: `^/v1/predictions/${id}$` };
}

/** A prediction as the API would return it. */
export function predictionJson(id, status, more = {}) {
  const updated = { pending: 1, started: 2 }[status] ?? 3;
  return JSON.stringify({
    id, status,
    created_at: '2025-08-13T11:48:44.371093Z',
    updated_at: `2025-08-13T11:48:5${updated}Z`,
    setup_time: null, execution_time: null,
    model: { owner: 'wriftai', name: 'scripted', version_number: 1 },
    input: null, output: null, error: null, ...more,
  });
}

/**
 * Faults that show `id` in these states, each for `polls` GETs; the last state
 * stays.
 */
export function scriptedStates(id, states, polls) {
  return states.map((status, i) => ({
    ...matchGet(id), status: 200, body: predictionJson(id, status),
    ...(i + 1 < states.length ? { times: polls } : {}),
  }));
}
