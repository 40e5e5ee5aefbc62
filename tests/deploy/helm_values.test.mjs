// The chart's schema of values: it covers every value, matches the program's
// flags, and rejects wrong values with a message that says what was expected.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { setting } from '../integration/support/setting.mjs';
import { flagsSchema, readSchema, schemaText, SCHEMA_PATH }
  from './support/flag_schemas.mjs';
import { CHART, template } from './support/helm.mjs';
import { whyNotRendered } from './support/render.mjs';

const schema = readSchema();
const resolved = (part) => part.$ref ?
    schema.definitions[part.$ref.replace('#/definitions/', '')] : part;

// Every part of the schema with its path.
function* parts(part, path = '') {
  const { properties = {}, items, additionalProperties } = resolved(part);
  yield [path, resolved(part)];
  for (const [name, field] of Object.entries(properties)) {
    yield* parts(field, path ? `${path}.${name}` : name);
  }
  if (items) yield* parts(items, `${path}[]`);
  if (additionalProperties) yield* parts(additionalProperties, `${path}.*`);
}

// Objects of Kubernetes, which the API server checks; and what Helm adds to
// subcharts.
const OPAQUE = new RegExp(
    '^(global|extraEnv\\[\\]|(etcd\\.)?tolerations\\[\\]|affinity\\.\\w+|' +
    'networkPolicy\\.extra\\w+\\[\\])$');

test('the schema types every value and allows no others', () => {
  for (const [path, part] of parts(schema)) {
    assert.ok(part.type, `${path} has no type`);
    if (part.type !== 'object' || OPAQUE.test(path)) continue;
    assert.ok(part.additionalProperties !== undefined, `${path} is open`);
  }
});

test('the schema requires exactly the values of values.yaml', () => {
  const values = parse(readFileSync(`${CHART}/values.yaml`, 'utf8'));
  function compare(part, value, path) {
    const { properties, required } = resolved(part);
    if (properties === undefined) return;
    const names = Object.keys(value).sort();
    assert.deepEqual(Object.keys(properties).sort(), names, path);
    // The templates read all of them. Only null removes one.
    if (required) assert.deepEqual([...required].sort(), names, path);
    for (const [name, field] of Object.entries(properties)) {
      compare(field, value[name], `${path}.${name}`);
    }
  }
  // Without a default: Helm's own, and those with optional fields.
  const { global, flags, affinity, ...properties } = schema.properties;
  assert.deepEqual([...schema.required].sort(), Object.keys(values).sort());
  for (const name of ['flags', 'affinity']) delete values[name];
  compare({ properties }, values, 'values');
});

test('the schema has the flags of the program', () => {
  assert.equal(
      readFileSync(SCHEMA_PATH, 'utf8'),
      schemaText(flagsSchema(setting('WRIFTAI_GATEWAY'))),
      'run node tests/deploy/write_flag_schemas.mjs WRIFTAI_GATEWAY');
});

// [values, the expected line of the message]
const REJECTED = [
  [['replicas=two'],
   '- replicas: Invalid type. Expected: integer, given: string'],
  [['replicas=100'], '- replicas: Must be less than or equal to 99'],
  [['replica=2'], '- (root): Additional property replica is not allowed'],
  [['tls.certificate=null'], '- tls: certificate is required'],
  [['token.value=a'], '- token: Additional property value is not allowed'],
  [['extraEnv[0].value=a'], '- extraEnv.0: name is required'],
  [['flags.access_token=a'],
   '- flags: Additional property access_token is not allowed'],
  [['flags.listen_address=0.0.0.0:1'],
   '- flags: Additional property listen_address is not allowed'],
  [['flags.read_rate=fast'],
   '- flags.read_rate: Invalid type. Expected: number, given: string'],
  [['flags.budget_share=2'],
   '- flags.budget_share: Must be less than or equal to 1'],
  [['flags.max_wait=long'],
   '- flags.max_wait: Does not match pattern \'^([0-9.]+(ns|us|ms|s|m|h))+$\''],
  [['flags.log_format=xml'],
   '- flags.log_format: flags.log_format must be one of the following: ' +
       '"text", "json"'],
  [['autoscaling.kind=KEDA'],
   '- autoscaling.kind: autoscaling.kind must be one of the following: ' +
       '"HorizontalPodAutoscaler", "ScaledObject"'],
  [['resources.limits.memory=much'],
   '- resources.limits.memory: Does not match pattern ' +
       '\'^[0-9]+(\\.[0-9]+)?(m|k|M|G|Ki|Mi|Gi)?$\''],
  [['image.digest=sha256:1'],
   '- image.digest: Does not match pattern \'^(sha256:[0-9a-f]{64})?$\''],
  [['cluster.etcd.endpoints={http://a:2379}'],
   '- cluster.etcd.endpoints.0: Does not match pattern \'^https://[^\\s/?#@,]+$\''],
  [['cluster.ipFamily=IPv5'],
   '- cluster.ipFamily: cluster.ipFamily must be one of the following: ' +
       '"IPv4", "IPv6"'],
  [['etcd.storage.size=8'],
   '- etcd.storage.size: Invalid type. Expected: string, given: integer'],
  [['etcd.replicas=5'], '- etcd: Additional property replicas is not allowed'],
  [['grpcRoute.parentRefs[0].namespace=a'],
   '- grpcRoute.parentRefs.0: name is required'],
];

