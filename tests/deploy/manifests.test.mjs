// deploy/k8s as kubectl would apply it: each object against Kubernetes' schema,
// and all of an overlay against each other and against the program. That each
// check can fail is shown with objects that are wrong in one way.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { setting } from '../integration/support/setting.mjs';
import { podProblems, referenceProblems, selectorProblems, serviceProblems }
  from './support/cross_checks.mjs';
import { budgetProblems, drainProblems, settingProblems }
  from './support/gateway_checks.mjs';
import { fromRoot } from './support/paths.mjs';
import { PRINTED, ruleText } from './support/prometheus_rule.mjs';
import { nameOf, rendered, whyNotRendered } from './support/render.mjs';
import { schemaErrors } from './support/schema.mjs';

// Those that docs/deploying.md tells how to make.
const SECRETS = readFileSync(fromRoot('docs/deploying.md'), 'utf8')
    .match(/(?<=^\| `)wriftai-gateway-[a-z-]+(?=` \|)/gm);

const help = execFileSync(setting('WRIFTAI_GATEWAY'), ['--help'],
                          { encoding: 'utf8' });

async function problems(objects) {
  const errors = await Promise.all(objects.map(
      async (object) => (await schemaErrors(object)).map(
          (error) => `${nameOf(object)}: ${error}`)));
  // What has another form than it should cannot be looked at any further.
  if (errors.flat().length > 0) return errors.flat();
  return [
    ...selectorProblems(objects),
    ...referenceProblems(objects, SECRETS), ...serviceProblems(objects),
    ...podProblems(objects), ...drainProblems(objects),
    ...settingProblems(objects, help), ...budgetProblems(objects),
  ];
}

// [what is made wrong, in which object, how, what is to be said]
const WRONG = [
  ['a number that is a text', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.terminationGracePeriodSeconds = '35'),
   /terminationGracePeriodSeconds must be integer/],
  ['a misspelt field', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.containers[0].readinesProbe = {}),
   /unknown field \/spec\/template\/spec\/containers\/0\/readinesProbe/],
  ['a missing field', 'Deployment/wriftai-gateway',
   ({ spec }) => delete spec.selector, /must have required property selector$/],
  ['a misspelt field of the operator\'s', 'ServiceMonitor/wriftai-gateway',
   ({ spec }) => (spec.endpoints[0].scrapeInterval = '5s'),
   /unknown field \/spec\/endpoints\/0\/scrapeInterval/],
  ['a rule without an expression', 'PrometheusRule/wriftai-gateway',
   ({ spec }) => delete spec.groups[0].rules[0].expr, /expr/],
  ['a kind that is not known', 'Namespace/wriftai',
   (object) => (object.kind = 'Namespac'), /no schema for v1 Namespac/],
  ['a Service for nobody', 'Service/wriftai-gateway',
   ({ spec }) => (spec.selector['app.kubernetes.io/name'] = 'gateway'),
   /^Service\/wriftai-gateway selects no pod$/],
  ['a port that the pods lack', 'Service/wriftai-gateway-operators',
   ({ spec }) => (spec.ports[0].targetPort = 'metrics'),
   /names the port metrics, which its pods lack$/],
  ['a policy for a port that the pods lack', 'NetworkPolicy/wriftai-gateway',
   ({ spec }) => (spec.ingress[0].ports[0].port = 'gprc'),
   /names the port gprc, which its pods lack$/],
  ['a budget for nobody', 'PodDisruptionBudget/wriftai-gateway',
   ({ spec }) => (spec.selector.matchLabels = { a: 'b' }),
   /^PodDisruptionBudget\/wriftai-gateway selects no pod$/],
  ['a budget that takes all', 'PodDisruptionBudget/wriftai-gateway',
   ({ spec }) => (spec.maxUnavailable = 2), /leaves 0 replicas$/],
  ['a Secret that nobody makes', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.volumes[0].secret.secretName = 'x'),
   /^Deployment\/wriftai-gateway needs Secret\/x$/],
  ['an account that is not there', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.serviceAccountName = 'x'),
   /needs ServiceAccount\/x$/],
  ['an autoscaler of something else', 'HorizontalPodAutoscaler/wriftai-gateway',
   ({ spec }) => (spec.scaleTargetRef.name = 'x'), /needs Deployment\/x$/],
  ['a monitor of another port', 'ServiceMonitor/wriftai-gateway',
   ({ spec }) => (spec.endpoints[0].port = 'x'),
   /Service\/wriftai-gateway-operators has no x$/],
  ['a job that no alert knows', 'Service/wriftai-gateway-operators',
   ({ metadata }) => (metadata.labels['app.kubernetes.io/name'] = 'x'),
   /watches 0 services$/],
  ['an Ingress to another port', 'Ingress/wriftai-gateway-webhooks',
   ({ spec }) =>
     (spec.rules[0].http.paths[0].backend.service.port.name = 'x'),
   /Service\/wriftai-gateway-webhooks has no x$/],
  ['root', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.securityContext.runAsNonRoot = false),
   /may run as root$/],
  ['a writable root', 'Deployment/wriftai-gateway',
   ({ spec }) => delete spec.template.spec.containers[0].securityContext
       .readOnlyRootFilesystem, /may write to its root$/],
  ['the newest image, whatever it is', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.containers[0].image = 'a/b:latest'),
   /has no pinned image$/],
  ['too little grace', 'Deployment/wriftai-gateway',
   ({ spec }) => (spec.template.spec.terminationGracePeriodSeconds = 29),
   /^29 s of grace, 30 s are needed$/],
  ['health on another port', 'Deployment/wriftai-gateway',
   ({ spec }) =>
     (spec.template.spec.containers[0].readinessProbe.grpc.port = 50051),
   /the readinessProbe asks the port 50051, where health is not$/],
  ['a flag that is not there', 'ConfigMap',
   ({ data }) => (data.GATEWAY_DRAIN = '1s'),
   /^GATEWAY_DRAIN is no flag of the gateway$/],
  ['a file in no volume', 'ConfigMap',
   ({ data }) => (data.GATEWAY_ACCESS_TOKEN_FILE = '/token'),
   /GATEWAY_ACCESS_TOKEN_FILE: \/token is in no volume$/],
  ['a port that nobody names', 'ConfigMap',
   ({ data }) => (data.GATEWAY_HTTP_ADDRESS = '0.0.0.0:9091'),
   /^nothing listens on the port http$/],
];

const why = whyNotRendered();
if (why) console.log(`SKIPPED: deploy/k8s was not rendered: ${why}`);

describe('deploy/k8s', { skip: why }, () => {
  let production;
  before(() => (production = rendered('production')));

  test('production fits Kubernetes\' schema, itself and the program',
       async () => assert.deepEqual(await problems(production), []));

  test('development fits Kubernetes\' schema, itself and the program',
       async () =>
         assert.deepEqual(await problems(rendered('development')), []));

  for (const [what, name, spoil, said] of WRONG) {
    test(`the checks find ${what}`, async () => {
      const objects = structuredClone(production);
      spoil(objects.find((object) => nameOf(object).startsWith(name)));
      const found = await problems(objects);
      assert.ok(found.some((line) => said.test(line)),
                `found: ${found.join('; ')}`);
    });
  }

  test('the PrometheusRule has the rules of Prometheus', () => {
    assert.equal(readFileSync(PRINTED, 'utf8'), ruleText());
  });
});
