import assert from 'node:assert/strict';
import { mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Extracts the files that a document shows (```LANGUAGE PATH/NAME) into a new
 * folder, which also links the npm packages of these tests.
 */
export async function filesOf(document, ...names) {
  const text = await readFile(path.join(root, document), 'utf8');
  const folder = await mkdtemp(path.join(tmpdir(), 'document-'));
  for (const name of names) {
    const escaped = name.replaceAll('.', '\\.');
    const [, contents] =
        new RegExp(`^\`\`\`\\w+ \\S*/${escaped}\n(.*?)^\`\`\`$`, 'ms')
            .exec(text) ?? assert.fail(`${document} shows no ${name}`);
    await writeFile(path.join(folder, name), contents);
  }
  await symlink(path.join(root, 'tests/node_modules'),
                path.join(folder, 'node_modules'));
  return folder;
}

/** The root of the checkout, where the documents' commands run. */
export const checkout = root;
