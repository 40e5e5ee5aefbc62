import { fileURLToPath } from 'node:url';

/** The absolute path of a file in the checkout. */
export function fromRoot(path) {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

/** A program that scripts/install.sh unpacks. */
export function toolPath(name) {
  return fromRoot(`build/tools/usr/bin/${name}`);
}