// [values, the expected message]
const INCOMPLETE = [
  [['flags.credentials=gateway'],
   'flags.credentials=gateway requires token.secretName'],
  [['flags.tls_allowed_names=a'],
   'flags.tls_allowed_names requires tls.secretName and ' +
       'tls.requireClientCertificates'],
  [['flags.webhook_poll_interval=1m'],
   'flags.webhook_poll_interval requires webhooks.enabled'],
  [['webhooks.enabled=true'], 'webhooks.enabled requires webhooks.secretName'],
  [['webhooks.enabled=true', 'webhooks.secretName=a'],
   'webhooks.enabled requires webhooks.host'],
  [['webhooks.enabled=true', 'webhooks.secretName=a',
    'webhooks.host=a.example'],
   'webhooks.ingress.enabled requires webhooks.ingress.tlsSecretName'],
  [['tls.certificate.enabled=true'],
   'tls.certificate.enabled requires tls.secretName'],
  [['tls.certificate.enabled=true', 'tls.secretName=a'],
   'tls.certificate.enabled requires tls.certificate.issuerRef.name'],
  [['autoscaling.enabled=true', 'autoscaling.minReplicas=7'],
   'autoscaling.minReplicas: expected at most autoscaling.maxReplicas'],
  [['autoscaling.enabled=true', 'autoscaling.kind=ScaledObject'],
   'autoscaling.kind=ScaledObject requires autoscaling.prometheusUrl'],
  [['grpcRoute.enabled=true'],
   'grpcRoute.enabled requires grpcRoute.parentRefs'],
  [['grpcRoute.enabled=true', 'grpcRoute.parentRefs[0].name=a',
    'tls.secretName=a'],
   'grpcRoute.enabled requires tls.requireClientCertificates=false: a ' +
       'Gateway presents no client certificate'],
  [['cluster.enabled=true'],
   'cluster.enabled requires etcd.enabled or cluster.etcd.endpoints'],
  [['cluster.enabled=true', 'cluster.etcd.endpoints={https://a}'],
   'cluster.etcd.endpoints requires cluster.etcd.secretName'],
  [['cluster.enabled=true', 'cluster.etcd.endpoints={https://a}',
    'cluster.etcd.secretName=a', 'etcd.enabled=true'],
   'cluster.etcd.endpoints requires etcd.enabled=false: the replicas use one ' +
       'etcd'],
  [['cluster.enabled=true', 'etcd.enabled=true', 'cluster.etcd.secretName=a'],
   'cluster.etcd.secretName requires cluster.etcd.endpoints'],
  [['cluster.enabled=true', 'etcd.enabled=true',
    'cluster.certificates.enabled=false'],
   'cluster.certificates.enabled=false requires cluster.peersSecretName'],
  [['cluster.enabled=true', 'etcd.enabled=true',
    'cluster.certificates.enabled=false', 'cluster.peersSecretName=a'],
   'cluster.certificates.enabled=false requires cluster.peerAllowedNames'],
  [['flags.coordination_outage=pause'],
   'flags.coordination_outage requires cluster.enabled'],
  [['etcd.enabled=true', `fullnameOverride=${'a'.repeat(48)}`],
   'etcd.enabled requires a fullnameOverride of at most 47 characters'],
  [['podLabels.app\\.kubernetes\\.io/name=a'],
   'podLabels: app.kubernetes.io/name is for the selectors: expected another ' +
       'name'],
];

describe('the chart', { skip: whyNotRendered() }, () => {
  for (const [sets, expected] of REJECTED) {
    test(`rejects ${sets}: ${expected}`, () => {
      const { status, stderr } = template([], sets);
      assert.equal(status, 1);
      assert.deepEqual(stderr.trim().split('\n').slice(2), [expected]);
    });
  }

  for (const [sets, expected] of INCOMPLETE) {
    test(`rejects ${sets}: ${expected}`, () => {
      const { status, stderr } = template([], sets);
      assert.equal(status, 1);
      const [first] = stderr.split('\n');
      assert.ok(first.endsWith(`: ${expected}`), first);
    });
  }
});
