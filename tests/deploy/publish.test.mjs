// scripts/publish.sh, as .github/workflows/release.yml runs it: the chart with
// Helm and a registry; the rest with stand-ins, because docker's builder, cosign
// and the accounts are not available to tests.
import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync }
  from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';
import { temporaryFolder } from '../integration/support/files.mjs';
import { Program, run } from '../integration/support/program.mjs';
import { VERSION } from './support/helm.mjs';
import { fromRoot, toolPath } from './support/paths.mjs';
import { whyNotRendered } from './support/render.mjs';

const digit = (value) => value.repeat(64);
const INDEX = `sha256:${digit('f')}`;

// What the stand-ins do besides noting their arguments.
const STAND_INS = {
  buf: '',
  cosign: '',
  docker: `
    while [ $# -gt 0 ]; do
      case $1 in
        inspect) echo ${INDEX} ;;
        --metadata-file)
          printf '{"containerimage.digest": "%s"}' "$DIGEST" >"$2" ;;
      esac
      shift
    done`,
  gh: '',
  // The registry has no certificate.
  helm: `
    [ "$1" != push ] || set -- "$@" --plain-http
    exec ${toolPath('helm')} "$@"`,
};

// The files that state the version.
const PLACES = [...readFileSync(fromRoot('scripts/version.sh'), 'utf8')
    .matchAll(/^ {2}'([^:']+):/gm)].map(([, file]) => file);

/** A copy of what is published, and programs that note how they are called. */
class Release {
  constructor(t) {
    this.folder = temporaryFolder(t);
    for (const name of [
      'CHANGELOG.md', 'deploy', 'docs', 'scripts', ...PLACES,
    ]) {
      cpSync(fromRoot(name), join(this.folder, name),
             { recursive: true, verbatimSymlinks: true });
    }
    this.programs = join(this.folder, 'programs');
    mkdirSync(this.programs);
    for (const [name, text] of Object.entries(STAND_INS)) {
      const file = join(this.programs, name);
      writeFileSync(file, `#!/bin/sh\nset -e\nfor argument; do\n` +
          `  printf '%s\\t' "$argument"\ndone >>"$0.calls"\n` +
          `echo >>"$0.calls"\n${text}\n`);
      chmodSync(file, 0o755);
    }
  }

  /** Runs the script's step: {code, stdout, stderr}. */
  publish(step, env = {}) {
    return run(join(this.folder, 'scripts/publish.sh'), step.split(' '), {
      env: {
        PATH: `${this.programs}:${process.env.PATH}`,
        GIT_DIR: fromRoot('.git'), REGISTRY: 'registry.example.com/wriftai',
        DIGEST: `sha256:${digit('a')}`, ...env,
      },
    });
  }

  async published(...args) {
    const { code, stderr } = await this.publish(...args);
    assert.equal(code, 0, stderr);
  }

  async rejected(message, ...args) {
    const { code, stderr } = await this.publish(...args);
    assert.equal(code, 1);
    assert.match(stderr, message);
  }

  /** The arguments of each call of a program. */
  calls(program) {
    return readFileSync(join(this.programs, `${program}.calls`), 'utf8')
        .split('\t\n').filter((call) => call !== '')
        .map((call) => call.split('\t'));
  }

  path(name) {
    return join(this.folder, name);
  }
}

const IMAGE = 'registry.example.com/wriftai/wriftai-gateway';

test('an image is pushed by digest, with SBOM and provenance', async (t) => {
  const release = new Release(t);
  await release.published('image gateway');
  const [args] = release.calls('docker');
  const { stdout: commit } = await run(
      'git', ['rev-parse', 'HEAD'], { env: { GIT_DIR: fromRoot('.git') } });
  for (const expected of [
    'gateway', `VERSION=${VERSION}`, `REVISION=${commit.trim()}`,
    '--provenance=mode=max', '--sbom=true',
    `type=image,name=${IMAGE},push-by-digest=true,name-canonical=true,push=true`,
  ]) {
    assert.ok(args.includes(expected), expected);
  }
  assert.deepEqual(readdirSync(release.path('build/publish/gateway')),
                   [digit('a')]);
});

test('an image without a digest is not published', async (t) => {
  const release = new Release(t);
  await release.rejected(/docker reported no digest of registry\.example\.com/,
                         'image sandbox', { DIGEST: '' });
  assert.deepEqual(readdirSync(release.path('build/publish/sandbox')), []);
});

