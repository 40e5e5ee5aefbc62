// The chart in deploy/helm as Helm renders it: valid objects with settings that
// the program accepts, what an upgrade changes, and what a user runs next.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync }
  from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Authority } from '../integration/support/certificates.mjs';
import { temporaryFolder } from '../integration/support/files.mjs';
import { run } from '../integration/support/program.mjs';
import { setting } from '../integration/support/setting.mjs';
import { selectorProblems } from './support/cross_checks.mjs';
import { differences } from './support/differences.mjs';
import {
  CHART, chartObjects, helm, installedObjects, template, valueArgs, VERSION,
} from './support/helm.mjs';
import { INSTALLATIONS } from './support/installations.mjs';
import { fromRoot } from './support/paths.mjs';
import { problems } from './support/problems.mjs';
import { nameOf, whyNotRendered } from './support/render.mjs';

const PRODUCTION = ['values-production.yaml'];

// Files of values, and single values.
const RENDERS = {
  'the defaults': [[], []],
  ...Object.fromEntries(Object.entries(INSTALLATIONS).map(
      ([name, { values }]) => [name, [values, []]])),
  'TLS without client certificates, behind a GRPCRoute': [
    ['ci/grpcroute.yaml'],
    ['tls.secretName=wriftai-gateway-tls',
     'tls.requireClientCertificates=false'],
  ],
  'all optional values of pods': [PRODUCTION, [
    'imagePullSecrets={registry}', 'priorityClassName=high',
    'nodeSelector.disk=ssd', 'tolerations[0].operator=Exists',
    'affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]' +
        '.topologyKey=zone',
    'podAnnotations.a=b', 'podLabels.a=b',
    'serviceAnnotations.a=b', 'serviceAccountAnnotations.a=b',
    'api.baseUrl=https://proxy.example.com:8443/v1',
    'api.caSecretName=wriftai-gateway-tls',
    'test.clientSecretName=wriftai-gateway-tls',
    'networkPolicy.extraEgress[0].ports[0].port=3128',
  ]],
};

const settingsOf = (objects) =>
  objects.find(({ data }) => data?.GATEWAY_LISTEN_ADDRESS !== undefined).data;

const POD_IP = '10.1.2.3';

// The variables of the gateway's container.
function variablesOf(objects) {
  const { env = [] } = objects.find(
      (object) => nameOf(object) === 'Deployment/wriftai-gateway')
      .spec.template.spec.containers[0];
  return Object.assign({ ...settingsOf(objects) }, ...env.map(
      ({ name, value }) =>
        ({ [name]: value?.replace('$(POD_IP)', POD_IP) ?? POD_IP })));
}

