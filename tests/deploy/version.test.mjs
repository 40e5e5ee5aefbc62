// One version everywhere, and a changelog that has it: scripts/version.sh.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync }
  from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fromRoot } from './support/paths.mjs';

const SCRIPT = 'scripts/version.sh';

// Runs the script of the checkout in `folder`: {status, stdout, stderr}.
function version(folder, ...args) {
  const { error, status, stdout, stderr } =
      spawnSync(join(folder, SCRIPT), args, { encoding: 'utf8' });
  assert.equal(error, undefined);
  return { status, stdout, stderr };
}

const accepted = (folder, ...args) => {
  const { status, stdout, stderr } = version(folder, ...args);
  assert.equal(status, 0, stderr);
  return stdout.trim();
};

const rejected = (folder, message, ...args) => {
  const { status, stderr } = version(folder, ...args);
  assert.equal(status, 1);
  assert.match(stderr, message);
};

const files = execFileSync('git', [
  '-c', `safe.directory=${fromRoot('.').replace(/\/$/, '')}`, 'ls-files', '-z',
  '--cached', '--others', '--exclude-standard', '--deduplicate',
], { cwd: fromRoot('.'), encoding: 'utf8' }).split('\0').filter(
    // Of packages that others have released, and of tests.
    (name) => name !== '' && !/^tests\/|package-lock\.json$/.test(name));

let copy;
before(() => {
  copy = mkdtempSync(join(tmpdir(), 'wriftai-'));
  for (const name of files) {
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    cpSync(fromRoot(name), join(copy, name));
  }
});
after(() => rmSync(copy, { recursive: true }));

const read = (name) => readFileSync(join(copy, name), 'utf8');
const CURRENT = accepted(fromRoot('.'));
const NEXT = '98.76.54';

test('every file of the checkout states the version of CMakeLists.txt', () => {
  assert.match(CURRENT, /^\d+\.\d+\.\d+$/);
  accepted(fromRoot('.'), 'check');
});

test('the documents\' example of --version shows it', () => {
  assert.ok(read('docs/compatibility.md').includes(
      `\nwriftai-gateway ${CURRENT}`));
});

test('a tag of another version is rejected', () => {
  rejected(copy, new RegExp(`^version.sh: v${NEXT}: expected v${CURRENT},`),
           'check', `v${NEXT}`);
});

test('a version that the changelog does not have is rejected', () => {
  const changelog = read('CHANGELOG.md');
  writeFileSync(join(copy, 'CHANGELOG.md'),
                changelog.replaceAll(`## [${CURRENT}]`, '## [0.0.0]'));
  rejected(copy, /CHANGELOG\.md: expected a heading/, 'check', `v${CURRENT}`);
  writeFileSync(join(copy, 'CHANGELOG.md'), changelog);
});

test('a text that is no version is rejected, and changes nothing', () => {
  const before = files.map(read);
  rejected(copy, /expected a version such as 1\.2\.3/, 'set', 'v1.2');
  assert.deepEqual(files.map(read), before);
});

test('`set` changes the version wherever a file states it, and dates what was ' +
     'unreleased', () => {
  accepted(copy, 'set', NEXT);
  assert.equal(accepted(copy), NEXT);
  const old = new RegExp(`(^|[^\\d.])${CURRENT.replaceAll('.', '\\.')}($|[^\\d.])`);
  // Except for examples in comments, and the history.
  const left = files.filter((name) =>
    old.test(read(name).replace(/\/\/.*/g, '')) && name !== 'CHANGELOG.md');
  assert.deepEqual(left, []);
  const today = new Date().toISOString().slice(0, 10);
  assert.match(read('CHANGELOG.md'), new RegExp(
      `^## \\[Unreleased\\]\\n\\n## \\[${NEXT}\\] - ${today}\\n`, 'm'));
  accepted(copy, 'check', `v${NEXT}`);
  const notes = accepted(copy, 'notes');
  assert.ok(notes.length > 0 && !notes.includes('## ['), notes);
});

test('`set` rejects a version that the changelog has', () => {
  rejected(copy, /CHANGELOG\.md has it already/, 'set', NEXT);
});

test('every file with another version is named', () => {
  const stating = files.filter((name) =>
    name !== 'CHANGELOG.md' && read(name).includes(NEXT));
  assert.ok(stating.length > 4, stating.join());
  for (const name of stating.filter((name) => name !== 'CMakeLists.txt')) {
    const text = read(name);
    writeFileSync(join(copy, name), text.replace(NEXT, '0.0.1'));
    rejected(copy, new RegExp(`^${name}: expected ".*${NEXT}", found "0\\.0\\.1"`),
             'check');
    writeFileSync(join(copy, name), text);
  }
});
