import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one test, which removes it. */
export function temporaryFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'wriftai-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/**
 * Replaces one file at once, as `mv` does: it is never seen half written. `time`:
 * when it is to have been modified.
 */
export function replaceFile(path, text, time) {
  writeFileSync(`${path}.new`, text);
  if (time) utimesSync(`${path}.new`, time, time);
  renameSync(`${path}.new`, path);
}
