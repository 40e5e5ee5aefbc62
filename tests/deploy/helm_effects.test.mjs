// Every value of the chart has an effect: either helm_kustomize.test.mjs
// compares it, or it is here.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { differences } from './support/differences.mjs';
import { CHART, chartObjects, VERSION } from './support/helm.mjs';
import { INSTALLATIONS } from './support/installations.mjs';
import { whyNotRendered } from './support/render.mjs';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const { values: PRODUCTION } =
    INSTALLATIONS['production with KEDA and cert-manager'];
const { values: ETCD } = INSTALLATIONS['production with etcd'];
const { values: REPLICAS } =
    INSTALLATIONS['production with replicas that act as one'];
const { values: DEVELOPMENT } = INSTALLATIONS.development;

const POD = 'Deployment/wriftai-gateway spec template spec';
const CONTAINER = `${POD} containers 0`;
const SETTINGS = 'ConfigMap/wriftai-gateway data';
const ETCD_SET = 'StatefulSet/wriftai-gateway-etcd spec';
const ETCD_CONTAINER = `${ETCD_SET} template spec containers 0`;
const POLICY = 'NetworkPolicy/wriftai-gateway spec';

// Each group is rendered once: [name, files of values, [a value, what it
// changes]...].
const EFFECTS = [
  ['values over production', PRODUCTION, [
    [`image.digest=${DIGEST}`,
     `${CONTAINER} image: "registry.example.com/wriftai-gateway:${VERSION}" ` +
         `-> "registry.example.com/wriftai-gateway@${DIGEST}"`],
    ['image.pullPolicy=Always',
     `${CONTAINER} imagePullPolicy: "IfNotPresent" -> "Always"`],
    ['imagePullSecrets={registry}',
     `${POD} imagePullSecrets: undefined -> [{"name":"registry"}]`],
    ['autoscaling.minReplicas=3',
     'ScaledObject/wriftai-gateway spec minReplicaCount: 2 -> 3'],
    ['autoscaling.maxReplicas=9',
     'ScaledObject/wriftai-gateway spec maxReplicaCount: 6 -> 9'],
    ['autoscaling.targetWaiters=99',
     'ScaledObject/wriftai-gateway spec triggers 0 metadata threshold: ' +
         '"5000" -> "99"'],
    ['autoscaling.targetCpuPercent=50',
     'ScaledObject/wriftai-gateway spec triggers 1 metadata value: ' +
         '"70" -> "50"'],
    ['flags.max_waits=1',
     'ConfigMap/wriftai-gateway data GATEWAY_MAX_WAITS: undefined -> "1"'],
    ['extraEnv[0].name=OTEL_TRACES_EXPORTER,extraEnv[0].value=otlp',
     `${CONTAINER} env: undefined -> ` +
         '[{"name":"OTEL_TRACES_EXPORTER","value":"otlp"}]'],
    ['drainTimeoutSeconds=30',
     `${POD} terminationGracePeriodSeconds: 35 -> 45`],
    ['api.baseUrl=https://a.example:8443/v1',
     'NetworkPolicy/wriftai-gateway-outside spec egress 0 ports 0 port: ' +
         '443 -> 8443'],
    ['api.caSecretName=ca',
     'ConfigMap/wriftai-gateway data GATEWAY_API_CA_FILE: undefined -> ' +
         '"/run/secrets/wriftai/api/ca.crt"'],
    ['token.key=key',
     'ConfigMap/wriftai-gateway data GATEWAY_ACCESS_TOKEN_FILE: ' +
         '"/run/secrets/wriftai/token/token" -> ' +
         '"/run/secrets/wriftai/token/key"'],
    ['tls.requireClientCertificates=false',
     'ConfigMap/wriftai-gateway data GATEWAY_TLS_CLIENT_CA_FILE: ' +
         '"/run/secrets/wriftai/tls/ca.crt" -> undefined'],
    ['tls.certificate.issuerRef.kind=Issuer',
     'Certificate/wriftai-gateway spec issuerRef kind: ' +
         '"ClusterIssuer" -> "Issuer"'],
    ['tls.certificate.dnsNames={a.example}',
     'Certificate/wriftai-gateway spec dnsNames 8: undefined -> "a.example"'],
    ['webhooks.ingress.className=other',
     'Ingress/wriftai-gateway-webhooks spec ingressClassName: ' +
         '"nginx" -> "other"'],
    ['webhooks.ingress.annotations.a=b',
     'Ingress/wriftai-gateway-webhooks metadata annotations a: ' +
         'undefined -> "b"'],
    ['networkPolicy.clientNamespaceLabels.a=b',
     `${POLICY} ingress 0 from 0 namespaceSelector matchLabels a: ` +
         'undefined -> "b"'],
    ['networkPolicy.monitoringNamespace=a',
     `${POLICY} ingress 1 from 0 namespaceSelector matchLabels ` +
         'kubernetes.io/metadata.name: "monitoring" -> "a"'],
    ['networkPolicy.ingressNamespace=a',
     'NetworkPolicy/wriftai-gateway-outside spec ingress 0 from 0 ' +
         'namespaceSelector matchLabels kubernetes.io/metadata.name: ' +
         '"ingress-nginx" -> "a"'],
    ['networkPolicy.extraIngress[0].ports[0].port=http',
     `${POLICY} ingress 2: undefined -> {"ports":[{"port":"http"}]}`],
    ['networkPolicy.extraEgress[0].ports[0].port=1',
     `${POLICY} egress 1: undefined -> {"ports":[{"port":1}]}`],
    ['serviceMonitor.labels.a=b',
     'ServiceMonitor/wriftai-gateway metadata labels a: undefined -> "b"'],
    ['prometheusRule.labels.a=b',
     'PrometheusRule/wriftai-gateway metadata labels a: undefined -> "b"'],
    ['dashboard.labels.a=b',
     'ConfigMap/wriftai-gateway-dashboard metadata labels a: undefined -> "b"'],
    ['resources.requests.cpu=1',
     `${CONTAINER} resources requests cpu: "250m" -> 1`],
    ['resources.limits.memory=1Gi',
     `${CONTAINER} resources limits memory: "512Mi" -> "1Gi"`],
    ['topologySpread.whenUnsatisfiable=DoNotSchedule',
     `${POD} topologySpreadConstraints 0 whenUnsatisfiable: ` +
         '"ScheduleAnyway" -> "DoNotSchedule"'],
    ['nodeSelector.a=b', `${POD} nodeSelector: undefined -> {"a":"b"}`],
    ['tolerations[0].operator=Exists',
     `${POD} tolerations: undefined -> [{"operator":"Exists"}]`],
    ['affinity.podAffinity.a=b',
     `${POD} affinity: undefined -> {"podAffinity":{"a":"b"}}`],
    ['priorityClassName=high', `${POD} priorityClassName: undefined -> "high"`],
    ['podAnnotations.a=b',
     'Deployment/wriftai-gateway spec template metadata annotations a: ' +
         'undefined -> "b"'],
    ['podLabels.a=b',
     'Deployment/wriftai-gateway spec template metadata labels a: ' +
         'undefined -> "b"'],
    ['serviceAnnotations.a=b',
     'Service/wriftai-gateway metadata annotations: undefined -> {"a":"b"}'],
    ['serviceAccountAnnotations.a=b',
     'ServiceAccount/wriftai-gateway metadata annotations: ' +
         'undefined -> {"a":"b"}'],
    ['test.clientSecretName=client',
     'Pod/wriftai-gateway-test spec containers 0 args 3: ' +
         '"--address=wriftai-gateway-replicas:50052" -> ' +
         '"--address=wriftai-gateway:50051"'],
  ]],
  ['values of etcd', ETCD, [
    ['etcd.image.tag=3.5.21',
     `${ETCD_CONTAINER} image: "registry.example.com/wriftai-etcd:3.4.23" -> ` +
         '"registry.example.com/wriftai-etcd:3.5.21"'],
    ['etcd.storage.size=16Gi',
     `${ETCD_SET} volumeClaimTemplates 0 spec resources requests storage: ` +
         '"8Gi" -> "16Gi"'],
    ['etcd.storage.className=fast',
     `${ETCD_SET} volumeClaimTemplates 0 spec storageClassName: ` +
         'undefined -> "fast"'],
    ['etcd.resources.requests.cpu=1',
     `${ETCD_CONTAINER} resources requests cpu: "250m" -> 1`],
    ['etcd.resources.limits.memory=2Gi',
     `${ETCD_CONTAINER} resources limits memory: "1Gi" -> "2Gi"`],
    ['etcd.topologySpread.whenUnsatisfiable=ScheduleAnyway',
     `${ETCD_SET} template spec topologySpreadConstraints 0 ` +
         'whenUnsatisfiable: "DoNotSchedule" -> "ScheduleAnyway"'],
    ['etcd.nodeSelector.a=b',
     `${ETCD_SET} template spec nodeSelector: undefined -> {"a":"b"}`],
    ['etcd.tolerations[0].operator=Exists',
     `${ETCD_SET} template spec tolerations: undefined -> ` +
         '[{"operator":"Exists"}]'],
    ['etcd.priorityClassName=high',
     `${ETCD_SET} template spec priorityClassName: undefined -> "high"`],
    ['imagePullSecrets={registry}',
     `${ETCD_SET} template spec imagePullSecrets: undefined -> ` +
         '[{"name":"registry"}]'],
    ['networkPolicy.monitoringNamespace=a',
     'NetworkPolicy/wriftai-gateway-etcd spec ingress 2 from 0 ' +
         'namespaceSelector matchLabels kubernetes.io/metadata.name: ' +
         '"monitoring" -> "a"'],
  ]],
  ['values of the replicas\' own etcd', REPLICAS, [
    ['etcd.enabled=false',
     /^StatefulSet\/wriftai-gateway-etcd: .* -> undefined$/],
    ['cluster.etcd.endpoints={https://a.example:2379}',
     `${SETTINGS} GATEWAY_ETCD_ENDPOINTS: "https://wriftai-gateway-etcd-0.` +
         'wriftai-gateway-etcd:2379,https://wriftai-gateway-etcd-1.' +
         'wriftai-gateway-etcd:2379,https://wriftai-gateway-etcd-2.' +
         'wriftai-gateway-etcd:2379" -> "https://a.example:2379"'],
    ['cluster.etcd.secretName=etcd-client',
     `${POD} volumes 0 secret secretName: "wriftai-gateway-etcd-client" -> ` +
         '"etcd-client"'],
    ['cluster.certificates.enabled=false',
     /^Certificate\/wriftai-gateway-peers: .* -> undefined$/],
    ['cluster.peersSecretName=peers',
     `${POD} volumes 1 secret secretName: "wriftai-gateway-peers" -> "peers"`],
    ['cluster.peerAllowedNames=a.example',
     `${SETTINGS} GATEWAY_PEER_ALLOWED_NAMES: "wriftai-gateway-peers" -> ` +
         '"a.example"'],
    ['cluster.ipFamily=IPv6',
     `${CONTAINER} env 1 value: "$(POD_IP):50053" -> "[$(POD_IP)]:50053"`],
    ['flags.cluster_name=a',
     `${SETTINGS} GATEWAY_CLUSTER_NAME: "wriftai-gateway" -> "a"`],
    ['flags.coordination_outage=pause',
     `${SETTINGS} GATEWAY_COORDINATION_OUTAGE: undefined -> "pause"`],
  ]],
  ['values over development', DEVELOPMENT, [
    ['sandbox.image.repository=a.example/b',
     'Deployment/wriftai-sandbox spec template spec containers 0 image: ' +
         '"wriftai-sandbox:dev" -> "a.example/b:dev"'],
    ['sandbox.resources.requests.cpu=1',
     'Deployment/wriftai-sandbox spec template spec containers 0 resources ' +
         'requests cpu: "50m" -> 1'],
    ['sandbox.resources.limits.memory=1Gi',
     'Deployment/wriftai-sandbox spec template spec containers 0 resources ' +
         'limits memory: "512Mi" -> "1Gi"'],
  ]],
  ['values that remove or rename objects', PRODUCTION, [
    ['networkPolicy.enabled=false', /^NetworkPolicy\/.* -> undefined$/],
    ['webhooks.ingress.enabled=false', /^Ingress\/.* -> undefined$/],
    ['fullnameOverride=other', /^Deployment\/other: undefined -> /],
  ]],
];

