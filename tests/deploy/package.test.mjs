// The Debian package, installed by apt on a bare Debian: package_test.sh makes
// both. In order: each test changes what the next one finds.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { temporaryFolder } from '../integration/support/files.mjs';
import { Program, run } from '../integration/support/program.mjs';
import { setting } from '../integration/support/setting.mjs';
import { fromRoot } from './support/paths.mjs';
import { allowedCalls, tracedCalls } from './support/system_calls.mjs';

const ROOT = setting('WRIFTAI_ROOT');
const NAME = 'wriftai-gateway';
const SETTINGS = 'etc/default/wriftai-gateway';
// apt on a busy machine, at the slowest.
const TIMEOUT_MS = 300_000;

const path = (name) => join(ROOT, name);
const text = (name) => readFileSync(path(name), 'utf8');

// Starts a program in the root, as a user without privileges or as root.
function launch(program, args, { user = 'root', env = {} } = {}) {
  return new Program(
      '/usr/sbin/chroot', [`--userspec=${user}:`, ROOT, program, ...args],
      { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env } });
}

// The output of a program in the root that must succeed.
async function output(program, args, options) {
  const launched = launch(program, args, options);
  const { code, stdout } = await launched.end(TIMEOUT_MS);
  assert.equal(code, 0, launched.describe());
  return stdout;
}

async function install(...args) {
  return output('apt-get', [
    '-q', '-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', ...args,
  ], { env: { DEBIAN_FRONTEND: 'noninteractive' } });
}

const unit = () => {
  const lines = text(`lib/systemd/system/${NAME}.service`).split('\n');
  return (key) => lines.filter((line) => line.startsWith(`${key}=`))
      .map((line) => line.slice(key.length + 1));
};

test('apt installs the package with the libraries that it names', async () => {
  writeFileSync(path('package.deb'), readFileSync(setting('WRIFTAI_PACKAGE')));
  await install('update');
  await install('install', '/package.deb');
  for (const program of [NAME, 'wriftai-sandbox', 'wriftctl']) {
    const version = await output(program, ['--version']);
    const { stdout } = await run(fromRoot('scripts/version.sh'), []);
    assert.ok(version.startsWith(`${program} ${stdout.trim()} (`), version);
  }
  assert.equal(await output('dpkg', ['--verify', NAME]), '');
});

test('the package has wriftctl\'s completion and manual page', async () => {
  for (const [shell, file] of Object.entries({
    bash: 'bash-completion/completions/wriftctl',
    zsh: 'zsh/vendor-completions/_wriftctl',
    fish: 'fish/vendor_completions.d/wriftctl.fish',
  })) {
    assert.equal(text(`usr/share/${file}`),
                 await output('wriftctl', ['completion', shell]));
  }
  const page = gunzipSync(readFileSync(path('usr/share/man/man1/wriftctl.1.gz')));
  assert.match(page.toString(), /^\.SH NAME\nwriftctl /m);
});

test('the service\'s user runs a gateway that answers wriftctl', async () => {
  const gateway = launch(
      '/usr/bin/wriftai-gateway',
      ['--sandbox', '--listen_address=127.0.0.1:0', '--http_address='],
      { user: NAME });
  const address =
      await gateway.awaitOutput('stderr', /gRPC listens on ([\d.:]+)$/m);
  const created = await output(
      'wriftctl', ['create', 'wriftai/echo', '--input', '"Hello"', '--wait'],
      { user: 'nobody', env: { WRIFTCTL_ADDRESS: address } });
  assert.match(created, /^status +succeeded$/m);
  assert.match(created, /^Hello$/m);
  assert.equal((await gateway.stop()).code, 0, gateway.describe());
});

test('the service reads a secret that other users cannot', async () => {
  const file = 'etc/wriftai-gateway/token';
  writeFileSync(path(file), 'any', { mode: 0o644 });
  const env = { WRIFTAI_ACCESS_TOKEN_FILE: `/${file}` };
  await output(NAME, ['--check_config'], { user: NAME, env });
  const other = launch(NAME, ['--check_config'], { user: 'nobody', env });
  const { code, stderr } = await other.end();
  assert.equal(code, 2);
  assert.match(stderr, /Permission denied/);
});

