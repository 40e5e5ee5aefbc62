import { fileURLToPath } from 'node:url';

/** The path of a file of the checkout. */
export function fromRoot(path) {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}
