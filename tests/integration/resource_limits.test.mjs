// How the programs start with too few resources: each either serves, or says
// why it cannot, in one line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync, closeSync, copyFileSync, openSync, readFileSync, readdirSync,
  readlinkSync, writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Authority } from './support/certificates.mjs';
import { temporaryFolder } from './support/files.mjs';
import { Program } from './support/program.mjs';
import { setting } from './support/setting.mjs';

const GATEWAY = ['--listen_address=127.0.0.1:0', '--http_address=127.0.0.1:0'];
const PROGRAMS = [
  { name: 'wriftai-gateway', variable: 'WRIFTAI_GATEWAY', args: GATEWAY },
  { name: 'wriftai-sandbox', variable: 'WRIFTAI_SANDBOX', args: [] },
];

// Runs the command that follows as another user.
const AS_OTHER = ['/usr/bin/setpriv', '--reuid=54321', '--regid=54321',
                  '--clear-groups'];
const canRunAsOther =
    spawnSync(AS_OTHER[0], [...AS_OTHER.slice(1), 'true']).status === 0;

// Starts `program` from a shell that runs `prelude` first.
function launch(prelude, program, args) {
  return new Program('/bin/bash',
                     ['-c', `${prelude} && exec "$0" "$@"`, program, ...args]);
}

const isReady = (program) =>
  /gRPC listens on|listening on/.test(program.stderr + program.stdout);

// Returns whether it serves, after it has stopped with status 0. Otherwise it
// must have exited with one line that says why.
async function servesOrExplains(program, name) {
  let ended = false;
  program.ended.then(() => (ended = true));
  while (!isReady(program) && !ended) {
    await Promise.race([
      new Promise((resolve) => program.child.once('output', resolve)),
      program.ended,
    ]);
  }
  const { code, signal, stderr } = isReady(program) ? await program.stop()
                                                    : await program.end();
  assert.equal(signal, null, stderr);
  if (isReady(program)) {
    assert.equal(code, 0, stderr);
    return true;
  }
  // Or the dynamic loader had too little memory for the libraries.
  const line = code === 127
    ? /^\S+: error while loading shared libraries: [^\n]*\n$/
    : new RegExp(`^${name}: cannot start[ :][^\\n]*raise [^\\n]*\n$`);
  assert.match(stderr, line);
  assert.ok(code === 1 || code === 127, `${code}`);
  return false;
}

describe('a start under a tight limit serves, or fails with one line', () => {
  const rows = [
    ['v', [20_000, 40_000, 60_000, 70_000, 120_000, 250_000, 350_000, 450_000,
           700_000, 1_300_000]],
    ['n', [4, 5, 6, 8, 10, 12, 20, 30, 40]],
  ];
  for (const { name, variable, args } of PROGRAMS) {
    for (const [limit, values] of rows) {
      test(`${name}, ulimit -${limit}`, async () => {
        const served = [];
        for (const value of values) {
          const program = launch(`ulimit -${limit} ${value}`,
                                 setting(variable), args);
          served.push(await servesOrExplains(program, name));
        }
        // Once a limit is enough, higher ones are, too.
        assert.deepEqual(served, [...served].sort());
        assert.deepEqual([served.at(0), served.at(-1)], [false, true]);
      });
    }

    // The limit counts all threads of a user, and does not apply to root.
    test(`${name}, ulimit -u`, { skip: !canRunAsOther &&
        'SKIPPED: cannot run a program as another user' },
    async (t) => {
      // Where any user can read it.
      const folder = temporaryFolder(t);
      chmodSync(folder, 0o755);
      const copy = path.join(folder, name);
      copyFileSync(setting(variable), copy);
      chmodSync(copy, 0o755);
      const served = [];
      for (const value of [1, 3, 7, 10, 15, 20, 700]) {
        const program = launch(
            `ulimit -u ${value}`, AS_OTHER[0],
            [...AS_OTHER.slice(1), copy, ...args]);
        served.push(await servesOrExplains(program, name));
      }
      assert.deepEqual(served, [...served].sort());
      assert.deepEqual([served.at(0), served.at(-1)], [false, true]);
    });
  }
});

// The open descriptors of a process: the target by number.
function descriptorsOf({ pid }) {
  const folder = `/proc/${pid}/fd`;
  return Object.fromEntries(readdirSync(folder).flatMap((fd) => {
    try {
      return [[fd, readlinkSync(path.join(folder, fd))]];
    } catch {
      return [];  // Closed just now.
    }
  }));
}

// Whether it has a socket in state LISTEN (0A in the kernel's table).
function isListening(child) {
  const open = Object.values(descriptorsOf(child));
  return readFileSync(`/proc/${child.pid}/net/tcp`, 'utf8').split('\n').some(
      (line) => {
        const [, , , state, , , , , , inode] = line.trim().split(/ +/);
        return state === '0A' && open.includes(`socket:[${inode}]`);
      });
}

for (const closed of [[0], [1], [2], [0, 1, 2]]) {
  test(`closed descriptors ${closed} are not reused: no log line reaches the ` +
       'file with the TLS key', async (t) => {
    const folder = temporaryFolder(t);
    const { cert, key } = new Authority(folder, 'ca').issue(
        { names: 'DNS:gateway.test' });
    const bundle = `${key}\n${cert}`;
    const [certFile, keyFile] =
        ['cert', 'key'].map((name) => path.join(folder, name));
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    const program = launch(
        `exec ${closed.map((fd) => `${fd}>&-`).join(' ')}`,
        setting('WRIFTAI_GATEWAY'),
        [...GATEWAY, `--tls_cert_file=${certFile}`,
         `--tls_key_file=${keyFile}`, '--log_level=debug']);
    t.after(() => program.stop());
    // Without stderr it logs nothing, so watch the socket.
    const end = Date.now() + 15_000;
    while (!isListening(program.child)) {
      assert.ok(Date.now() < end, program.describe());
      await new Promise(setImmediate);
    }
    const memory = path.join(
        `/proc/${program.child.pid}/fd`,
        Object.entries(descriptorsOf(program.child)).find(
            ([, name]) => name.startsWith('/memfd:tls'))[0]);
    const open = descriptorsOf(program.child);
    for (const fd of closed) assert.equal(open[fd], '/dev/null');
    // Nor may the lines that it logs until it exits reach the file.
    const held = openSync(memory);
    t.after(() => closeSync(held));
    assert.equal((await program.stop()).code, 0);
    assert.equal(readFileSync(held, 'utf8'), bundle);
  });
}

test('the sandbox opens /dev/null for closed standard descriptors',
     async (t) => {
       const program = launch('exec 2>&-', setting('WRIFTAI_SANDBOX'), []);
       t.after(() => program.stop());
       await program.awaitOutput('stdout', /(listening)/);
       assert.equal(descriptorsOf(program.child)[2], '/dev/null');
     });

test('wriftctl starts without standard descriptors, and fails without output',
     async () => {
       const version = (shell) =>
         launch(shell, setting('WRIFTCTL'), ['--version']).end();
       const printed = await version('exec 0<&- 2>&-');
       assert.equal(printed.code, 0);
       assert.match(printed.stdout, /^wriftctl /);
       const { code } = await version('exec 0<&- 1>&- 2>&-');
       assert.equal(code, 3);
     });
