import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { eventually } from './eventually.mjs';
import { fromRoot } from './paths.mjs';

// Timeout of one command, and of stopping a container. Where PID 1 does not
// reap processes, podman takes 20 s to notice an exit, and podman-compose runs
// it several times.
const TIMEOUT_MS = 180_000;

const env = {
  ...process.env,
  // scripts/images.sh writes them.
  CONTAINERS_CONF: fromRoot('build/containers/containers.conf'),
  CONTAINERS_STORAGE_CONF: fromRoot('build/containers/storage.conf'),
};

/** Runs a program of the container tools: {code, stdout, stderr}. */
export async function tool(program, args, variables = {}) {
  try {
    return {
      code: 0,
      ...await promisify(execFile)(program, args, {
        cwd: fromRoot('.'), env: { ...env, ...variables }, timeout: TIMEOUT_MS,
      }),
    };
  } catch (error) {
    return { code: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}

/** Runs `podman ARGS`, which must succeed; returns its output. */
export async function podman(...args) {
  const { code, stdout, stderr } =
      await tool('podman', ['--log-level=fatal', ...args]);
  assert.equal(code, 0, `podman ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** Runs `podman ARGS`; returns its exit status. */
export async function podmanStatus(...args) {
  return (await tool('podman', ['--log-level=fatal', ...args])).code;
}

// The restrictions of the cluster's pods, with the host's network.
const RESTRICTED = [
  '--pull=never', '--network=host', '--read-only', '--read-only-tmpfs=false',
  '--cap-drop=all', '--security-opt=no-new-privileges',
];

/** A container that runs until the test ends. */
export class Container {
  static async run(t, image, { options = [], env: variables = {}, args = [] }) {
    const id = await podman(
        'run', '--detach', ...RESTRICTED, ...options,
        ...Object.entries(variables).map(
            ([name, value]) => `--env=${name}=${value}`),
        image, ...args);
    t.after(() => podman('rm', '--force', '--time=0', id));
    return new Container(id);
  }

  constructor(id) {
    this.id = id;
  }

  inspect(field) {
    return podman('inspect', '--format', `{{${field}}}`, this.id);
  }

  async logs() {
    const { stdout, stderr } = await tool('podman', ['logs', this.id]);
    return stdout + stderr;
  }

  /** Waits until the image's health check succeeds. */
  healthy() {
    return eventually(() => `${this.id} is healthy`, async () =>
      await podmanStatus('healthcheck', 'run', this.id) === 0);
  }

  /** Sends SIGTERM; returns the exit status. */
  async stop() {
    await podman('stop', `--time=${TIMEOUT_MS / 1000}`, this.id);
    return Number(await this.inspect('.State.ExitCode'));
  }
}
