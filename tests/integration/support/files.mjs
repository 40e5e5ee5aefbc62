import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one test, which removes it. */
export function temporaryFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'wriftai-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Replaces one file at once, as `mv` does: it is never seen half written. */
export function replaceFile(path, text) {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
