// What operators see and change while the gateway runs: the settings in use,
// the level of the log, and lines about the start and the upstream's health.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { FakeUpstream } from './support/fake_upstream.mjs';
import { Gateway } from './support/gateway.mjs';
import { awaitLines, jsonLines } from './support/log.mjs';
import { Metrics } from './support/metrics.mjs';
import { secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { predictionJson } from './support/sandbox.mjs';

const TOKEN = secret('marker-of-the-gateways-token');

async function start(t, { flags = [], env = {} } = {}) {
  const upstream = await FakeUpstream.start();
  const gateway =
      await Gateway.start({ apiBaseUrl: upstream.baseUrl, flags, env });
  const client = new Client(gateway.address, { token: 'a-token' });
  t.after(async () => {
    client.close();
    await gateway.stop();
    await upstream.stop();
  });
  return { upstream, gateway, client };
}

const lineWith = (gateway, message) => awaitLines(gateway, () =>
  jsonLines(gateway).find((line) => line.message === message));

const put = (gateway, target) =>
  fetch(gateway.urlOf(target), { method: 'PUT' });

// The names of all settings, from the documented flags.
async function documentedFlags() {
  const text = await readFile(
      new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const [, table] =
      /<!-- flags of wriftai-gateway -->([^]*?)<!-- end -->/.exec(text);
  return [...table.matchAll(/^\| `--(\w+)`/gm)].map(([, name]) => name);
}

test('the first line has version and every setting, and no secret',
     async (t) => {
       const { gateway } = await start(t, {
         flags: ['--log_format=json', '--read_rate=7'],
         env: { WRIFTAI_ACCESS_TOKEN: TOKEN, GATEWAY_MAX_WAIT: '90m' },
       });
       const line = await lineWith(gateway, 'started');
       assert.match(line.version, /^\d+\.\d+\.\d+$/);
       assert.match(line.revision, /^([0-9a-f]{12}|unknown)$/);
       assert.equal(line.read_rate, '7');
       assert.equal(line.max_wait, '1h30m');
       assert.equal(line.wriftai_access_token, '[redacted]');
       assert.deepEqual(
           Object.keys(line).slice(5, -1), await documentedFlags());
     });

test('/configz shows the settings in use and what set them', async (t) => {
  const { gateway } = await start(t, {
    flags: ['--read_rate=7'],
    env: { WRIFTAI_ACCESS_TOKEN: TOKEN, GATEWAY_MAX_WAIT: '90m' },
  });
  const { status, body } = await gateway.page('/configz');
  assert.equal(status, 200);
  for (const line of [
    '--read_rate=7  # set by command line; default: 3',
    '--max_wait=1h30m  # set by GATEWAY_MAX_WAIT; default: 2h',
    '--max_waits=16000  # default',
    'WRIFTAI_ACCESS_TOKEN=[redacted]  # set by WRIFTAI_ACCESS_TOKEN; ' +
        'default: none',
  ]) {
    assert.ok(body.split('\n').includes(line), `${line} in ${body}`);
  }
  assert.deepEqual(
      [...body.matchAll(/^--(\w+)=/gm)].map(([, name]) => name),
      await documentedFlags());
});

test('with traces, their settings are shown without the headers', async (t) => {
  const { gateway } = await start(t, {
    flags: ['--log_format=json'],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_HEADERS: `api-key=${TOKEN}`,
      OTEL_TRACES_SAMPLER: 'parentbased_always_off',
    },
  });
  const { body } = await gateway.page('/configz');
  for (const line of [
    'OTEL_EXPORTER_OTLP_HEADERS=[redacted]  # set by ' +
        'OTEL_EXPORTER_OTLP_HEADERS; default: none',
    'OTEL_TRACES_SAMPLER=parentbased_always_off  # set by ' +
        'OTEL_TRACES_SAMPLER; default: parentbased_always_on',
    'OTEL_BSP_MAX_QUEUE_SIZE=2048  # default',
    'OTEL_SERVICE_NAME=wriftai-gateway  # default',
  ]) {
    assert.ok(body.split('\n').includes(line), `${line} in ${body}`);
  }
  const started = await lineWith(gateway, 'started');
  assert.equal(started.otel_traces_sampler, 'parentbased_always_off');
  assert.equal(started.otel_exporter_otlp_headers, '[redacted]');
});

test('the level of the log changes without a restart', async (t) => {
  const { gateway, client, upstream } = await start(t);
  const get = async () => {
    const got = client.get({ id: randomUUID() });
    const request = await upstream.next();
    request.respond(404, '{}');
    await failure(got, { code: 'NOT_FOUND' });
  };
  const levelOf = async (response) => (await response).text();
  assert.equal(await levelOf(put(gateway, '/log_level?level=debug')), 'debug\n');
  await get();
  await awaitLines(gateway, (lines) =>
    lines.find((line) => line.includes(' debug call started ')));
  // Also of polls of a credential that is in use.
  const id = randomUUID();
  const wait = client.wait({ id });
  (await upstream.next()).respond(200, predictionJson(id, 'started', {}));
  await wait.next();
  await awaitLines(gateway, (lines) =>
    lines.find((line) => line.includes(' debug waiters notified ')));
  wait.cancel();
  assert.equal(await levelOf(put(gateway, '/log_level?level=error')), 'error\n');
  const before = await awaitLines(gateway, (all) => {
    const at = all.findIndex((line) => line.includes('level is now error'));
    return at < 0 ? undefined : at + 1;
  });
  await get();
  assert.equal(await levelOf(put(gateway, '/log_level?level=info')), 'info\n');
  await get();
  const lines = await awaitLines(gateway, (all) => {
    const since = all.slice(before);
    return since.some((line) => line.includes('call ended')) ? since :
      undefined;
  });
  assert.deepEqual(
      lines.filter((line) => /call ended|the log level/.test(line)).map(
          (line) => line.replace(/^\S+ /, '').slice(0, 36)),
      ['warning the log level is now info, a',
       'info call ended grpc_method=wriftai.']);
});

test('an unknown level and other methods are rejected', async (t) => {
  const { gateway } = await start(t);
  for (const target of ['/log_level', '/log_level?level=loud']) {
    const response = await put(gateway, target);
    assert.equal(response.status, 400);
    assert.equal(await response.text(),
                 'level: expected debug, info, warning or error, as in PUT ' +
                 '/log_level?level=debug\n');
  }
  // As a page sends it whose name resolves to this address.
  const ofPage = await fetch(
      gateway.urlOf('/log_level?level=debug'),
      { method: 'PUT', headers: { origin: 'http://evil.example' } });
  assert.equal(ofPage.status, 403);
  const posted = await fetch(gateway.urlOf('/log_level?level=debug'),
                             { method: 'POST' });
  assert.equal(posted.status, 405);
  assert.equal(posted.headers.get('allow'), 'GET, HEAD, PUT');
  assert.equal((await gateway.page('/log_level')).body, 'info\n');
});

test('one line says that the upstream is unhealthy, one that it is healthy',
     async (t) => {
       const { gateway, client, upstream } =
           await start(t, { flags: ['--log_format=json'] });
       const get = async (status) => {
         const got = client.get({ id: randomUUID() }).catch(() => {});
         // A read is tried three times.
         for (let i = 0; i < (status >= 500 ? 3 : 1); ++i) {
           (await upstream.next()).respond(status, '{}');
         }
         await got;
       };
       await get(503);
       await get(503);
       const unhealthy = await lineWith(gateway, 'upstream is unhealthy');
       assert.equal(unhealthy.level, 'error');
       assert.equal(unhealthy.failed_requests, 5);
       assert.equal(unhealthy.last_failure, 'HTTP 503');
       await get(404);
       const healthy = await lineWith(gateway, 'upstream is healthy again');
       assert.ok(healthy.unhealthy_seconds > 0);
       const messages = jsonLines(gateway).map(({ message }) => message)
           .filter((message) => message.startsWith('upstream'));
       assert.deepEqual(
           messages, ['upstream is unhealthy', 'upstream is healthy again']);
     });

test('requests to the upstream are counted by operation and result',
     async (t) => {
       const { gateway, client, upstream } = await start(t);
       const request = async (call, ...statuses) => {
         const done = call.catch(() => {});
         for (const status of statuses) {
           (await upstream.next()).respond(status, '{}');
         }
         await done;
       };
       const id = randomUUID();
       await request(client.get({ id }), 503, 503, 404);
       await request(client.list({}), 418);
       await request(client.cancel({ id }), 401);
       const canceled = client.call('Get', { id });
       const held = await upstream.next();
       canceled.cancel();
       await failure(canceled, { code: 'CANCELLED' });
       await held.aborted();
       const metrics = new Metrics((await gateway.page('/metrics')).body);
       const counts = Object.fromEntries(
           metrics.samples('upstream_request_duration_seconds_count').map(
               ({ labels, value }) =>
                 [`${labels.operation} ${labels.result}`, value]));
       assert.deepEqual(counts, {
         'get 503': 2, 'get 404': 1, 'get canceled': 1, 'list 4xx': 1,
         'cancel 401': 1,
       });
       assert.ok(metrics.value('upstream_connections_opened_total') > 0);
       assert.equal(metrics.value('upstream_connections_limit'), 512);
     });

test('metrics describe build and process', async (t) => {
  const { gateway } = await start(t);
  const metrics = new Metrics((await gateway.page('/metrics')).body);
  const [build] = metrics.samples('build_info');
  assert.equal(build.value, 1);
  assert.match(build.labels.version, /^\d+\.\d+\.\d+$/);
  for (const library of ['grpc', 'protobuf', 'curl']) {
    assert.match(build.labels[library], /^\d+\.\d+/);
  }
  const stat = await readFile(`/proc/${gateway.program.child.pid}/stat`, 'utf8');
  const [, , threads] = /\) (\S+ ){17}(\S+)/.exec(stat);
  assert.equal(metrics.value('process_threads'), Number(threads));
  assert.ok(metrics.value('process_cpu_seconds_total') > 0);
  assert.ok(metrics.value('process_resident_memory_bytes') > 1e6);
  assert.ok(metrics.value('process_open_fds') > 10);
  assert.ok(metrics.value('process_open_fds') < metrics.value('process_max_fds'));
  const age = Date.now() / 1000 - metrics.value('process_start_time_seconds');
  assert.ok(age > -2 && age < 120, `${age}`);
});
