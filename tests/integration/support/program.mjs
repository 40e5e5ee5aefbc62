import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

// How long a program may take to say that it is ready, or to end. Only a
// bound: both are told by events.
const PATIENCE_MS = 15_000;

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
// What the test runner ends a file with that takes too long.
process.once('SIGTERM', () => process.exit(1));

/** Texts that no program may ever print; see expectNoSecrets(). */
const secrets = new Set();

/** Registers `text` as a secret and returns it. */
export function secret(text) {
  secrets.add(text);
  return text;
}

// Without the variables that would configure the programs under test.
function cleanEnvironment(additions) {
  const kept = Object.entries(process.env).filter(
      ([name]) => !/^(GATEWAY|SANDBOX|WRIFTAI|WRIFTCTL|NODE)_/.test(name));
  return { ...Object.fromEntries(kept), ...additions };
}

/** A child process: its output, its end. */
export class Program {
  constructor(path, args, { env = {}, input } = {}) {
    this.name = path.split('/').pop();
    this.stdout = '';
    this.stderr = '';
    this.child = spawn(path, args, {
      env: cleanEnvironment(env),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    if (input !== undefined) this.child.stdin.end(input);
    running.add(this.child);
    this.child.on('error', (error) => (this.stderr += error.message));
    for (const name of ['stdout', 'stderr']) {
      this.child[name].setEncoding('utf8').on('data', (text) => {
        this[name] += text;
        this.child.emit('output');
      });
    }
    // 'close' comes when all output has been read; 'exit' may come before.
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      running.delete(this.child);
      return { code, signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** The first group of `pattern`, once `stream` matches it. */
  async awaitOutput(stream, pattern) {
    const found = () => pattern.exec(this[stream])?.[1];
    const timeout = AbortSignal.timeout(PATIENCE_MS);
    let ended = false;
    this.ended.then(() => (ended = true));
    while (found() === undefined) {
      assert.ok(!ended, `${this.describe()} ended early`);
      await Promise.race([
        once(this.child, 'output', { signal: timeout }).catch(() => {
          throw new Error(`${this.describe()} did not say ${pattern}`);
        }),
        this.ended,
      ]);
    }
    return found();
  }

  /** Sends the signal; how the program has ended, by force if need be. */
  async stop(signal = 'SIGTERM', patienceMs = PATIENCE_MS) {
    this.child.kill(signal);
    return this.end(patienceMs);
  }

  /** How the program ends; an error if that takes too long. */
  async end(patienceMs = PATIENCE_MS) {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), patienceMs);
    const result = await this.ended;
    clearTimeout(timer);
    assert.notEqual(result.signal, 'SIGKILL', `${this.describe()} hung`);
    this.expectNoSecrets();
    return result;
  }

  expectNoSecrets() {
    for (const text of secrets) {
      assert.ok(!this.stdout.includes(text) && !this.stderr.includes(text),
                `${this.name} has printed a secret`);
    }
  }

  describe() {
    return `${this.name} [stdout: ${this.stdout}] [stderr: ${this.stderr}]`;
  }
}

/** Runs a program to its end. */
export function run(path, args, options) {
  return new Program(path, args, options).end();
}
