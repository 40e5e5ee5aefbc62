// The dev container: what it names exists. The images' build includes the stage.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fromRoot } from './support/paths.mjs';

const FILE = fromRoot('.devcontainer/devcontainer.json');
const { build, postCreateCommand } = JSON.parse(readFileSync(FILE, 'utf8'));
const resolved = (name) => path.resolve(path.dirname(FILE), name);

test('the dev container is built from the first stage of the Dockerfile', () => {
  const dockerfile = readFileSync(resolved(build.dockerfile), 'utf8');
  const [, first] = /^FROM \S+ AS (\S+)$/m.exec(dockerfile);
  assert.equal(build.target, first);
  assert.equal(resolved(build.context), path.resolve(fromRoot('.')));
});

test('the dev container installs with scripts of the checkout', () => {
  const files = postCreateCommand.match(/scripts\/\S+/g);
  assert.deepEqual(files, ['scripts/install.sh', 'scripts/hooks']);
  for (const file of files) assert.ok(existsSync(fromRoot(file)), file);
});
