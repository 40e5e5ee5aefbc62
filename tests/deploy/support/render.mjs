import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import process from 'node:process';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { fromRoot, toolPath } from './paths.mjs';

/**
 * Why nothing can be rendered here; undefined if it can. Only where npm has no
 * kubectl and no Helm: elsewhere, missing programs are failures.
 */
export function whyNotRendered() {
  return process.arch === 'x64' ? undefined :
      `scripts/install.sh has kubectl and Helm only for x64, not ${
          process.arch}`;
}

/** Objects in the YAML text that `kubectl` or `helm` would apply. */
export function objectsIn(text) {
  // The version that both read, with octal numbers such as 0440.
  return parseAllDocuments(text, { version: '1.1' })
      .map((document) => document.toJS()).filter((object) => object !== null);
}

const kustomize = (folder) => objectsIn(execFileSync(
    toolPath('kubectl'), ['kustomize', folder],
    { encoding: 'utf8', maxBuffer: 64 << 20 }));

/** The objects of deploy/k8s/NAME, as kubectl would apply them. */
export function rendered(name) {
  return kustomize(fromRoot(`deploy/k8s/${name}`));
}

/** The same with some of deploy/k8s/components. */
export function renderedWith(name, components) {
  const folder = mkdtempSync(join(tmpdir(), 'wriftai-'));
  // kustomize rejects absolute paths.
  const path = (to) => relative(folder, fromRoot(`deploy/k8s/${to}`));
  const { namespace } = parse(readFileSync(
      fromRoot(`deploy/k8s/${name}/kustomization.yaml`), 'utf8'));
  writeFileSync(join(folder, 'kustomization.yaml'), stringify({
    namespace,
    resources: [path(name)],
    components: components.map((component) => path(`components/${component}`)),
  }));
  try {
    return kustomize(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** "Kind/name" of an object. */
export function nameOf(object) {
  return `${object.kind}/${object.metadata.name}`;
}
