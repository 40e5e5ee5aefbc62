import { execFileSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';
import { fromRoot } from './paths.mjs';

// The overlays use folders as `resources`, `replicas` and `patches`, which
// exist since 2019. Debian 12's own kubectl is older.
const MIN_KUBECTL = [1, 21];

function kubectl(...args) {
  return execFileSync('kubectl', args,
                      { encoding: 'utf8', maxBuffer: 64 << 20 });
}

/** Why nothing can be rendered here; undefined if it can. */
export function whyNotRendered() {
  try {
    const { clientVersion } =
        JSON.parse(kubectl('version', '--client', '-o', 'json'));
    const version = [clientVersion.major, clientVersion.minor]
        .map((number) => parseInt(number));
    return version[0] > MIN_KUBECTL[0] || version[1] >= MIN_KUBECTL[1] ?
        undefined :
        `kubectl ${version.join('.')} is too old: ` +
            `expected at least ${MIN_KUBECTL.join('.')}`;
  } catch (error) {
    return `cannot run kubectl: ${error.message}`;
  }
}

/** The objects of deploy/k8s/NAME, as kubectl would apply them. */
export function rendered(name) {
  return parseAllDocuments(kubectl('kustomize', fromRoot(`deploy/k8s/${name}`)))
      .map((document) => document.toJS());
}

/** "Kind/name" of an object. */
export function nameOf(object) {
  return `${object.kind}/${object.metadata.name}`;
}
