// What the gateway does as it starts: options, the sandbox, many callers.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Client } from './support/client.mjs';
import { Gateway } from './support/gateway.mjs';
import { Program, run } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { setting } from './support/setting.mjs';
import { fromValue, toValue } from './support/value.mjs';

const launch = (options) => Gateway.launch(options).end();

test('--help names every flag on stdout', async () => {
  const { code, stdout, stderr } = await launch({ flags: ['--help'] });
  assert.equal(code, 0);
  assert.equal(stderr, '');
  for (const flag of ['listen_address', 'http_address', 'credentials',
                      'access_token_file', 'api_base_url', 'sandbox',
                      'max_wait', 'drain_timeout']) {
    assert.match(stdout, new RegExp(`^  --${flag}  \\(default: .+\\)$`, 'm'));
  }
  assert.match(stdout, /WRIFTAI_API_BASE_URL/);
  assert.match(stdout, /GATEWAY_SOME_NAME/);
});

test('every program prints its version and commit',
     async () => {
  for (const variable of ['WRIFTAI_GATEWAY', 'WRIFTAI_SANDBOX', 'WRIFTCTL']) {
    const path = setting(variable);
    const { code, stdout, stderr } = await run(path, ['--version']);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    const [program, version, commit] = stdout.split(' ');
    assert.equal(program, path.split('/').pop());
    assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.match(commit, /^\(\w+\)\n$/);
  }
});

test('a flag takes precedence over its variable', async () => {
  const { code } = await launch({
    flags: ['--max_connections=5', '--help'],
    env: { GATEWAY_CREDENTIALS: 'caller' },
  });
  assert.equal(code, 0);
  const { stderr } = await launch({
    flags: ['--credentials=wrong'], env: { GATEWAY_CREDENTIALS: 'caller' },
  });
  assert.match(stderr, /--credentials: expected/);
});

test('--sandbox works without a token and without a network', async (t) => {
  const gateway = await Gateway.start({ flags: ['--sandbox'] });
  const client = new Client(gateway.address);
  t.after(() => Promise.all([client.close(), gateway.stop()]));
  const end = await client.createAndWait({
    create: { model: 'wriftai/echo', input: toValue({ a: 1 }) },
    wait_options: { poll_interval: { nanos: 100e6 } },
  }).last();
  assert.deepEqual(fromValue(end.prediction.output), { a: 1 });
});

test('no thread but the loop interrupts another', async (t) => {
  const gateway = await Gateway.start({ flags: ['--sandbox'] });
  t.after(() => gateway.stop());
  const folder = `/proc/${gateway.program.child.pid}/task`;
  // After the name, which ends with `) `, the fields from the 3rd on: proc(5).
  const policies = readdirSync(folder).map((thread) => Number(
      readFileSync(`${folder}/${thread}/stat`, 'utf8').split(') ').pop()
          .split(' ')[41 - 3]));
  const SCHED_OTHER = 0;
  const SCHED_BATCH = 3;
  const batch = policies.filter((policy) => policy === SCHED_BATCH);
  assert.equal(policies.filter((policy) => policy === SCHED_OTHER).length, 2,
               'the loops of gateway and sandbox');
  assert.ok(batch.length > 10, `${batch.length} threads`);
});

test('accepts more callers than the soft limit of descriptors', async (t) => {
  const program = new Program('/bin/sh', [
    '-c', 'ulimit -S -n 64; exec "$0" "$@"', setting('WRIFTAI_GATEWAY'),
    '--listen_address=127.0.0.1:0', '--http_address=127.0.0.1:0',
  ]);
  const gateway = new Gateway(
      program, await program.awaitOutput('stderr', /gRPC listens on (\S+)$/m));
  const clients =
      Array.from({ length: 128 }, () => new Client(gateway.address));
  t.after(() => {
    clients.forEach((client) => client.close());
    return gateway.stop();
  });
  // Any response shows that the connection was accepted.
  const failures = clients.map((client) =>
    failure(client.get({ id: 'x' }), { code: 'INVALID_ARGUMENT' }));
  assert.equal((await Promise.all(failures)).length, clients.length);
});
