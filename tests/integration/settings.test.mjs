// Settings that conflict, --check_config, proxies, and addresses of both
// families.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Authority } from './support/certificates.mjs';
import { Client } from './support/client.mjs';
import { temporaryFolder } from './support/files.mjs';
import { Gateway } from './support/gateway.mjs';
import { Program, run, secret } from './support/program.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { Health } from './support/schema.mjs';
import { setting } from './support/setting.mjs';
import { toValue } from './support/value.mjs';

const TOKEN = secret('settings-token-1');
const KEY = secret('settings-key-1');

const launch = (options) => Gateway.launch(options).end();

async function expectRejected(options, line) {
  const { code, stdout, stderr } = await launch(options);
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  const [, message] = /^wriftai-gateway: (.*)\n$/.exec(stderr) ??
                      assert.fail(stderr);
  assert.match(message, line);
}

// Each row: the mistake, and the line that must report it.
const REJECTED = [
  ['a misspelled variable', { env: { GATEWAY_LISTEN_ADRESS: '127.0.0.1:0' } },
   /^GATEWAY_LISTEN_ADRESS: unknown variable; see --help\. Did you mean GATEWAY_LISTEN_ADDRESS\?$/],
  ['a variable that matches no flag', { env: { GATEWAY_QQQQQQQQQQ: '1' } },
   /^GATEWAY_QQQQQQQQQQ: unknown variable; see --help$/],
  ['the token in a flag\'s variable', { env: { GATEWAY_ACCESS_TOKEN: TOKEN } },
   /^GATEWAY_ACCESS_TOKEN: unknown variable; see --help\. Did you mean WRIFTAI_ACCESS_TOKEN\?$/],
  ['a misspelled API variable', { env: { WRIFTAI_ACCESS_TOKN: TOKEN } },
   /^WRIFTAI_ACCESS_TOKN: unknown variable; see --help\. Did you mean WRIFTAI_ACCESS_TOKEN\?$/],
  ['a misspelled variable that shares its suffix with another',
   { env: { WRIFTAI_API_BASEURL: 'http://127.0.0.1:1/v1' } },
   /^WRIFTAI_API_BASEURL: unknown variable; see --help\. Did you mean WRIFTAI_API_BASE_URL\?$/],
  ['a misspelled variable of the token file',
   { env: { WRIFTAI_ACCESS_TOKENFILE: '/no/such/file' } },
   /^WRIFTAI_ACCESS_TOKENFILE: unknown variable; see --help\. Did you mean WRIFTAI_ACCESS_TOKEN_FILE\?$/],
  ['a port in a variable that is not a service link',
   { env: { GATEWAY_HTTP_PORT: '9090' } },
   /^GATEWAY_HTTP_PORT: unknown variable; /],
  ['a misspelled flag', { flags: ['--listen_adress=127.0.0.1:0'] },
   /^--listen_adress: unknown flag; see --help\. Did you mean --listen_address\?$/],
  ['a flag in place of a value', { flags: ['--access_token_file', '--sandbox'] },
   /^--access_token_file --sandbox: cannot read it: No such file or directory$/],
  ['two variables of one flag that differ',
   { apiBaseUrl: 'https://a/v1', env: { GATEWAY_API_BASE_URL: 'https://b/v1' } },
   /^GATEWAY_API_BASE_URL and WRIFTAI_API_BASE_URL differ: set only one of them$/],
  ['--credentials=gateway without a token', { flags: ['--credentials=gateway'] },
   /^--credentials=gateway requires WRIFTAI_ACCESS_TOKEN or --access_token_file$/],
  ['a token in both variable and file',
   { token: TOKEN, flags: ['--access_token_file=/no/such/file'] },
   /^WRIFTAI_ACCESS_TOKEN and --access_token_file both give the gateway's token/],
  ['--sandbox with an API URL',
   { apiBaseUrl: 'https://a/v1', flags: ['--sandbox'] },
   /^--sandbox and --api_base_url: expected one of them/],
  ['--sandbox with CA certificates of an API',
   { flags: ['--sandbox', '--api_ca_file=/etc/ssl/certs/ca-certificates.crt'] },
   /^--sandbox and --api_ca_file: expected one of them/],
  ['a webhook poll interval without a webhook listener',
   { flags: ['--webhook_poll_interval=10s'] },
   /^--webhook_poll_interval requires --webhook_address$/],
  ['two listeners on one port',
   { flags: ['--listen_address=127.0.0.1:50999', '--http_address=[::]:50999'] },
   /^--listen_address and --http_address both are \[::\]:50999: expected another port$/],
  ['a rate that is not a number', { flags: ['--read_rate=nan'] },
   /^--read_rate: expected a number from 0\.01 to 100000$/],
  ['an infinite duration', { flags: ['--max_wait=inf'] },
   /^--max_wait: expected a duration from 1s to 168h, such as 1\.5s$/],
  ['a base URL with an invalid port',
   { flags: ['--api_base_url=https://h:99999/v1'] },
   /^--api_base_url: expected an http or https URL without user, query and white/],
  ...['listen', 'health', 'http', 'webhook'].map((name) => [
    `an IPv6 address without brackets as --${name}_address`,
    { flags: [`--${name}_address=::1:0`] },
    new RegExp(`^--${name}_address: expected HOST:PORT with a port from 0 to`)]),
];

describe('a start is rejected', { concurrency: 4 }, () => {
  for (const [name, options, line] of REJECTED) {
    test(`for ${name}, with one line and status 2`,
         () => expectRejected(options, line));
  }
});

// Files whose read could block or never end; by flag, the command line.
describe('a file that cannot be read at once', { concurrency: 4 }, () => {
  const withCert = (name) => (file, good) => [
    ...['cert', 'key', 'client_ca'].filter((other) => other !== name)
        .map((other) => `--tls_${other}_file=${good[other]}`),
    `--tls_${name}_file=${file}`];
  const FLAGS = {
    access_token: (file) => [`--access_token_file=${file}`],
    webhook_secret: (file) => ['--webhook_address=127.0.0.1:0',
                               `--webhook_secret_file=${file}`],
    api_ca: (file) => [`--api_ca_file=${file}`],
    tls_cert: withCert('cert'),
    tls_key: withCert('key'),
    tls_client_ca: withCert('client_ca'),
  };
  for (const [name, flags] of Object.entries(FLAGS)) {
    test(`as --${name}_file fails with one line and status 2`, async (t) => {
      const folder = temporaryFolder(t);
      const pair = new Authority(folder, 'ca').issue({ names: 'DNS:a' });
      const good = { cert: pair.cert, key: pair.key, client_ca: pair.cert };
      for (const [kind, text] of Object.entries(good)) {
        good[kind] = path.join(folder, `${kind}.pem`);
        writeFileSync(good[kind], text);
      }
      const fifo = path.join(folder, 'fifo');
      execFileSync('mkfifo', [fifo]);
      const link = path.join(folder, 'link');
      symlinkSync('fifo', link);
      const huge = path.join(folder, 'huge');
      writeFileSync(huge, 'x'.repeat((1 << 20) + 1));
      const socket = path.join(folder, 'socket');
      const server = net.createServer().listen(socket);
      await once(server, 'listening');
      t.after(() => server.close());
      const rows = [[fifo, 'not a regular file'], [link, 'not a regular file'],
                    ['/dev/zero', 'not a regular file'],
                    [socket, 'not a regular file'], [folder, 'a directory'],
                    [huge, 'larger than (16|1024) KiB']];
      for (const [file, reason] of rows) {
        await expectRejected(
            { flags: flags(file, good) },
            new RegExp(`^(--)?${name}_file:? .*${path.basename(file)}: .*${
              reason}$`));
      }
    });
  }
});

test('files behind links are read, as Kubernetes mounts them', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(path.join(folder, '..1'));
  writeFileSync(path.join(folder, '..1/token'), TOKEN);
  symlinkSync('..1', path.join(folder, '..data'));
  symlinkSync('..data/token', path.join(folder, 'token'));
  const { code, stdout } = await launch({
    flags: ['--check_config', `--access_token_file=${folder}/token`] });
  assert.equal(stdout, 'configuration OK\n');
  assert.equal(code, 0);
});

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

