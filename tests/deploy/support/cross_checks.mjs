// What the schemas cannot check: whether the objects of an overlay match each
// other. Each check returns its problems, one line each.
import { nameOf } from './render.mjs';

const ofKind = (objects, kind) =>
  objects.filter((object) => object.kind === kind);

const workloadsOf = (objects) => [
  ...ofKind(objects, 'Deployment'), ...ofKind(objects, 'StatefulSet'),
];

const podsOf = (objects) => [
  ...workloadsOf(objects).map((workload) =>
    ({ name: nameOf(workload), ...workload.spec.template })),
  ...ofKind(objects, 'Pod').map((pod) => ({ name: nameOf(pod), ...pod })),
];

const matches = (labels = {}, { matchLabels = {} }) =>
  Object.entries(matchLabels).every(([name, value]) => labels[name] === value);

const selected = (objects, selector) => podsOf(objects).filter(
    ({ metadata }) => matches(metadata.labels, selector));

const portsOf = (pods) =>
  pods.flatMap(({ spec }) => spec.containers)
      .flatMap(({ ports = [] }) => ports);

// Each selector of pods, with the ports of these pods that its object names.
function* selections(objects) {
  for (const workload of workloadsOf(objects)) {
    const { selector, template } = workload.spec;
    yield { by: nameOf(workload), selector };
    for (const spread of template.spec.topologySpreadConstraints ?? []) {
      yield { by: nameOf(workload), selector: spread.labelSelector };
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
    for (const peer of ingress.flatMap(({ from = [] }) => from)) {
      if (peer.namespaceSelector === undefined && peer.podSelector) {
        yield { by, selector: peer.podSelector };
      }
    }
    for (const { to = [], ports } of egress) {
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
  return [...selections(objects)].flatMap(({ by, selector, ports = [] }) => {
    const pods = selected(objects, selector);
    if (pods.length === 0) return [`${by} selects no pod`];
    const names = portsOf(pods).map(({ name }) => name);
    return ports.filter((port) => !names.includes(port))
        .map((port) => `${by} names the port ${port}, which its pods lack`);
  });
}

// Each backend of a GRPCRoute: [route, backend].
const backendsOf = (objects) => ofKind(objects, 'GRPCRoute').flatMap(
    (route) => route.spec.rules.flatMap(({ backendRefs }) => backendRefs)
        .map((backend) => [route, backend]));

/** References by name. `external`: Secrets that are created elsewhere. */
export function referenceProblems(objects, external) {
  const known = new Set([
    ...objects.map(nameOf), ...external.map((name) => `Secret/${name}`)]);
  const references = [];
  for (const { name, spec } of podsOf(objects)) {
    const refer = (kind, other) =>
      other && references.push([name, kind, other]);
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
      references.push([nameOf(ingress), 'Secret', secretName]);
    }
    for (const { http } of ingress.spec.rules) {
      for (const { backend } of http.paths) {
        references.push([nameOf(ingress), 'Service', backend.service.name]);
      }
    }
  }
  for (const scaler of ofKind(objects, 'HorizontalPodAutoscaler')) {
    const { kind, name } = scaler.spec.scaleTargetRef;
    references.push([nameOf(scaler), kind, name]);
  }
  for (const scaler of ofKind(objects, 'ScaledObject')) {
    references.push(
        [nameOf(scaler), 'Deployment', scaler.spec.scaleTargetRef.name]);
  }
  for (const certificate of ofKind(objects, 'Certificate')) {
    const { secretName, issuerRef } = certificate.spec;
    references.push([nameOf(certificate), 'Secret', secretName]);
    // A ClusterIssuer is the cluster's.
    if (issuerRef.kind === 'Issuer') {
      references.push([nameOf(certificate), 'Issuer', issuerRef.name]);
    }
  }
  for (const issuer of ofKind(objects, 'Issuer')) {
    if (issuer.spec.ca) {
      references.push([nameOf(issuer), 'Secret', issuer.spec.ca.secretName]);
    }
  }
  for (const set of ofKind(objects, 'StatefulSet')) {
    references.push([nameOf(set), 'Service', set.spec.serviceName]);
  }
  for (const [route, { name }] of backendsOf(objects)) {
    references.push([nameOf(route), 'Service', name]);
  }
  return references.filter(([, kind, name]) => !known.has(`${kind}/${name}`))
      .map(([by, kind, name]) => `${by} needs ${kind}/${name}`);
}

/** References of ServiceMonitors, Ingresses and GRPCRoutes to Services. */
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
      // The alerts and the dashboard use this name.
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
  for (const [route, { name, port }] of backendsOf(objects)) {
    const service = services.find(({ metadata }) => metadata.name === name);
    if (service && !service.spec.ports.some((other) => other.port === port)) {
      found.push(`${nameOf(route)}: ${nameOf(service)} has no ${port}`);
    }
  }
  return found;
}

/** The restricted Pod Security Standard of Kubernetes, and more. */
export function podProblems(objects) {
  return podsOf(objects).flatMap(({ name, spec }) => {
    const found = [];
    const expect = (ok, what) => ok || found.push(`${name}: ${what}`);
    expect(spec.securityContext?.runAsNonRoot === true, 'may run as root');
    expect(spec.securityContext?.seccompProfile?.type === 'RuntimeDefault',
           'has no seccomp profile');
    expect(spec.automountServiceAccountToken === false,
           'mounts a Kubernetes token');
    for (const container of spec.containers) {
      const security = container.securityContext ?? {};
      expect(security.allowPrivilegeEscalation === false,
             'may gain privileges');
      expect(security.readOnlyRootFilesystem === true, 'may write to its root');
      expect(security.capabilities?.drop?.includes('ALL'),
             'keeps capabilities');
      expect(container.resources?.limits?.memory, 'has no memory limit');
      expect(container.resources?.requests?.cpu, 'requests no CPU');
      expect(/:(?!latest$)[^/]+$/.test(container.image), 'has no pinned image');
      const ports = (container.ports ?? []).map((port) => port.name);
      for (const probe of ['startup', 'readiness', 'liveness']) {
        const port = container[`${probe}Probe`]?.httpGet?.port;
        expect(port === undefined || ports.includes(port),
               `probes ${port}, which it does not have`);
      }
    }
    return found;
  });
}
