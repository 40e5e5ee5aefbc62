// Objects against the schemas of Kubernetes and of Prometheus' operator.

const OPERATOR_GROUP = 'monitoring.coreos.com';

async function modelOf({ apiVersion, kind }) {
  const from = apiVersion.startsWith(`${OPERATOR_GROUP}/`) ?
      '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
  const models = await import(`${from}/${apiVersion}`).catch(() => ({}));
  return models[kind];
}

// A view of `value` that notes in `unread` the fields that nobody has asked for
// yet. The validators read each field that their schema knows, and none else.
function watched(value, path, unread) {
  if (value === null || typeof value !== 'object') return value;
  const fields = new Map(Object.entries(value).map(
      ([name, field]) => [name, watched(field, `${path}/${name}`, unread)]));
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
 * What is wrong with a Kubernetes object: wrong types, missing fields, and, as
 * the API server does for whoever applies it, unknown ones.
 */
export async function schemaErrors(object) {
  const Model = await modelOf(object);
  if (Model === undefined) {
    return [`no schema for ${object.apiVersion} ${object.kind}`];
  }
  const unread = new Set();
  try {
    // Called this way, since a Model would copy the object before.
    Model.prototype.validate.call(watched(object, '', unread));
  } catch (error) {
    return [error.message];
  }
  return [...unread].map((path) => `unknown field ${path}`);
}
