// What the schemas cannot tell: whether the objects of an overlay fit each
// other. Each check returns what is wrong, one line each.
import { nameOf } from './render.mjs';

const ofKind = (objects, kind) =>
  objects.filter((object) => object.kind === kind);

const podsOf = (objects) => ofKind(objects, 'Deployment').map(
    (deployment) =>
      ({ name: nameOf(deployment), ...deployment.spec.template }));

const matches = (labels = {}, { matchLabels = {} }) =>
  Object.entries(matchLabels).every(([name, value]) => labels[name] === value);

const selected = (objects, selector) => podsOf(objects).filter(
    ({ metadata }) => matches(metadata.labels, selector));

const portsOf = (pods) =>
  pods.flatMap(({ spec }) => spec.containers)
      .flatMap(({ ports = [] }) => ports);

// Each place where an object chooses pods, and the ports that it names of them.
function* choices(objects) {
  for (const deployment of ofKind(objects, 'Deployment')) {
    const { selector, template } = deployment.spec;
    yield { by: nameOf(deployment), selector };
    for (const spread of template.spec.topologySpreadConstraints ?? []) {
      yield { by: nameOf(deployment), selector: spread.labelSelector };
    }
  }
  for (const service of ofKind(objects, 'Service')) {
    yield {
      by: nameOf(service), selector: { matchLabels: service.spec.selector },
      ports: service.spec.ports.map(({ targetPort }) => targetPort),
    };
  }
  for (const budget of ofKind(objects, 'PodDisruptionBudget')) {
    yield { by: nameOf(budget), selector: budget.spec.selector };
  }
  for (const policy of ofKind(objects, 'NetworkPolicy')) {
    const { podSelector, ingress = [], egress = [] } = policy.spec;
    const by = nameOf(policy);
    yield {
      by, selector: podSelector,
      ports: ingress.flatMap(({ ports }) => ports).map(({ port }) => port),
    };
    for (const { to, ports } of egress) {
      for (const peer of to) {
        if (peer.namespaceSelector === undefined && peer.podSelector) {
          yield { by, selector: peer.podSelector,
                  ports: ports.map(({ port }) => port) };
        }
      }
    }
  }
}

export function selectorProblems(objects) {
  return [...choices(objects)].flatMap(({ by, selector, ports = [] }) => {
    const pods = selected(objects, selector);
    if (pods.length === 0) return [`${by} selects no pod`];
    const names = portsOf(pods).map(({ name }) => name);
    return ports.filter((port) => !names.includes(port))
        .map((port) => `${by} names the port ${port}, which its pods lack`);
  });
}

/** References by name; `outside`: Secrets that somebody else makes. */
export function referenceProblems(objects, outside) {
  const known = new Set([
    ...objects.map(nameOf), ...outside.map((name) => `Secret/${name}`)]);
  const wanted = [];
  for (const { name, spec } of podsOf(objects)) {
    const refer = (kind, other) => other && wanted.push([name, kind, other]);
    refer('ServiceAccount', spec.serviceAccountName);
    for (const { secret, configMap } of spec.volumes ?? []) {
      refer('Secret', secret?.secretName);
      refer('ConfigMap', configMap?.name);
    }
    for (const { configMapRef, secretRef } of
      spec.containers.flatMap(({ envFrom = [] }) => envFrom)) {
      refer('ConfigMap', configMapRef?.name);
      refer('Secret', secretRef?.name);
    }
  }
  for (const ingress of ofKind(objects, 'Ingress')) {
    for (const { secretName } of ingress.spec.tls) {
      wanted.push([nameOf(ingress), 'Secret', secretName]);
    }
    for (const { http } of ingress.spec.rules) {
      for (const { backend } of http.paths) {
        wanted.push([nameOf(ingress), 'Service', backend.service.name]);
      }
    }
  }
  for (const scaler of ofKind(objects, 'HorizontalPodAutoscaler')) {
    const { kind, name } = scaler.spec.scaleTargetRef;
    wanted.push([nameOf(scaler), kind, name]);
  }
  return wanted.filter(([, kind, name]) => !known.has(`${kind}/${name}`))
      .map(([by, kind, name]) => `${by} needs ${kind}/${name}`);
}

/** What the ServiceMonitor and the Ingress name of the Services. */
export function serviceProblems(objects) {
  const services = ofKind(objects, 'Service');
  const has = (service, port) =>
    service.spec.ports.some(({ name }) => name === port);
  const found = [];
  for (const monitor of ofKind(objects, 'ServiceMonitor')) {
    const watched = services.filter(
        ({ metadata }) => matches(metadata.labels, monitor.spec.selector));
    if (watched.length !== 1) {
      found.push(`${nameOf(monitor)} watches ${watched.length} services`);
    }
    for (const service of watched) {
      for (const { port } of monitor.spec.endpoints) {
        if (!has(service, port)) {
          found.push(`${nameOf(monitor)}: ${nameOf(service)} has no ${port}`);
        }
      }
      // The alerts and the dashboard go by this name.
      const job = service.metadata.labels[monitor.spec.jobLabel];
      if (job !== 'wriftai-gateway') {
        found.push(`${nameOf(monitor)}: the job is ${job}`);
      }
    }
  }
  for (const ingress of ofKind(objects, 'Ingress')) {
    for (const { backend: { service } } of
      ingress.spec.rules.flatMap(({ http }) => http.paths)) {
      const named = services.find(
          ({ metadata }) => metadata.name === service.name);
      if (named && !has(named, service.port.name)) {
        found.push(
            `${nameOf(ingress)}: ${nameOf(named)} has no ${service.port.name}`);
      }
    }
  }
  return found;
}

/** What Kubernetes calls the restricted Pod Security Standard, and more. */
export function podProblems(objects) {
  return podsOf(objects).flatMap(({ name, spec }) => {
    const found = [];
    const want = (fine, what) => fine || found.push(`${name}: ${what}`);
    want(spec.securityContext?.runAsNonRoot === true, 'may run as root');
    want(spec.securityContext?.seccompProfile?.type === 'RuntimeDefault',
         'has no seccomp profile');
    want(spec.automountServiceAccountToken === false,
         'is given a token of Kubernetes');
    for (const container of spec.containers) {
      const security = container.securityContext ?? {};
      want(security.allowPrivilegeEscalation === false, 'may gain privileges');
      want(security.readOnlyRootFilesystem === true, 'may write to its root');
      want(security.capabilities?.drop?.includes('ALL'), 'keeps capabilities');
      want(container.resources?.limits?.memory, 'has no limit of memory');
      want(container.resources?.requests?.cpu, 'requests no CPU');
      want(/:(?!latest$)[^/]+$/.test(container.image), 'has no pinned image');
      const ports = container.ports.map((port) => port.name);
      for (const probe of ['startup', 'readiness', 'liveness']) {
        const port = container[`${probe}Probe`]?.httpGet?.port;
        want(port === undefined || ports.includes(port),
             `probes ${port}, which it does not have`);
      }
    }
    return found;
  });
}