for (const [variable, misspelled, args] of [
  ['WRIFTAI_SANDBOX', 'SANDBOX_READ_RAT', []],
  ['WRIFTCTL', 'WRIFTCTL_ADRESS', ['health']],
]) {
  test(`${variable} rejects the variable ${misspelled}`, async () => {
    const { code, stderr } = await run(setting(variable), args,
                                       { env: { [misspelled]: '1' } });
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(
        `^[a-z-]+: ${misspelled}: unknown variable; see --help\\. ` +
        'Did you mean [A-Z_]+\\?\n$'));
  });
}

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
  for (const [more, line] of rows) {
    const { code, stdout, stderr } = await check(more);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    const [, message] = /^wriftai-gateway: (.*)\n$/.exec(stderr) ??
                        assert.fail(stderr);
    assert.match(message, line);
  }
});

// A proxy that responds with 502 to everything, and records the requests.
async function startProxy(t) {
  const requests = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      requests.push(bytes.toString().split('\r\n')[0]);
      socket.end('HTTP/1.1 502 Proxy\r\ncontent-length: 0\r\n\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${server.address().port}`;
  const env = Object.fromEntries(
      ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY',
       'HTTP_PROXY', 'grpc_proxy'].map((name) => [name, url]));
  return { requests, env };
}

