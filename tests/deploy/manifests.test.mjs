// deploy/k8s as kubectl would apply it: each object against Kubernetes' schema,
// and all objects of an overlay against each other and the program. Each check
// is also tested with an object that is invalid in one way.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { INSTALLATIONS } from './support/installations.mjs';
import { problems } from './support/problems.mjs';
import { RULE_PATH, ruleText, rules } from './support/prometheus_rule.mjs';
import { nameOf, rendered, renderedWith, whyNotRendered }
  from './support/render.mjs';

// Its name ends in a digest of its contents.
const SETTINGS = 'the gateway\'s ConfigMap';
const isNamed = (object, name) => name === SETTINGS ?
    object.data?.GATEWAY_LISTEN_ADDRESS !== undefined : nameOf(object) === name;

// [the defect, the object, how to break it, the expected message]
const DEFECTS = [
  ['a number as a string', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.terminationGracePeriodSeconds = '35'),
   /terminationGracePeriodSeconds must be integer/],
  ['a misspelled field', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.containers[0].readinesProbe = {}),
   /unknown field \/spec\/template\/spec\/containers\/0\/readinesProbe/],
  ['a missing field', 'Deployment/wriftai-gateway',
   ({ spec }) => delete spec.selector, /must have required property selector$/],
  ['a misspelled field of a ServiceMonitor', 'ServiceMonitor/wriftai-gateway',
   ({ spec }) => (spec.endpoints[0].scrapeInterval = '5s'),
   /unknown field \/spec\/endpoints\/0\/scrapeInterval/],
  ['a rule without an expression', 'PrometheusRule/wriftai-gateway',
   ({ spec }) => delete spec.groups[0].rules[0].expr, /expr/],
  ['an unknown kind', 'Namespace/wriftai',
   (object) => (object.kind = 'Namespac'), /no schema for v1 Namespac/],
  ['a Service without pods', 'Service/wriftai-gateway',
   ({ spec }) => (spec.selector['app.kubernetes.io/name'] = 'gateway'),
   /^Service\/wriftai-gateway selects no pod$/],
  ['a Service for an unknown port', 'Service/wriftai-gateway-operators',
   ({ spec }) => (spec.ports[0].targetPort = 'metrics'),
   /names the port metrics, which its pods lack$/],
  ['a policy for an unknown port', 'NetworkPolicy/wriftai-gateway',
   ({ spec }) => (spec.ingress[0].ports[0].port = 'gprc'),
   /names the port gprc, which its pods lack$/],
  ['a disruption budget without pods', 'PodDisruptionBudget/wriftai-gateway',
   ({ spec }) => (spec.selector.matchLabels = { a: 'b' }),
   /^PodDisruptionBudget\/wriftai-gateway selects no pod$/],
  ['a disruption budget for all replicas',
   'PodDisruptionBudget/wriftai-gateway',
   ({ spec }) => (spec.maxUnavailable = 2), /leaves 0 replicas$/],
  ['an undocumented Secret', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.volumes[0].secret.secretName = 'x'),
   /^Deployment\/wriftai-gateway needs Secret\/x$/],
  ['a missing ServiceAccount', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.serviceAccountName = 'x'),
   /needs ServiceAccount\/x$/],
  ['an autoscaler of something else', 'HorizontalPodAutoscaler/wriftai-gateway',
   ({ spec }) => (spec.scaleTargetRef.name = 'x'), /needs Deployment\/x$/],
  ['a monitor of another port', 'ServiceMonitor/wriftai-gateway',
   ({ spec }) => (spec.endpoints[0].port = 'x'),
   /Service\/wriftai-gateway-operators has no x$/],
  ['a job name that the alerts do not use', 'Service/wriftai-gateway-operators',
   ({ metadata }) => (metadata.labels['app.kubernetes.io/name'] = 'x'),
   /watches 0 services$/],
  ['an Ingress to another port', 'Ingress/wriftai-gateway-webhooks',
   ({ spec }) =>
     (spec.rules[0].http.paths[0].backend.service.port.name = 'x'),
   /Service\/wriftai-gateway-webhooks has no x$/],
  ['a ScaledObject of something else', 'ScaledObject/wriftai-gateway',
   ({ spec }) => (spec.scaleTargetRef.name = 'x'), /needs Deployment\/x$/],
  ['a misspelled field of a ScaledObject', 'ScaledObject/wriftai-gateway',
   ({ spec }) => (spec.minReplicas = 2), /unknown field \/spec\/minReplicas$/],
  ['a Certificate for another Secret', 'Certificate/wriftai-gateway',
   ({ spec }) => (spec.secretName = 'x'), /needs Secret\/x$/],
  ['a Certificate without an issuer', 'Certificate/wriftai-gateway',
   ({ spec }) => delete spec.issuerRef, /required property issuerRef$/],
  ['a GRPCRoute to another Service', 'GRPCRoute/wriftai-gateway',
   ({ spec }) => (spec.rules[0].backendRefs[0].name = 'x'),
   /needs Service\/x$/],
  ['a GRPCRoute to another port', 'GRPCRoute/wriftai-gateway',
   ({ spec }) => (spec.rules[0].backendRefs[0].port = 443),
   /Service\/wriftai-gateway has no 443$/],
  ['a Certificate of an unknown Issuer', 'Certificate/wriftai-gateway-etcd',
   ({ spec }) => (spec.issuerRef.name = 'x'),
   /^Certificate\/wriftai-gateway-etcd needs Issuer\/x$/],
  ['an Issuer without a CA', 'Issuer/wriftai-gateway-etcd',
   ({ spec }) => (spec.ca.secretName = 'x'),
   /^Issuer\/wriftai-gateway-etcd needs Secret\/x$/],
  ['a StatefulSet without its Service', 'StatefulSet/wriftai-gateway-etcd',
   ({ spec }) => (spec.serviceName = 'x'),
   /^StatefulSet\/wriftai-gateway-etcd needs Service\/x$/],
  ['a drain that stops etcd', 'PodDisruptionBudget/wriftai-gateway-etcd',
   ({ spec }) => (spec.maxUnavailable = 2),
   /^PodDisruptionBudget\/wriftai-gateway-etcd leaves 1 replicas$/],
  ['a policy that admits no pod', 'NetworkPolicy/wriftai-gateway-etcd',
   ({ spec }) => (spec.ingress[0].from[0].podSelector.matchLabels.a = 'b'),
   /^NetworkPolicy\/wriftai-gateway-etcd selects no pod$/],
  ['etcd as root', 'StatefulSet/wriftai-gateway-etcd',
   ({ spec }) => delete spec.template.spec.securityContext.runAsNonRoot,
   /^StatefulSet\/wriftai-gateway-etcd: may run as root$/],
  ['a container that may run as root', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.securityContext.runAsNonRoot = false),
   /may run as root$/],
  ['a writable root file system', 'Deployment/wriftai-gateway',
   ({ spec }) => delete spec.template.spec.containers[0].securityContext
       .readOnlyRootFilesystem, /may write to its root$/],
  ['an image that is not pinned', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.containers[0].image = 'a/b:latest'),
   /has no pinned image$/],
  ['a grace period that is too short', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.terminationGracePeriodSeconds = 29),
   /^29 s of grace, expected at least 30 s$/],
  ['health on another port', 'Deployment/wriftai-gateway',
   ({ spec }) =>
     (spec.template.spec.containers[0].readinessProbe.grpc.port = 50051),
   /the readinessProbe uses port 50051, which does not serve health$/],
  ['a start that waits for etcd', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.containers[0].startupProbe =
       { grpc: { port: 50052 } }),
   /^the startupProbe does not check \/healthz$/],
  ['an unknown variable of the container', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.containers[0].env =
       [{ name: 'GATEWAY_PEER', value: 'a' }]),
   /^GATEWAY_PEER is not a flag of the gateway$/],
  ['an unknown flag', SETTINGS,
   ({ data }) => (data.GATEWAY_DRAIN = '1s'),
   /^GATEWAY_DRAIN is not a flag of the gateway$/],
  ['a file outside the volumes', SETTINGS,
   ({ data }) => (data.GATEWAY_ACCESS_TOKEN_FILE = '/token'),
   /GATEWAY_ACCESS_TOKEN_FILE: \/token is not in a volume$/],
  ['a port without a name', SETTINGS,
   ({ data }) => (data.GATEWAY_HTTP_ADDRESS = '0.0.0.0:9091'),
   /^nothing listens on the port http$/],
];

