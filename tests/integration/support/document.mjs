import { cp, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout, where the documents' commands run. */
export const checkout = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Copies a folder of the documents' programs to a new one, which also has the
 * service config and links the npm packages of these tests.
 */
export async function copyPrograms(folder) {
  const copy = await mkdtemp(path.join(tmpdir(), 'document-'));
  await cp(path.join(checkout, folder), copy, { recursive: true });
  await cp(path.join(checkout, 'clients/service_config.json'),
           path.join(copy, 'service_config.json'));
  await symlink(path.join(checkout, 'tests/node_modules'),
                path.join(copy, 'node_modules'));
  return copy;
}