const creation = { model: 'wriftai/echo', input: toValue(1) };

test('requests to the embedded sandbox, or an API on this machine, bypass a ' +
     'proxy', async (t) => {
  const proxy = await startProxy(t);
  const sandbox = await Sandbox.start();
  t.after(() => sandbox.stop());
  for (const options of [
    { flags: ['--sandbox'] },
    { apiBaseUrl: sandbox.baseUrl, token: TOKEN },
    { apiBaseUrl: sandbox.baseUrl.replace('127.0.0.1', 'localhost'),
      token: TOKEN },
  ]) {
    const gateway = await Gateway.start({ ...options, env: proxy.env });
    const client = new Client(gateway.address);
    await client.create(creation);
    const { code, stderr } = await run(
        setting('WRIFTCTL'), ['health', `--address=${gateway.address}`],
        { env: proxy.env });
    assert.equal(code, 0, stderr);
    client.close();
    await gateway.stop();
  }
  assert.deepEqual(proxy.requests, []);
});

test('requests to any other API use the proxy of the environment',
     async (t) => {
       const proxy = await startProxy(t);
       for (const [apiBaseUrl, line] of [
         ['http://api.invalid/v1', /^POST http:\/\/api\.invalid\/v1\/pred/],
         ['https://api.invalid/v1', /^CONNECT api\.invalid:443 /]]) {
         const gateway = await Gateway.start(
             { apiBaseUrl, token: TOKEN, env: proxy.env });
         const client = new Client(gateway.address);
         await client.create(creation).catch(() => {});
         client.close();
         await gateway.stop();
         assert.match(proxy.requests.pop(), line);
       }
     });

// IPv6 on loopback may be disabled, for example in containers.
const hasIpv6 = await new Promise((resolve) => {
  const server = net.createServer();
  server.once('error', () => resolve(false));
  server.listen(0, '::1', () => server.close(() => resolve(true)));
});

const accepts = async (host, port) => {
  const socket = net.connect(Number(port), host);
  const connected = await once(socket, 'connect').then(() => true, () => false);
  socket.destroy();
  return connected;
};

for (const [address, hosts] of [['[::1]:0', ['::1']],
                                ['[::]:0', ['::1', '127.0.0.1']],
                                ['0.0.0.0:0', ['::1', '127.0.0.1']]]) {
  test(`the sandbox listens on ${address}`, {
    skip: !hasIpv6 && 'SKIPPED: this machine has no ::1',
  }, async (t) => {
    const program = new Program(setting('WRIFTAI_SANDBOX'),
                                [`--listen_address=${address}`]);
    t.after(() => program.stop());
    const port = await program.awaitOutput(
        'stdout', /^listening on http:\/\/\S+:(\d+)\/v1$/m);
    const long = 'x'.repeat(3 << 20);
    for (const host of hosts) {
      const name = host.includes(':') ? `[${host}]` : host;
      const url = `http://${name}:${port}`;
      const created = await fetch(`${url}/v1/predictions`, {
        method: 'POST',
        headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'wriftai/echo', input: { long } }),
      });
      assert.equal(created.status, 202, await created.clone().text());
      assert.equal((await created.json()).input.long, long);
    }
    const { code, stderr } = await run(setting('WRIFTAI_SANDBOX'), [
      '--check_health', `--listen_address=${address.replace(/0$/, port)}`]);
    assert.equal(code, 0, stderr);
  });

  test(`every listener of the gateway accepts ${address}`, {
    skip: !hasIpv6 && 'SKIPPED: this machine has no ::1',
  }, async (t) => {
    const program = new Program(setting('WRIFTAI_GATEWAY'), [
      '--sandbox', '--webhook_allow_unsigned',
      ...['listen', 'health', 'http', 'webhook'].map(
          (name) => `--${name}_address=${address}`)]);
    t.after(() => program.stop());
    const names = ['gRPC', 'health', 'HTTP for operators', 'webhooks'];
    const ports = [];
    for (const name of names) {
      ports.push(await program.awaitOutput('stderr', new RegExp(
          `info ${name} listens? on .*\\]?:(\\d+)$`, 'm')));
    }
    for (const host of hosts) {
      for (const port of ports) assert.ok(await accepts(host, port), host);
      const name = host.includes(':') ? `[${host}]` : host;
      const client = new Client(`${name}:${ports[0]}`);
      await client.create(creation);
      client.close();
      const health = new Client(`${name}:${ports[1]}`, { Service: Health });
      assert.equal((await health.call('Check', {})).status, 'SERVING');
      health.close();
      const probe = await fetch(`http://${name}:${ports[2]}/healthz`);
      assert.equal(probe.status, 200);
      const hook = await fetch(`http://${name}:${ports[3]}/webhooks/wriftai`);
      assert.equal(hook.status, 405);
    }
  });
}
