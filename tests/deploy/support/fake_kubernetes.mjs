// As much of the Kubernetes API as Helm uses: it stores objects and records
// changes, but validates nothing and runs nothing. Pods succeed at once.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { isProtobuf, secretFrom } from './secret_protobuf.mjs';

const NAMESPACED = true;
const RESOURCES = {
  'v1': [
    ['ConfigMap', 'configmaps', NAMESPACED], ['Namespace', 'namespaces'],
    ['Pod', 'pods', NAMESPACED], ['Secret', 'secrets', NAMESPACED],
    ['Service', 'services', NAMESPACED],
    ['ServiceAccount', 'serviceaccounts', NAMESPACED],
  ],
  'apps/v1': [['Deployment', 'deployments', NAMESPACED]],
  'autoscaling/v2': [
    ['HorizontalPodAutoscaler', 'horizontalpodautoscalers', NAMESPACED],
  ],
  'monitoring.coreos.com/v1': [
    ['PrometheusRule', 'prometheusrules', NAMESPACED],
    ['ServiceMonitor', 'servicemonitors', NAMESPACED],
  ],
  'networking.k8s.io/v1': [
    ['Ingress', 'ingresses', NAMESPACED],
    ['NetworkPolicy', 'networkpolicies', NAMESPACED],
  ],
  'policy/v1': [
    ['PodDisruptionBudget', 'poddisruptionbudgets', NAMESPACED],
  ],
};

const pathOf = (version) =>
  version.includes('/') ? `/apis/${version}` : `/api/${version}`;

function groups() {
  const versions = Object.keys(RESOURCES).filter((name) => name.includes('/'));
  return {
    kind: 'APIGroupList', apiVersion: 'v1',
    groups: versions.map((groupVersion) => {
      const [name, version] = groupVersion.split('/');
      return {
        name, versions: [{ groupVersion, version }],
        preferredVersion: { groupVersion, version },
      };
    }),
  };
}

// What exists besides objects, by path.
const DISCOVERY = new Map([
  ['/version', { major: '1', minor: '32', gitVersion: 'v1.32.3' }],
  ['/api', { kind: 'APIVersions', versions: ['v1'] }],
  ['/apis', groups()],
  ...Object.entries(RESOURCES).map(([groupVersion, resources]) => [
    pathOf(groupVersion), {
      kind: 'APIResourceList', apiVersion: 'v1', groupVersion,
      resources: resources.map(([kind, name, namespaced = false]) => ({
        kind, name, singularName: kind.toLowerCase(), namespaced,
        verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
      })),
    },
  ]),
]);

// Merges a patch. Patches of lists are only recorded.
function merge(target, patch) {
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      delete target[name];
    } else if (typeof value === 'object' && !Array.isArray(value)) {
      merge(target[name] ??= {}, value);
    } else {
      target[name] = value;
    }
  }
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const bytes = Buffer.concat(parts);
  // A DELETE has only options.
  if (bytes.length === 0 || request.method === 'DELETE') return undefined;
  return isProtobuf(bytes) ? secretFrom(bytes) : JSON.parse(bytes);
}

/** An API server on loopback, until stop(). */
export class FakeKubernetes {
  #server = createServer((request, response) =>
    this.#respond(request, response));
  #objects = new Map();

  /** Changes since the last takeChanges(): [method, "kind/name", body]. */
  #changes = [];

  async start() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** The changes since the last call, without Helm's own records. */
  takeChanges() {
    return this.#changes.splice(0).filter(([, name]) =>
      !name.startsWith('Secret/sh.helm.release.'));
  }

  async #respond(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.url);
    const body = await bodyOf(request);
    const watching = searchParams.get('watch');
    response.setHeader('Content-Type', 'application/json');
    if (watching) {
      // Nothing changes later.
      response.flushHeaders();
      return;
    }
    if (pathname === '/openapi/v2') {
      // An empty document, as protobuf: no schema to validate with.
      response.end();
      return;
    }
    const result = DISCOVERY.get(pathname) ??
        this.#handle(request.method, pathname, searchParams, body);
    if (result === undefined) {
      response.statusCode = 404;
      response.end(JSON.stringify({
        kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404,
        reason: 'NotFound', message: `${pathname} not found`,
      }));
      return;
    }
    if (request.method === 'POST') response.statusCode = 201;
    response.end(JSON.stringify(result));
  }

  #handle(method, path, parameters, body) {
    const record = (object) =>
      this.#changes.push([method, `${object.kind}/${object.metadata.name}`,
                          body]);
    if (method === 'POST') {
      body.metadata.uid = path;
      body.metadata.resourceVersion = '1';
      if (body.kind === 'Pod') body.status = { phase: 'Succeeded' };
      this.#objects.set(`${path}/${body.metadata.name}`, body);
      record(body);
      return body;
    }
    const object = this.#objects.get(path);
    if (object === undefined) {
      return method === 'GET' ? this.#list(path, parameters) : undefined;
    }
    const before = JSON.stringify(object);
    if (method === 'PUT') this.#objects.set(path, body);
    if (method === 'PATCH') merge(object, body);
    if (method === 'DELETE') this.#objects.delete(path);
    const after = this.#objects.get(path);
    // Helm also sends patches that change nothing.
    if (JSON.stringify(after) !== before) record(object);
    return after ?? object;
  }

  // Undefined unless `path` is that of a resource.
  #list(path, parameters) {
    const found = Object.entries(RESOURCES).flatMap(
        ([version, resources]) => resources.map(
            ([kind, name]) => ({ version, kind, name }))).find(
        ({ version, name }) => path.startsWith(`${pathOf(version)}/`) &&
            path.endsWith(`/${name}`));
    if (found === undefined) return undefined;
    const wanted = (parameters.get('labelSelector') ?? '').split(',')
        .filter(Boolean).map((label) => label.split('='));
    const items = [...this.#objects].filter(([name, { metadata }]) =>
      name.startsWith(`${path}/`) && wanted.every(
          ([label, value]) => metadata.labels?.[label] === value))
        .map(([, object]) => object);
    return {
      kind: `${found.kind}List`, apiVersion: found.version,
      metadata: { resourceVersion: '1' }, items,
    };
  }
}
