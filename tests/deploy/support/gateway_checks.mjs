// Whether the gateway's Deployment matches the program and its settings.
import { nameOf } from './render.mjs';

const find = (objects, kind, name) => objects.find(
    (object) => object.kind === kind && object.metadata.name === name);

function gatewayOf(objects) {
  const deployment = find(objects, 'Deployment', 'wriftai-gateway');
  const { spec } = deployment.spec.template;
  const [container] = spec.containers;
  const [{ configMapRef }] = container.envFrom;
  const settings = find(objects, 'ConfigMap', configMapRef.name)?.data ?? {};
  return { spec, container, settings };
}

const secondsOf = (duration) => parseFloat(/^([\d.]+)s$/.exec(duration)[1]);

// For calls that are cut off, and the rest of the shutdown.
const MARGIN_S = 5;

export function drainProblems(objects) {
  const { spec, container, settings } = gatewayOf(objects);
  const needed = container.lifecycle.preStop.sleep.seconds +
      secondsOf(settings.GATEWAY_DRAIN_TIMEOUT) + MARGIN_S;
  return spec.terminationGracePeriodSeconds >= needed ? [] : [
    `${spec.terminationGracePeriodSeconds} s of grace, ` +
        `expected at least ${needed} s`];
}

/** `help`: the output of `wriftai-gateway --help`. */
export function settingProblems(objects, help) {
  const { container, settings: inConfigMap } = gatewayOf(objects);
  const settings = Object.assign(
      { ...inConfigMap }, ...(container.env ?? []).map(
          ({ name, value }) => name === 'POD_IP' ? {} : { [name]: value }));
  const found = [];
  const known = new Set([...help.matchAll(/^ {2}--(\w+) /gm)].map(
      ([, name]) => `GATEWAY_${name.toUpperCase()}`));
  known.add('WRIFTAI_ACCESS_TOKEN').add('WRIFTAI_API_BASE_URL');
  const mounts = (container.volumeMounts ?? []).map(
      ({ mountPath }) => mountPath);
  const ports = new Set();
  for (const [name, value] of Object.entries(settings)) {
    if (!known.has(name)) found.push(`${name} is not a flag of the gateway`);
    if (name.endsWith('_FILE') &&
        !mounts.some((mount) => value.startsWith(`${mount}/`))) {
      found.push(`${name}: ${value} is not in a volume`);
    }
    const port = /^0\.0\.0\.0:(\d+)$/.exec(value)?.[1];
    if (port !== undefined) ports.add(Number(port));
  }
  for (const { name, containerPort } of container.ports) {
    if (!ports.delete(containerPort)) {
      found.push(`nothing listens on the port ${name}`);
    }
  }
  ports.forEach((port) => found.push(`the port ${port} has no name`));
  const { port } = container.readinessProbe.grpc;
  if (settings.GATEWAY_HEALTH_ADDRESS !== `0.0.0.0:${port}`) {
    found.push(`the readinessProbe uses port ${port}, which does not serve health`);
  }
  // Whatever they fail for restarts the pod, so only for the process itself.
  for (const probe of ['startupProbe', 'livenessProbe']) {
    if (container[probe].httpGet?.path !== '/healthz') {
      found.push(`the ${probe} does not check /healthz`);
    }
  }
  return found;
}

// [the fewest replicas, how many of them must run].
function replicasOf(objects, name) {
  // Members of etcd decide by majority.
  const set = find(objects, 'StatefulSet', name);
  if (set) return [set.spec.replicas, Math.floor(set.spec.replicas / 2) + 1];
  const scaler = find(objects, 'HorizontalPodAutoscaler', name);
  if (scaler) return [scaler.spec.minReplicas, 1];
  const scaled = find(objects, 'ScaledObject', name);
  return [scaled ? scaled.spec.minReplicaCount :
      find(objects, 'Deployment', name).spec.replicas, 1];
}

/** Whether a node can be drained while the fewest replicas run. */
export function budgetProblems(objects) {
  return objects.filter(({ kind }) => kind === 'PodDisruptionBudget')
      .flatMap((budget) => {
        const [replicas, needed] = replicasOf(objects, budget.metadata.name);
        const left = replicas - budget.spec.maxUnavailable;
        return left >= needed && budget.spec.maxUnavailable >= 1 ? [] :
            [`${nameOf(budget)} leaves ${left} replicas`];
      });
}