// Creates files in `folder` as the Secrets would have them.
function makeSecrets(folder) {
  const authority = new Authority(folder, 'ca');
  const { cert, key } = authority.issue({ names: 'DNS:wriftai-gateway' });
  for (const [path, text] of Object.entries({
    'api/ca.crt': authority.cert, 'token/token': 'any',
    ...Object.fromEntries(['etcd', 'peers', 'tls'].flatMap((name) => [
      [`${name}/ca.crt`, authority.cert], [`${name}/tls.crt`, cert],
      [`${name}/tls.key`, key],
    ])),
    'webhook/keys': 'a-key-of-webhooks',
  })) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

describe('the chart', { skip: whyNotRendered() }, () => {
  let secrets;
  before(() => {
    secrets = mkdtempSync(join(tmpdir(), 'wriftai-'));
    makeSecrets(secrets);
  });
  after(() => rmSync(secrets, { recursive: true }));

  for (const [name, [files, sets]] of Object.entries(RENDERS)) {
    test(`passes helm lint --strict with ${name}`, () => {
      const { status, stdout } =
          helm('lint', '--strict', CHART, ...valueArgs(files, sets));
      assert.equal(status, 0, stdout);
      assert.doesNotMatch(stdout, /WARNING|ERROR/);
    });

    test(`matches Kubernetes' schema and the program with ${name}`,
         async () => assert.deepEqual(
             await problems(chartObjects(files, sets)), []));

    test(`has settings that the program accepts with ${name}`, async () => {
      const variables = variablesOf(chartObjects(files, sets));
      const env = JSON.parse(JSON.stringify(variables).replaceAll(
          '/run/secrets/wriftai', secrets));
      const { code, stdout, stderr } =
          await run(setting('WRIFTAI_GATEWAY'), ['--check_config'], { env });
      assert.equal(stdout, 'configuration OK\n', stderr);
      assert.equal(code, 0);
    });
  }

  test('creates no Secret, and objects of operators only on request', () => {
    const kinds = (...args) =>
      new Set(chartObjects(...args).map(({ kind }) => kind));
    assert.ok(!kinds(PRODUCTION).has('Secret'));
    assert.deepEqual([...kinds([])].sort(), [
      'ConfigMap', 'Deployment', 'NetworkPolicy', 'Pod', 'PodDisruptionBudget',
      'Service', 'ServiceAccount',
    ]);
  });

  test('has the version of the program, and the image of that version', () => {
    const [, version] = /^project\(\S+ VERSION (\S+)/m.exec(
        readFileSync(fromRoot('CMakeLists.txt'), 'utf8'));
    const { stdout } = helm('show', 'chart', CHART);
    assert.match(stdout, new RegExp(`^appVersion: ${version}$`, 'm'));
    const { spec } = chartObjects([]).find(({ kind }) => kind === 'Deployment');
    assert.equal(spec.template.spec.containers[0].image,
                 `wriftai-gateway:${version}`);
  });

  test('requires the Kubernetes that has the sleep action', () => {
    const { status, stderr } = helm('template', CHART, '--kube-version=1.29');
    assert.equal(status, 1);
    assert.match(stderr, /requires kubeVersion: >=1\.30\.0-0/);
  });

  test('renders the same from a package', (t) => {
    const folder = temporaryFolder(t);
    const { stdout } = helm('package', CHART, `--destination=${folder}`);
    const [, chart] = /saved it to: (\S+)$/m.exec(stdout);
    assert.equal(template(PRODUCTION, [], { chart }).stdout,
                 template(PRODUCTION).stdout);
  });

  test('keeps large numbers in files of values exact', (t) => {
    const file = join(temporaryFolder(t), 'values.yaml');
    writeFileSync(file, 'flags: {cache_bytes: 1099511627776, read_rate: 2.5}');
    const { stdout } = helm('template', CHART, `--values=${file}`);
    assert.match(stdout, /^ {2}GATEWAY_CACHE_BYTES: "1099511627776"$/m);
    assert.match(stdout, /^ {2}GATEWAY_READ_RATE: "2.5"$/m);
  });

  for (const [minReplicas, share] of [[1, '0.5'], [2, '0.33'], [5, '0.16'],
                                      [99, '0.01']]) {
    test(`gives each of ${minReplicas} replicas a share of ${share}`, () => {
      const settings = settingsOf(chartObjects(PRODUCTION, [
        `autoscaling.minReplicas=${minReplicas}`, 'autoscaling.maxReplicas=99',
      ]));
      assert.equal(settings.GATEWAY_BUDGET_SHARE, share);
    });
  }

  test('separates two releases in one namespace', () => {
    const objectsOf = (release) => installedObjects([], [], { release });
    const [first, second] = ['first', 'second'].map(objectsOf);
    assert.ok(first.every(({ metadata }) =>
      metadata.name.startsWith('first-wriftai-gateway')));
    const isDeployment = ({ kind }) => kind === 'Deployment';
    const selecting = first.filter(({ kind }) =>
      ['NetworkPolicy', 'PodDisruptionBudget', 'Service'].includes(kind));
    assert.equal(selecting.length, 6);
    assert.deepEqual(
        selectorProblems([...selecting, ...second.filter(isDeployment)]).sort(),
        selecting.map((object) => `${nameOf(object)} selects no pod`).sort());
  });
});

// [the changed value, what the upgrade changes]
const UPGRADES = [
  ['image.tag=next', [
    'Deployment/wriftai-gateway spec template spec containers 0 image: ' +
        `"registry.example.com/wriftai-gateway:${VERSION}" -> ` +
        '"registry.example.com/wriftai-gateway:next"',
  ]],
  ['flags.read_rate=5', [
    'ConfigMap/wriftai-gateway data GATEWAY_READ_RATE: undefined -> "5"',
    'Deployment/wriftai-gateway spec template metadata annotations ' +
        'checksum/settings: …',
  ]],
  ['drainTimeoutSeconds=60', [
    'ConfigMap/wriftai-gateway data GATEWAY_DRAIN_TIMEOUT: "20s" -> "60s"',
    'Deployment/wriftai-gateway spec template metadata annotations ' +
        'checksum/settings: …',
    'Deployment/wriftai-gateway spec template spec ' +
        'terminationGracePeriodSeconds: 35 -> 75',
  ]],
  ['autoscaling.maxReplicas=9', [
    'HorizontalPodAutoscaler/wriftai-gateway spec maxReplicas: 6 -> 9',
  ]],
  ['serviceMonitor.labels.release=prometheus', [
    'ServiceMonitor/wriftai-gateway metadata labels release: ' +
        'undefined -> "prometheus"',
  ]],
  ['networkPolicy.monitoringNamespace=prometheus', [
    'NetworkPolicy/wriftai-gateway spec ingress 1 from 0 namespaceSelector ' +
        'matchLabels kubernetes.io/metadata.name: ' +
        '"monitoring" -> "prometheus"',
  ]],
];

describe('an upgrade', { skip: whyNotRendered() }, () => {
  let installed;
  before(() => (installed = installedObjects(PRODUCTION)));

  for (const [set, expected] of UPGRADES) {
    test(`with ${set} changes only that`, () => {
      const changes =
          differences(installed, installedObjects(PRODUCTION, [set]));
      assert.deepEqual(
          changes.map((line) => line.replace(/(checksum\S+): .*/, '$1: …')),
          expected);
    });
  }
});