test('the file of settings names variables of the program only', async () => {
  const variables = [...text(SETTINGS).matchAll(/^#([A-Z_]+)=/gm)];
  assert.ok(variables.length > 5);
  const help = await output(NAME, ['--help']);
  for (const [, variable] of variables) {
    const flag = /^GATEWAY_(.*)$/.exec(variable)?.[1].toLowerCase();
    assert.match(help, flag === undefined ?
      new RegExp(`\\b${variable}$`, 'm') : new RegExp(`^ +--${flag} `, 'm'));
  }
  assert.deepEqual(unit()('EnvironmentFile'), [`-/${SETTINGS}`]);
});

test('systemd accepts the unit, and finds it confined', async () => {
  const file = path(`lib/systemd/system/${NAME}.service`);
  const verified = await run('systemd-analyze', [
    'verify', `--root=${ROOT}`, '--man=no', '--recursive-errors=no', file,
  ]);
  assert.equal(verified.stderr, '');
  assert.equal(verified.code, 0);
  // In tenths: 0 is confined, 100 not at all. It is 14, most of it the network.
  const { code, stdout } = await run('systemd-analyze', [
    'security', '--offline=yes', '--no-pager', '--threshold=15', file,
  ]);
  assert.equal(code, 0, stdout);
});

test('the unit allows all that the gateway does', async (t) => {
  const trace = join(temporaryFolder(t), 'trace');
  const gateway = new Program('strace', [
    '-D', '-f', '-qq', '-o', trace, setting('WRIFTAI_GATEWAY'), '--sandbox',
    '--listen_address=127.0.0.1:0', '--http_address=127.0.0.1:0',
  ]);
  const address =
      await gateway.awaitOutput('stderr', /gRPC listens on ([\d.:]+)$/m);
  const created = await run(setting('WRIFTCTL'), [
    'create', 'wriftai/echo', '--input', '"Hello"', '--wait',
    `--address=${address}`,
  ]);
  assert.equal(created.code, 0, created.stderr);
  assert.equal((await gateway.stop()).code, 0, gateway.describe());

  const calls = tracedCalls(trace);
  const allowed = allowedCalls(unit()('SystemCallFilter'));
  const names = [...new Set(calls.map(({ name }) => name))];
  assert.ok(names.includes('epoll_wait') || names.includes('epoll_pwait'));
  assert.deepEqual(names.filter((name) => !allowed.has(name)), []);
  const families = unit()('RestrictAddressFamilies')[0].split(' ');
  const sockets = calls.filter(({ name }) => name === 'socket');
  assert.ok(sockets.length > 0);
  assert.deepEqual(sockets.map(({ args }) => args.split(',')[0])
      .filter((family) => !families.includes(family)), []);
  // MemoryDenyWriteExecute.
  assert.deepEqual(calls.filter(({ name, args }) =>
    /PROT_EXEC/.test(args) && (name === 'mprotect' || /PROT_WRITE/.test(args))),
  []);
});

test('an upgrade keeps the operator\'s settings', async () => {
  const edited = `${text(SETTINGS)}GATEWAY_SANDBOX=true\n`;
  writeFileSync(path(SETTINGS), edited);
  // The next version has other settings, too.
  await output('sh', ['-ec', `
    cd /
    dpkg-deb -R package.deb next
    sed -i 's/^Version: .*/&.1/' next/DEBIAN/control
    echo '# New' >>next/${SETTINGS}
    dpkg-deb -b next next.deb
    dpkg --force-confold -i next.deb`]);
  assert.equal(text(SETTINGS), edited);
  assert.ok(existsSync(path(`${SETTINGS}.dpkg-dist`)));
});

test('removing the package keeps settings and secrets, purging does not',
     async () => {
       await install('remove', NAME);
       assert.ok(!existsSync(path('usr/bin/wriftctl')));
       assert.ok(existsSync(path(SETTINGS)));
       assert.ok(existsSync(path('etc/wriftai-gateway/token')));
       await install('purge', NAME);
       assert.ok(!existsSync(path(SETTINGS)));
       assert.ok(!existsSync(path('etc/wriftai-gateway')));
     });
