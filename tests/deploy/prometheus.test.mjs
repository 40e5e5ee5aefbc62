// The alerts and the dashboard's queries in a real Prometheus (Debian's) that
// scrapes a real gateway under load.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { Client } from '../integration/support/client.mjs';
import { Program } from '../integration/support/program.mjs';
import { failure } from '../integration/support/rpc_error.mjs';
import { Sandbox } from '../integration/support/sandbox.mjs';
import { WebhookGateway } from '../integration/support/webhooks.mjs';
import { expressionsOf } from './support/dashboard.mjs';
import { eventually } from './support/eventually.mjs';
import { fromRoot, toolPath } from './support/paths.mjs';

const file = (name) => fromRoot(`deploy/${name}`);

const RULES = parse(readFileSync(file('prometheus/rules.yml'), 'utf8'))
    .groups.flatMap(({ rules }) => rules);
const PANELS = expressionsOf(
    JSON.parse(readFileSync(file('grafana/wriftai-gateway.json'), 'utf8')));

// Without TLS there is no certificate.
const EMPTY = ['Certificate expires in'];

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

const promtool = (...args) =>
  execFileSync(toolPath('promtool'), args, { encoding: 'utf8' });

test('promtool accepts the rules and the configuration', () => {
  promtool('check', 'rules', file('prometheus/rules.yml'));
  promtool('check', 'config', '--syntax-only',
           file('prometheus/prometheus.yml'));
});

test('each alert has a passing promtool test', () => {
  const tests = fromRoot('tests/deploy/rules_test.yml');
  promtool('test', 'rules', tests);
  const text = readFileSync(tests, 'utf8');
  for (const { alert } of RULES) {
    assert.ok(text.includes(`alertname="${alert}"`) ||
              text.includes(`alertname: ${alert}`), `${alert} has no test`);
  }
});

test('each alert has a page in the runbook', () => {
  const runbook = readFileSync(fromRoot('docs/runbook.md'), 'utf8');
  const pages = [...runbook.matchAll(/^## (Wriftai\w+)$/gm)].map(
      ([, name]) => name);
  assert.deepEqual(pages, RULES.map(({ alert }) => alert));
  for (const { alert, annotations } of RULES) {
    assert.equal(
        annotations.runbook_url,
        'https://github.com/wriftai/grpc-gateway/blob/main/docs/runbook.md#' +
            alert.toLowerCase());
  }
});

// Prometheus with docker-compose's configuration, but with the gateway's real
// address, the rules' real path, and intervals of a second.
async function startPrometheus(folder, adminAddress) {
  const configuration =
      parse(readFileSync(file('prometheus/prometheus.yml'), 'utf8'));
  configuration.global = { scrape_interval: '1s', evaluation_interval: '1s' };
  assert.deepEqual(configuration.rule_files, ['/etc/prometheus/rules.yml']);
  configuration.rule_files = [file('prometheus/rules.yml')];
  configuration.scrape_configs[0].static_configs[0].targets = [adminAddress];
  const path = join(folder, 'prometheus.yml');
  writeFileSync(path, stringify(configuration));
  const prometheus = new Program(toolPath('prometheus'), [
    `--config.file=${path}`, `--storage.tsdb.path=${join(folder, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
  ]);
  const address = await prometheus.awaitOutput(
      'stderr', /msg="Listening on" address=(127\.0\.0\.1:[1-9]\d*)/);
  return { prometheus, api: `http://${address}/api/v1` };
}

async function query(api, path, parameters = {}) {
  const response =
      await fetch(`${api}/${path}?${new URLSearchParams(parameters)}`);
  const { status, data, error } = await response.json();
  assert.equal(status, 'success', `${error}: ${JSON.stringify(parameters)}`);
  return data;
}

describe('Prometheus with a gateway under load', () => {
  let folder, sandbox, webhooks, gateway, client, prometheus, api;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wriftai-'));
    sandbox = await Sandbox.start();
    webhooks = await WebhookGateway.start(
        { apiBaseUrl: sandbox.baseUrl, token: 'any', key: 'any' });
    gateway = webhooks.gateway;
    client = new Client(gateway.address);
    const adminAddress = /HTTP for operators listens on (\S+)$/m.exec(
        gateway.program.stderr)[1];
    ({ prometheus, api } = await startPrometheus(folder, adminAddress));
  });

  after(async () => {
    client?.close();
    await prometheus?.stop();
    await webhooks?.stop();
    await sandbox?.stop();
    rmSync(folder, { recursive: true });
  });

  test('has data for each panel of the dashboard', async () => {
    const create = (seconds) => ({
      create: {
        model: 'wriftai/echo', input_json: `{"sandbox":{"run_s":${seconds}}}`,
      },
    });
    // A long prediction, so that every scrape sees a wait.
    const held = client.createAndWait(create(3600));
    await held.next();
    const missing = new Set(PANELS.map(({ title }) => title));
    await eventually(() => `data for ${[...missing].join(', ')}`, async () => {
      await client.createAndWait(create(0)).last();
      await failure(client.get({ id: UNKNOWN_ID }), { code: 'NOT_FOUND' });
      for (const { title, expr } of PANELS) {
        const { result } = await query(api, 'query', { query: expr });
        if (result.length > 0) missing.delete(title);
      }
      return [...missing].every((title) => EMPTY.includes(title));
    });
    held.cancel();
  });

  test('loads and evaluates each alert', async () => {
    await eventually(() => 'each rule has been evaluated', async () => {
      const { groups } = await query(api, 'rules');
      const rules = groups.flatMap((group) => group.rules);
      assert.deepEqual(rules.map(({ name }) => name),
                       RULES.map(({ alert }) => alert));
      assert.deepEqual(
          rules.filter(({ health }) => health === 'err'), []);
      return rules.every(({ health }) => health === 'ok');
    });
  });

  test('finds every metric of rules and dashboard', async () => {
    const { body } = await gateway.page('/metrics');
    const known = new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(
        ([, name]) => name));
    const scalers = ['production/autoscaler', 'components/keda/scaledobject']
        .map((name) => readFileSync(file(`k8s/${name}.yaml`), 'utf8'));
    const used = [...RULES, ...PANELS].map(({ expr }) => expr)
        .concat(scalers).join('\n');
    const names = used.match(/\b(wriftai_gateway|grpc_server|process)_\w+/g)
        .map((name) => name.replace(/_(bucket|count|sum)$/, ''));
    assert.deepEqual([...new Set(names)].filter((name) => !known.has(name)),
                     []);
  });
});
