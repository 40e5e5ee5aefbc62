// Checks objects against the schemas of Kubernetes and of the operators that
// deploy/ has objects for.

const OPERATORS = {
  'cert-manager.io': '@kubernetes-models/cert-manager',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};

async function modelOf({ apiVersion, kind }) {
  const from = OPERATORS[apiVersion.split('/')[0]] ?? 'kubernetes-models';
  const models = await import(`${from}/${apiVersion}`).catch(() => ({}));
  return models[kind];
}

// A proxy of `value` that records unread fields in `unread`. The validators
// read exactly the fields that their schema knows.
function tracked(value, path, unread) {
  if (value === null || typeof value !== 'object') return value;
  const fields = new Map(Object.entries(value).map(
      ([name, field]) => [name, tracked(field, `${path}/${name}`, unread)]));
  if (!Array.isArray(value)) {
    for (const name of fields.keys()) unread.add(`${path}/${name}`);
  }
  return new Proxy(value, {
    get(target, name) {
      unread.delete(`${path}/${String(name)}`);
      return fields.has(name) ? fields.get(name) : target[name];
    },
  });
}

/**
 * The problems of a Kubernetes object: wrong types, missing fields and, as in
 * the API server, unknown fields.
 */
export async function schemaErrors(object) {
  const Model = await modelOf(object);
  if (Model === undefined) {
    return [`no schema for ${object.apiVersion} ${object.kind}`];
  }
  const unread = new Set();
  try {
    // Not through an instance, because a Model copies the object first.
    Model.prototype.validate.call(tracked(object, '', unread));
  } catch (error) {
    return [error.message];
  }
  return [...unread].map((path) => `unknown field ${path}`);
}
