// Makes the PrometheusRule of Kubernetes from the rules of Prometheus; see
// CONTRIBUTING.md, "A new alert".
import { writeFileSync } from 'node:fs';
import { PRINTED, ruleText } from './support/prometheus_rule.mjs';

writeFileSync(PRINTED, ruleText());
