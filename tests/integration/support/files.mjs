import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is removed after the test. */
export function temporaryFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'wriftai-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/**
 * Replaces one file atomically, as `mv` does: no reader sees half of it.
 * `time`: its modification time.
 */
export function replaceFile(path, text, time) {
  writeFileSync(`${path}.new`, text);
  if (time) utimesSync(`${path}.new`, time, time);
  renameSync(`${path}.new`, path);
}
