// How the gateway starts, and fails to start.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { Gateway } from './support/gateway.mjs';
import { Program, run, secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { setting } from './support/setting.mjs';
import { fromValue, toValue } from './support/value.mjs';

const launch = (options) => Gateway.launch(options).end();

// Each row: the mistake, and the line that must report it.
const INVALID = [
  ['an unknown flag', { flags: ['--no_such_flag=1'] },
   /^--no_such_flag: unknown flag; see --help$/],
  ['an argument', { flags: ['serve'] },
   /^serve: unknown argument; see --help$/],
  ['a flag without its value', { flags: ['--max_wait'] },
   /^--max_wait: requires a value$/],
  ['a duration without a unit', { flags: ['--max_wait=60'] },
   /^--max_wait: expected a duration from .* such as 1\.5s$/],
  ['a number out of range', { flags: ['--max_connections=0'] },
   /^--max_connections: expected a whole number from 1 to 10000$/],
  ['a variable out of range', { env: { GATEWAY_MAX_CONNECTIONS: '-1' } },
   /^GATEWAY_MAX_CONNECTIONS: expected a whole number from 1 to 10000$/],
  ['an unknown choice', { flags: ['--credentials=mine'] },
   /^--credentials: expected caller, gateway or caller_then_gateway$/],
  ['an unknown log format', { flags: ['--log_format=xml'] },
   /^--log_format: expected text or json$/],
  ['an unknown log level', { env: { GATEWAY_LOG_LEVEL: 'loud' } },
   /^GATEWAY_LOG_LEVEL: expected debug, info, warning or error$/],
  ['a base URL without a scheme', { apiBaseUrl: 'api.wrift.ai/v1' },
   /^WRIFTAI_API_BASE_URL: expected an http or https URL without user, /],
  ...['https://user:word@host/v1', 'https://host/v 1', 'https://host/v1?a=b',
      'https://', 'https:///v1', 'ftp://host/v1']
      .map((apiBaseUrl) => [
        `the base URL ${apiBaseUrl}`, { apiBaseUrl },
        /^WRIFTAI_API_BASE_URL: expected an http or https URL without user, /,
      ]),
  ['a missing file of CA certificates',
   { flags: ['--api_ca_file=/no/such/file'] },
   /^--api_ca_file: cannot read \/no\/such\/file: No such file or directory$/],
  ['a token with a space', { token: secret('start token') },
   /^WRIFTAI_ACCESS_TOKEN: expected printable ASCII without spaces$/],
  ['a missing token file',
   { flags: ['--access_token_file=/no/such/file'] },
   /^--access_token_file \/no\/such\/file: cannot read it: No such file or directory$/],
  ['a token file that is a folder',
   { env: { WRIFTAI_ACCESS_TOKEN_FILE: tmpdir() } },
   /^--access_token_file .*: cannot read it: a directory$/],
  ...['nonsense', ':50051', '127.0.0.1', '127.0.0.1:', '127.0.0.1:66000',
      '127.0.0.1:-1', '127.0.0.1:http']
      .map((address) => [
        `the address ${address}`, { flags: [`--listen_address=${address}`] },
        /^--listen_address: expected HOST:PORT with a port from 0 to 65535$/,
      ]),
  ['a webhook URL without a webhook listener',
   { flags: ['--webhook_public_url=https://h/webhooks/wriftai'] },
   /^--webhook_public_url requires --webhook_address$/],
  ['webhooks without a key', { flags: ['--webhook_address=127.0.0.1:0'] },
   /^--webhook_address requires --webhook_secret_file, or --webhook_a/],
  ['a missing key file',
   { flags: ['--webhook_address=127.0.0.1:0',
             '--webhook_secret_file=/no/such/file'] },
   /^webhook_secret_file \/no\/such\/file: expected a readable file/],
  ...['ftp://h/webhooks/wriftai', 'https:///webhooks/wriftai', 'https://h/',
      'https://h/webhooks/wriftai?x=1', '/webhooks/wriftai']
      .map((url) => [
        `the public URL ${url}`, { flags: [`--webhook_public_url=${url}`] },
        /^--webhook_public_url: expected an http or https URL that ends in /,
      ]),
  ['the operators\' address without a port', { flags: ['--http_address=9090'] },
   /^--http_address: expected HOST:PORT with a port from 0 to 65535, or an empty/],
  ['an operators\' address of another machine',
   { flags: ['--http_address=192.0.2.1:0'] },
   /^--http_address: cannot listen on 192\.0\.2\.1:0: Cannot assign requested/],
  ['a health port of another machine', { flags: ['--health_address=192.0.2.1:0'] },
   /^--health_address: cannot listen on 192\.0\.2\.1:0: Cannot assign requested/],
  ['a health address without a host', { flags: ['--health_address=50052'] },
   /^--health_address: expected HOST:PORT with a port from 0 to 65535$/],
  ['a key without a certificate', { flags: ['--tls_key_file=/k'] },
   /^--tls_key_file requires --tls_cert_file$/],
  ['a certificate without a key', { flags: ['--tls_cert_file=/c'] },
   /^--tls_cert_file requires --tls_key_file$/],
  ['CA certificates of clients without a server certificate',
   { flags: ['--tls_client_ca_file=/a'] },
   /^--tls_client_ca_file requires --tls_cert_file$/],
  ['names of clients without CA certificates of clients',
   { flags: ['--tls_allowed_names=a.example'] },
   /^--tls_allowed_names requires --tls_client_ca_file$/],
  ['invalid names of clients', { flags: ['--tls_allowed_names=a, b'] },
   /^--tls_allowed_names: expected comma-separated DNS names or URIs with /],
  ['a missing certificate file',
   { flags: ['--tls_cert_file=/no/such/c', '--tls_key_file=/no/such/k'] },
   /^--tls_cert_file \/no\/such\/c: expected a readable PEM file with a certif/],
  ['a limit of 0 streams',
   { flags: ['--max_concurrent_streams=0'] },
   /^--max_concurrent_streams: expected a whole number from 1 to 1000000$/],
  ['an address of another machine', { flags: ['--listen_address=192.0.2.1:0'] },
   /^--listen_address: cannot listen on 192\.0\.2\.1:0: Cannot assign requested/],
];

describe('a start is rejected', { concurrency: 4 }, () => {
  for (const [name, options, line] of INVALID) {
    test(`for ${name}, with one line and status 2`, async () => {
      const { code, stdout, stderr } = await launch(options);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      const [, message] = /^wriftai-gateway: (.*)\n$/.exec(stderr) ??
                          assert.fail(stderr);
      assert.match(message, line);
    });
  }

  for (const flag of ['--listen_address', '--http_address']) {
    test(`for a port in use by ${flag}, with one line and status 2`,
         async (t) => {
           const other = net.createServer().listen(0, '127.0.0.1');
           await once(other, 'listening');
           t.after(() => other.close());
           const address = `127.0.0.1:${other.address().port}`;
           const { code, stderr } =
               await launch({ flags: [`${flag}=${address}`] });
           assert.equal(code, 2);
           assert.match(
               stderr,
               new RegExp(`^wriftai-gateway: ${flag}: cannot listen on ` +
                          `${address}(: Address already in use)?\n$`));
         });
  }
});

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
