import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { fromRoot } from './paths.mjs';

/** The path of the committed PrometheusRule. */
export const RULE_PATH = fromRoot('deploy/k8s/monitoring/prometheusrule.yaml');

/** The rules of Prometheus. */
export function rules() {
  return parse(readFileSync(fromRoot('deploy/prometheus/rules.yml'), 'utf8'));
}

/** The expected text of the PrometheusRule. */
export function ruleText() {
  return '# Generated from deploy/prometheus/rules.yml by\n' +
      '# tests/deploy/write_prometheus_rule.mjs.\n' +
      stringify({
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PrometheusRule',
        metadata: {
          name: 'wriftai-gateway',
          labels: {
            'app.kubernetes.io/name': 'wriftai-gateway',
            'app.kubernetes.io/part-of': 'wriftai-gateway',
          },
        },
        spec: rules(),
        // kubectl adds empty lines to folded expressions.
      }, { lineWidth: 0 });
}