// Maps of the user's: one entry stands for all.
const OPEN = /^(annotations|clientNamespaceLabels|labels|limits|requests)$/;

function* leavesOf(value, path = []) {
  const fields = Object.entries(value ?? {});
  if (typeof value !== 'object' || fields.length === 0 ||
      OPEN.test(path.at(-1))) {
    yield path.join('.');
    return;
  }
  for (const [name, field] of fields) yield* leavesOf(field, [...path, name]);
}

const leavesIn = (file) => [...leavesOf(
    parse(readFileSync(`${CHART}/${file}`, 'utf8')))];

describe('the chart', { skip: whyNotRendered() }, () => {
  for (const [name, files, effects] of EFFECTS) {
    test(`applies ${name}`, () => {
      const found = differences(
          chartObjects(files),
          chartObjects(files, effects.map(([set]) => set)));
      for (const [set, expected] of effects) {
        assert.ok(found.some((line) => typeof expected === 'string' ?
            line === expected : expected.test(line)),
                  `${set}: ${found.join('\n')}`);
      }
    });
  }

  test('has no value without a tested effect', () => {
    const tested = [
      ...Object.values(INSTALLATIONS)
          .flatMap(({ values }) => values.flatMap(leavesIn)),
      ...EFFECTS.flatMap(([, , effects]) => effects.map(
          ([set]) => set.split('=')[0])),
    ];
    const isTested = (leaf) => tested.some((path) =>
      path === leaf || path.startsWith(`${leaf}.`) ||
      path.startsWith(`${leaf}[`));
    assert.deepEqual(
        leavesIn('values.yaml').filter((leaf) => !isTested(leaf)), []);
  });
});
