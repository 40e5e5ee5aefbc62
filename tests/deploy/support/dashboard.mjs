// What Grafana puts in the place of its variables, for a scrape a second.
const VARIABLES = {
  '$job': '.*', '$instance': '.*', '$__rate_interval': '10s',
};

/** Each query of a dashboard: {title, expr}, as Prometheus would be asked. */
export function expressionsOf({ panels }) {
  return panels.flatMap(({ title, targets = [] }) => targets.map(
      ({ expr }) => ({
        title,
        expr: Object.entries(VARIABLES).reduce(
            (text, [name, value]) => text.replaceAll(name, value), expr),
      })));
}
