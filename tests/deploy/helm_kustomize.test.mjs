// The chart and deploy/k8s are two sources of the same objects. With equal
// settings, they must be equal field by field, so neither can change alone.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { differences } from './support/differences.mjs';
import { CHART, installedObjects } from './support/helm.mjs';
import { INSTALLATIONS } from './support/installations.mjs';
import { renderedWith, whyNotRendered } from './support/render.mjs';

// What Helm adds to every object, so that several releases can share a
// namespace; and instead of a ConfigMap that is renamed, to roll the pods.
const HELM_ONLY = new Set([
  'app.kubernetes.io/instance', 'app.kubernetes.io/managed-by',
  'checksum/settings', 'helm.sh/chart',
]);

function withoutHelm(value) {
  if (Array.isArray(value)) return value.map(withoutHelm);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([name]) => !HELM_ONLY.has(name))
      .map(([name, field]) => [name, withoutHelm(field)])
      .filter(([name, field]) =>
        name !== 'annotations' || Object.keys(field).length > 0);
  return Object.fromEntries(entries);
}

// Without the namespace, which `helm install --create-namespace` creates, and
// the digest in the name of the settings.
function withoutKustomize(objects) {
  const settings = objects.find(
      ({ data }) => data?.GATEWAY_LISTEN_ADDRESS !== undefined).metadata.name;
  const text = JSON.stringify(
      objects.filter(({ kind }) => kind !== 'Namespace'));
  return JSON.parse(text.replaceAll(`"${settings}"`, '"wriftai-gateway"'));
}

function drift({ overlay, components, values, namespace }, sets) {
  return differences(
      withoutKustomize(renderedWith(overlay, components)),
      withoutHelm(installedObjects(values, sets, { namespace })));
}

describe('the chart', { skip: whyNotRendered() }, () => {
  for (const [name, installation] of Object.entries(INSTALLATIONS)) {
    test(`renders ${name} as deploy/k8s does`,
         () => assert.deepEqual(drift(installation), []));
  }

  test('cannot differ from deploy/k8s in a single field', () => {
    const found = (set) => drift(INSTALLATIONS.production, [set]);
    assert.deepEqual(found('resources.limits.memory=1Gi'), [
      'Deployment/wriftai-gateway spec template spec containers 0 resources ' +
          'limits memory: "512Mi" -> "1Gi"',
    ]);
    assert.deepEqual(found('flags.read_rate=4'), [
      'ConfigMap/wriftai-gateway data GATEWAY_READ_RATE: undefined -> "4"',
    ]);
    assert.match(found('dashboard.enabled=false').join(),
                 /^ConfigMap\/wriftai-gateway-dashboard: .* -> undefined$/);
  });

  test('has no values without a comparison', () => {
    const files = [
      ...readdirSync(CHART).filter((name) => /^values-.*yaml$/.test(name)),
      ...readdirSync(`${CHART}/ci`).map((name) => `ci/${name}`),
    ];
    const compared = Object.values(INSTALLATIONS).flatMap(
        ({ values }) => values);
    assert.deepEqual(files.filter((file) => !compared.includes(file)), []);
  });
});
