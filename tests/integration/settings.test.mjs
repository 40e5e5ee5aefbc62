// Settings with which the gateway starts, its warnings, and --check_config.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { Authority } from './support/certificates.mjs';
import { temporaryFolder } from './support/files.mjs';
import { Gateway } from './support/gateway.mjs';
import { run, secret } from './support/program.mjs';
import { expectRejection } from './support/rejection.mjs';
import { setting } from './support/setting.mjs';

const TOKEN = secret('settings-token-1');
const KEY = secret('settings-key-1');

const launch = (options) => Gateway.launch(options).end();

// What Kubernetes and Docker set for a Service or container named "gateway".
test('ignores the variables of a Service named gateway', async () => {
  const { code, stdout, stderr } = await launch({
    flags: ['--check_config'],
    env: {
      GATEWAY_SERVICE_HOST: '10.0.0.1', GATEWAY_SERVICE_PORT: '50051',
      GATEWAY_SERVICE_PORT_GRPC: '50051', GATEWAY_PORT: 'tcp://10.0.0.1:50051',
      GATEWAY_PORT_50051_TCP: 'tcp://10.0.0.1:50051',
      GATEWAY_PORT_50051_TCP_PROTO: 'tcp', GATEWAY_PORT_50051_TCP_PORT: '50051',
      GATEWAY_PORT_50051_TCP_ADDR: '10.0.0.1',
      GATEWAY_A_SERVICE_HOST: '10.0.0.2', GATEWAY_A_PORT: 'tcp://10.0.0.2:80',
      GATEWAY_A_PORT_80_UDP_ADDR: '10.0.0.2', GATEWAY_NAME: '/a/gateway',
      GATEWAY_ENV_PATH: '/bin', GATEWAY_VERSION: '1.2', GATEWAY_UNSET: '',
    },
  });
  assert.equal(stderr, '');
  assert.equal(stdout, 'configuration OK\n');
  assert.equal(code, 0);
});

// Settings that may be intended, and the warning for each.
const WARNINGS = [
  ['--max_connection_age_grace below the longest create',
   { flags: ['--max_connection_age_grace=90s'] },
   '--max_connection_age_grace=1m30s is below 2m (--create_timeout plus the ' +
       'longest server_wait): creates that are cut off may still have taken ' +
       'effect'],
  ['a grace without a maximum age',
   { flags: ['--max_connection_age=0s', '--max_connection_age_grace=5m'] },
   '--max_connection_age_grace has no effect with --max_connection_age=0s'],
  ['a token that is never used',
   { token: TOKEN, flags: ['--credentials=caller'] },
   '--credentials=caller: the gateway\'s own access token is not used'],
  ['a token for the sandbox', { token: TOKEN, flags: ['--sandbox'] },
   '--sandbox: the access token is not used'],
  ['unencrypted tokens', { apiBaseUrl: 'http://api.example/v1' },
   '--api_base_url is not https: access tokens are sent unencrypted'],
  ['a flag that is given twice', { flags: ['--max_wait=1h', '--max_wait=2h'] },
   '--max_wait is given twice; the last value is used'],
  ['a cache of size 0', { flags: ['--cache_bytes=0', '--cache_time=1h'] },
   '--cache_time has no effect with --cache_bytes=0'],
  ['a webhook that the API cannot reach',
   { flags: ['--webhook_address=127.0.0.1:0', '--webhook_allow_unsigned',
             '--webhook_public_url=http://localhost/webhooks/wriftai'] },
   '--webhook_public_url is a loopback address: the API cannot reach it'],
];

for (const [name, options, warning] of WARNINGS) {
  test(`--check_config and the log warn of ${name}`, async () => {
    const { flags = [] } = options;
    const checked = await launch(
        { ...options, flags: ['--check_config', ...flags] });
    assert.equal(checked.stdout, 'configuration OK\n');
    assert.equal(checked.code, 0);
    assert.ok(checked.stderr.includes(`wriftai-gateway: warning: ${warning}\n`),
              checked.stderr);
    const gateway = await Gateway.start(options);
    await gateway.stop();
    assert.ok(gateway.program.stderr.includes(` warning ${warning}\n`),
              gateway.program.stderr);
  });
}

test('--check_config says OK for valid files, reports the first invalid one, ' +
     'and opens no port', async (t) => {
  const folder = temporaryFolder(t);
  const authority = new Authority(folder, 'ca');
  const pair = authority.issue({ names: 'DNS:a' });
  const other = authority.issue({ names: 'DNS:b' });
  const write = (name, text) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  // In use: listening on it would fail.
  const taken = net.createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const address = `127.0.0.1:${taken.address().port}`;
  const all = {
    listen_address: address, health_address: '[::1]:0', http_address: 'localhost:0',
    webhook_address: '0.0.0.0:0',
    webhook_public_url: 'https://h/webhooks/wriftai',
    access_token_file: write('token', `${TOKEN}\n`),
    webhook_secret_file: write('keys', `${KEY}\n`),
    tls_cert_file: write('cert', pair.cert), tls_key_file: write('key', pair.key),
    tls_client_ca_file: write('clients', authority.cert),
    api_ca_file: write('ca', authority.cert),
  };
  const check = (more) => run(setting('WRIFTAI_GATEWAY'), [
    '--check_config', ...Object.entries({ ...all, ...more })
        .map(([name, value]) => `--${name}=${value}`)]);
  const { code, stdout, stderr } = await check({});
  assert.equal(stdout, 'configuration OK\n', stderr);
  assert.equal(stderr, '');
  assert.equal(code, 0);

  const bad = write('bad', 'not this');
  const rows = [
    [{ access_token_file: bad },
     /^--access_token_file .*: expected one access token of printable ASCII /],
    [{ webhook_secret_file: bad }, /^webhook_secret_file .*: expected a readable /],
    [{ tls_cert_file: bad }, /^--tls_cert_file .*: expected a readable PEM file /],
    [{ tls_key_file: bad }, /^--tls_key_file .*: expected a readable PEM file /],
    [{ tls_key_file: write('other', other.key) },
     /^--tls_key_file .*: expected the key of the first certificate /],
    [{ tls_client_ca_file: bad }, /^--tls_client_ca_file .*: expected a readable /],
    [{ api_ca_file: bad }, /^--api_ca_file .*: expected a PEM file with cert/],
    [{ api_ca_file: '/no/such/file' },
     /^--api_ca_file: cannot read \/no\/such\/file: No such file or directory$/],
    [{ http_address: 'no.such.host.invalid:0' },
     /^--http_address: cannot listen on no\.such\.host\.invalid:0: /],
  ];
  for (const [more, line] of rows) expectRejection(await check(more), line);
});
