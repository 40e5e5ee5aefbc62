import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

// How long a program may take to become ready or to exit. Generous: only
// bounds a hang, as both are reported by events.
const TIMEOUT_MS = 15_000;

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
// The test runner sends this to a file that takes too long.
process.once('SIGTERM', () => process.exit(1));

/** Texts that no program may print; see expectNoSecrets(). */
const secrets = new Set();

/** Registers `text` as a secret and returns it. */
export function secret(text) {
  secrets.add(text);
  return text;
}

// Drops the variables that would configure the programs under test.
function cleanEnvironment(additions) {
  const kept = Object.entries(process.env).filter(
      ([name]) => !/^(GATEWAY|SANDBOX|WRIFTAI|WRIFTCTL|NODE|OTEL)_/.test(name));
  return { ...Object.fromEntries(kept), ...additions };
}

/** A child process with its output and exit status. */
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
    // 'close' comes after all output has been read; 'exit' may come earlier.
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      running.delete(this.child);
      return { code, signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** The first group of `pattern`, once `stream` matches it. */
  async awaitOutput(stream, pattern) {
    const found = () => pattern.exec(this[stream])?.[1];
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    let ended = false;
    this.ended.then(() => (ended = true));
    while (found() === undefined) {
      assert.ok(!ended, `${this.describe()} ended early`);
      await Promise.race([
        once(this.child, 'output', { signal: timeout }).catch(() => {
          throw new Error(`${this.describe()} did not print ${pattern}`);
        }),
        this.ended,
      ]);
    }
    return found();
  }

  /** Sends the signal and returns end(). */
  async stop(signal = 'SIGTERM', timeoutMs = TIMEOUT_MS) {
    this.child.kill(signal);
    return this.end(timeoutMs);
  }

  /** Resolves when the program exits; kills it and fails after the timeout. */
  async end(timeoutMs = TIMEOUT_MS) {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), timeoutMs);
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

/** Runs a program until it exits. */
export function run(path, args, options) {
  return new Program(path, args, options).end();
}