const why = whyNotRendered();
if (why) console.log(`SKIPPED: deploy/k8s was not rendered: ${why}`);

describe('deploy/k8s', { skip: why }, () => {
  let production, optional;
  before(() => {
    production = rendered('production');
    const inProduction = new Set(production.map(nameOf));
    // Objects of other installations.
    optional = [
      ...renderedWith('production', ['keda', 'certificate', 'etcd']),
      ...renderedWith('development', ['grpcroute']).filter(
          ({ kind }) => kind === 'GRPCRoute'),
    ].filter((object) => !inProduction.has(nameOf(object)));
  });

  for (const [name, { overlay, components }] of Object.entries(INSTALLATIONS)) {
    test(`${name} matches Kubernetes' schema and the program`, async () => {
      assert.deepEqual(await problems(renderedWith(overlay, components)), []);
    });
  }

  for (const [what, name, breakIt, expected] of DEFECTS) {
    test(`the checks reject ${what}`, async () => {
      const objects = structuredClone([...production, ...optional]);
      breakIt(objects.find((object) => isNamed(object, name)));
      const found = await problems(objects);
      assert.ok(found.some((line) => expected.test(line)),
                `found: ${found.join('; ')}`);
    });
  }

  test('the PrometheusRule equals rules.yml', () => {
    assert.equal(readFileSync(RULE_PATH, 'utf8'), ruleText());
  });

  test('kubectl does not change the expressions of alerts', () => {
    const rule = production.find(({ kind }) => kind === 'PrometheusRule');
    assert.deepEqual(rule.spec, rules());
  });
});
