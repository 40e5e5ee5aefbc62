// What Grafana substitutes for its variables, with a scrape per second.
const VARIABLES = {
  '$job': '.*', '$instance': '.*', '$__rate_interval': '10s',
};

/** Each query of a dashboard, as sent to Prometheus: {title, expr}. */
export function expressionsOf({ panels }) {
  return panels.flatMap(({ title, targets = [] }) => targets.map(
      ({ expr }) => ({
        title,
        expr: Object.entries(VARIABLES).reduce(
            (text, [name, value]) => text.replaceAll(name, value), expr),
      })));
}