test('only the images of both architectures get the tag and a signature',
     async (t) => {
       const release = new Release(t);
       await release.published('image gateway');
       await release.rejected(/expected 2 images, found 1/, 'index gateway');
       await release.published(
           'image gateway', { DIGEST: `sha256:${digit('b')}` });
       await release.published('index gateway');
       const [create] = release.calls('docker').filter(
           ([, , command]) => command === 'create');
       assert.deepEqual(create.slice(3), [
         '--tag', `${IMAGE}:${VERSION}`, `${IMAGE}@sha256:${digit('a')}`,
         `${IMAGE}@sha256:${digit('b')}`,
       ]);
       assert.deepEqual(release.calls('cosign'), [
         ['sign', '--yes', '--recursive', `${IMAGE}@${INDEX}`],
       ]);
     });

test('the chart in the registry is the one that is signed',
     { skip: whyNotRendered() }, async (t) => {
       const release = new Release(t);
       const settings = release.path('registry.yml');
       writeFileSync(settings, JSON.stringify({
         version: '0.1', log: { level: 'info' },
         storage: { filesystem: { rootdirectory: release.path('registry') } },
         http: { addr: '127.0.0.1:0' },
       }));
       const registry =
           new Program(toolPath('docker-registry'), ['serve', settings]);
       t.after(() => registry.stop());
       const address = await registry.awaitOutput(
           'stderr', /listening on (127\.0\.0\.1:[1-9]\d*)/);

       await release.published('chart', { REGISTRY: address });
       const [[sign, yes, recursive, signed]] = release.calls('cosign');
       assert.deepEqual([sign, yes, recursive], ['sign', '--yes', '--recursive']);
       const name = `${address}/charts/wriftai-gateway`;
       assert.ok(signed.startsWith(`${name}@sha256:`), signed);
       const manifest = await fetch(
           `http://${address}/v2/charts/wriftai-gateway/manifests/${VERSION}`,
           { headers: { accept: 'application/vnd.oci.image.manifest.v1+json' } });
       assert.equal(manifest.status, 200);
       assert.equal(`${name}@${manifest.headers.get('docker-content-digest')}`,
                    signed);
     });

test('the schema gets the tag as its label', async (t) => {
  const release = new Release(t);
  await release.published('schema');
  assert.deepEqual(release.calls('buf'),
                   [['push', 'proto', '--label', `v${VERSION}`]]);
});

test('the release on GitHub has the packages, their signed checksums, and the ' +
     'changelog', async (t) => {
  const release = new Release(t);
  const { code } = await run(release.path('scripts/version.sh'), ['set', '7.8.9']);
  assert.equal(code, 0);
  mkdirSync(release.path('build/package'), { recursive: true });
  for (const name of ['a.deb', 'b.tgz']) {
    writeFileSync(release.path(`build/package/${name}`), name);
  }
  await release.published('files');
  const [blob] = release.calls('cosign');
  assert.deepEqual(blob, ['sign-blob', '--yes', '--bundle',
                          'SHA256SUMS.sigstore.json', 'SHA256SUMS']);
  const [[group, create, tag, verify, title, name, notes, text, ...files]] =
      release.calls('gh');
  assert.deepEqual([group, create, tag, verify, title, name, notes],
                   ['release', 'create', 'v7.8.9', '--verify-tag', '--title',
                    '7.8.9', '--notes']);
  assert.match(text, /### Added/);
  assert.deepEqual(files.map((file) => file.replace('build/package/', '')),
                   ['SHA256SUMS', 'a.deb', 'b.tgz']);
  const sums = readFileSync(release.path('build/package/SHA256SUMS'), 'utf8');
  assert.deepEqual(sums.match(/\S+$/gm), ['a.deb', 'b.tgz']);
  const check = await run('sh', [
    '-c', `cd ${release.path('build/package')} && sha256sum --check SHA256SUMS`,
  ]);
  assert.equal(check.code, 0, check.stdout);
});

describe('a wrong call', () => {
  for (const [step, message, env] of [
    ['image postgres', /postgres: expected gateway or sandbox/],
    ['image gateway', /REGISTRY: is not set/, { REGISTRY: '' }],
    ['everything', /expected image NAME, debian/],
  ]) {
    test(`${step}: ${message}`, (t) => new Release(t).rejected(message, step, env));
  }
});
