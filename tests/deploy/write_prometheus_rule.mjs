// Generates the PrometheusRule for Kubernetes from the rules of Prometheus; see
// CONTRIBUTING.md, "A new alert".
import { writeFileSync } from 'node:fs';
import { RULE_PATH, ruleText } from './support/prometheus_rule.mjs';

writeFileSync(RULE_PATH, ruleText());
