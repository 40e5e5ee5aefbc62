// The completion scripts, in the shells they are for, and the manual page.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { temporaryFolder } from './support/files.mjs';
import { setting } from './support/setting.mjs';

const folder = temporaryFolder({ after });
const files = setting('WRIFTCTL_FILES');
const file = (name) => join(files, name);
const PAGE = file('wriftctl.1');

// The shells read no configuration.
const env = { HOME: folder, PATH: process.env.PATH, TERM: 'xterm' };
const execute = (program, ...args) => execFileSync(
    program, args, { env, encoding: 'utf8', timeout: 30_000 });
const ctl = (...args) => execute(setting('WRIFTCTL'), ...args);

// What `shell` proposes for the last word of `line`.
const SHELLS = {
  bash: (line) => execute('bash', '--norc', '-c', `
      source "$1"
      complete -p wriftctl >/dev/null || exit 1
      compopt() { :; }
      read -ra COMP_WORDS <<<"$2"
      [[ $2 != *' ' ]] || COMP_WORDS+=('')
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _wriftctl
      printf '%s\\n' "\${COMPREPLY[@]}"`, 'bash', file('wriftctl.bash'), line),
  fish: (line) => execute('fish', '--no-config', '-c',
                          'source $argv[1]; complete -C $argv[2]',
                          file('wriftctl.fish'), line)
      .replace(/\t.*$/gm, ''),
};

function proposals(shell, line) {
  return SHELLS[shell](line).split('\n').filter(Boolean);
}

const COMMANDS = ['cancel', 'completion', 'create', 'get', 'health', 'help',
                  'list', 'version', 'wait'];

for (const shell of Object.keys(SHELLS)) {
  test(`${shell} completes commands`, () => {
    assert.deepEqual(proposals(shell, 'wriftctl c').sort(),
                     COMMANDS.filter((name) => name.startsWith('c')));
    assert.deepEqual(
        proposals(shell, 'wriftctl ').filter((word) => !word.startsWith('-'))
            .sort(),
        COMMANDS);
  });

  test(`${shell} completes the flags of the command`, () => {
    assert.deepEqual(proposals(shell, 'wriftctl list --page').sort(),
                     ['--page_size', '--page_token']);
    assert.deepEqual(proposals(shell, 'wriftctl get --page'), []);
  });

  test(`${shell} completes values`, () => {
    assert.deepEqual(proposals(shell, 'wriftctl get -o ').sort(),
                     ['id', 'json', 'raw', 'text']);
    assert.deepEqual(proposals(shell, 'wriftctl get --color a').sort(),
                     ['always', 'auto']);
    assert.deepEqual(proposals(shell, 'wriftctl completion f'), ['fish']);
    assert.ok(proposals(shell, `wriftctl get --ca_file ${files}/wriftctl.`)
        .includes(PAGE));
  });
}

test('bash finds the command behind flags and their values', () => {
  assert.deepEqual(
      proposals('bash', 'wriftctl --address = create list --page_s'),
      ['--page_size']);
  assert.deepEqual(proposals('bash', 'wriftctl -o json list --page_s'),
                   ['--page_size']);
});

test('bash knows the dashed spelling of flags', () => {
  assert.deepEqual(proposals('bash', 'wriftctl --page-size 3 li'), ['list']);
  assert.deepEqual(proposals('bash', 'wriftctl --page-size = 3 li'), ['list']);
});

test('bash completes names with spaces and wildcards as they are', () => {
  const names = ['ca *', 'ca one.pem', 'ca two.pem'];
  const paths = names.map((name) => join(folder, name));
  for (const path of paths) writeFileSync(path, '');
  assert.deepEqual(
      proposals('bash', `wriftctl get --ca_file ${folder}/ca`).sort(), paths);
});

// Types into a zsh on a terminal of its own; wriftctl prints its arguments.
writeFileSync(join(folder, '.zshrc'), `
PS1=
autoload -Uz compinit
compinit -D -u
source ${file('_wriftctl')}
wriftctl() { print -r -- "[arguments:$*]" }
print '[started]'
`);

function typedInZsh(line) {
  return execute('zsh', '-f', '-c', `
      zmodload zsh/zpty
      ZDOTDIR=$HOME zpty shell zsh -i
      zpty -r -m shell output '*\\[started\\]*'
      zpty -w shell "$1"
      zpty -r -m shell output '*\\[arguments:*\\]*'
      print -r -- "$output"
      zpty -d shell`, 'zsh', line)
      .replace(/[^]*\[arguments:(.*?)\][^]*/, '$1').trim();
}

test('zsh completes commands, flags and values', () => {
  assert.equal(typedInZsh('wriftctl canc\t'), 'cancel');
  assert.equal(typedInZsh('wriftctl list --page_s\t'), 'list --page_size');
  assert.equal(typedInZsh('wriftctl get --color alw\t'), 'get --color always');
  assert.equal(typedInZsh('wriftctl --tls completion f\t'),
               '--tls completion fish');
});

test('the files are what the program prints', () => {
  for (const [shell, name] of Object.entries({
    bash: 'wriftctl.bash', zsh: '_wriftctl', fish: 'wriftctl.fish',
  })) {
    assert.equal(readFileSync(file(name), 'utf8'), ctl('completion', shell));
  }
});

test('mandoc and man accept the manual page', () => {
  assert.equal(execute('mandoc', '-Tlint', PAGE), '');
  const { status, stderr } = spawnSync(
      'man', ['--warnings', '--local-file', PAGE], { env, encoding: 'utf8' });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
});

test('the manual page has every command and flag of --help', () => {
  const page = execute('mandoc', '-Tascii', '-Owidth=200', PAGE)
      .replace(/.\x08/g, '').replace(/\s+/g, ' ');
  const names = [...ctl('help').matchAll(/^ {2}([a-z]+) /gm)]
      .map(([, name]) => name);
  assert.deepEqual(names.sort(), COMMANDS);
  for (const name of names) {
    const help = ctl('help', name);
    assert.ok(page.includes(/^Usage: (.*)$/m.exec(help)[1]), name);
    for (const [, flag] of help.matchAll(/^ {2}(?:-\w, | {4})(--\w+)/gm)) {
      assert.ok(page.includes(flag), `${name}: ${flag}`);
    }
  }
});
