// Runs the pods of rendered objects as processes, with the arguments, variables
// and files that Kubernetes would give them. In a network namespace, so that
// each has its own address of loopback, and in a mount namespace with its own
// /etc/hosts.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program } from '../../integration/support/program.mjs';
import { issueSecrets } from './cert_manager.mjs';

const find = (objects, kind, name) => objects.find(
    (object) => object.kind === kind && object.metadata.name === name);

/** A pod: its address, and the container's files and variables. */
class Pod {
  constructor(folder, objects, workload, name, address) {
    Object.assign(this, { name, address });
    const { spec } = workload.spec.template;
    [this.container] = spec.containers;
    const secretOf = new Map((spec.volumes ?? []).map(
        ({ name: volume, secret }) => [volume, secret?.secretName]));
    // [path in the pod, path here]
    this.mounts = (this.container.volumeMounts ?? []).map(
        ({ name: volume, mountPath }) => [
          mountPath, join(folder, secretOf.get(volume) ?? `${name}-${volume}`)]);
    for (const [, path] of this.mounts) mkdirSync(path, { recursive: true });
    const { env = [], envFrom = [] } = this.container;
    this.variables = Object.assign({}, ...envFrom.map(
        ({ configMapRef }) => find(objects, 'ConfigMap', configMapRef.name).data));
    for (const { name: variable, value, valueFrom } of env) {
      this.variables[variable] = valueFrom ?
          { 'metadata.name': name, 'status.podIP': address }[
              valueFrom.fieldRef.fieldPath] : this.expand(value);
    }
  }

  // $(NAME) as Kubernetes replaces it.
  expand(text) {
    return text.replace(/\$\((\w+)\)/g, (_, name) => this.variables[name]);
  }

  // Addresses and paths of the pod as they are here.
  here(text) {
    return this.mounts.reduce(
        (result, [from, to]) => result.replaceAll(from, to),
        text.replaceAll('0.0.0.0', this.address));
  }

  /** The variables of the container. */
  env() {
    return Object.fromEntries(Object.entries(this.variables).map(
        ([name, value]) => [name, this.here(value)]));
  }

  /** Runs `program` as the container's. `env`: instead of the container's. */
  start(program, env = {}) {
    return new Program(
        program, (this.container.args ?? []).map(
            (arg) => this.here(this.expand(arg))),
        { env: { ...this.env(), ...env } });
  }
}

/**
 * The pods of a workload, `count` of them. Their addresses are
 * 127.77.NUMBER.1 and so on.
 */
export function podsOf(folder, objects, kind, name, number, count) {
  const workload = find(objects, kind, name);
  return Array.from({ length: count }, (_, i) =>
    new Pod(folder, objects, workload, `${name}-${i}`, `127.77.${number}.${i + 1}`));
}

/** Issues the certificates, and writes the names of the pods to /etc/hosts. */
export function prepare(folder, objects, pods) {
  issueSecrets(objects, folder);
  const hosts = ['127.0.0.1 localhost'];
  for (const { metadata } of objects.filter(({ kind }) => kind === 'Service')) {
    const own = pods.filter(({ name }) =>
      name.replace(/-\d$/, '') === metadata.name);
    for (const { name, address } of own) {
      // Connections to any address of loopback come from 127.0.0.1.
      hosts.push(`${address} ${name}.${metadata.name} ${metadata.name}`,
                 `127.0.0.1 ${metadata.name}`);
    }
  }
  const path = join(folder, 'hosts');
  writeFileSync(path, `${hosts.join('\n')}\n`);
  execFileSync('mount', ['--bind', path, '/etc/hosts']);
}
