// Settings with which the gateway does not start.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { describe, test } from 'node:test';
import { Gateway } from './support/gateway.mjs';
import { run, secret } from './support/program.mjs';
import { expectRejection } from './support/rejection.mjs';
import { setting } from './support/setting.mjs';

const TOKEN = secret('settings-token-1');

async function expectRejected(options, line) {
  expectRejection(await Gateway.launch(options).end(), line);
}

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
  ['the operators\' address without a port', { flags: ['--http_address=20051'] },
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
  ['an etcd on another machine without TLS',
   { flags: ['--etcd_endpoints=http://etcd:2379', '--peer_address=127.0.0.1:0'] },
   /^--etcd_endpoints: http:\/\/etcd:2379: expected https:\/\/ for another machine$/],
  ['etcd without a port for replicas',
   { flags: ['--etcd_endpoints=http://127.0.0.1:2379'] },
   /^--etcd_endpoints requires --peer_address$/],
  ['a port for replicas without etcd',
   { flags: ['--peer_address=127.0.0.1:0'] },
   /^--peer_address requires --etcd_endpoints$/],
  ['a port for replicas that other machines reach in plaintext',
   { flags: ['--etcd_endpoints=http://127.0.0.1:2379',
             '--peer_address=0.0.0.0:0'] },
   /^--peer_address=0\.0\.0\.0:0 requires --peer_cert_file; without TLS, /],
  ['a missing file of CA certificates for etcd',
   { flags: ['--etcd_endpoints=https://127.0.0.1:2379',
             '--peer_address=127.0.0.1:0', '--etcd_ca_file=/no/such/file'] },
   /^--etcd_ca_file \/no\/such\/file: expected a readable PEM file with cert/],
  ['a missing certificate for replicas',
   { flags: ['--etcd_endpoints=http://127.0.0.1:2379',
             '--peer_address=127.0.0.1:0', '--peer_ca_file=/no/such/a',
             '--peer_cert_file=/no/such/c', '--peer_key_file=/no/such/k',
             '--peer_allowed_names=a.example'] },
   /^--peer_cert_file \/no\/such\/c: expected a readable PEM file with a cert/],
  ['a cluster name with a slash',
   { flags: ['--etcd_endpoints=http://127.0.0.1:2379',
             '--peer_address=127.0.0.1:0', '--cluster_name=a/b'] },
   /^--cluster_name: expected 1 to 63 letters, digits, '-', '_' and '\.'$/],
  ['a protocol for traces that is not supported',
   { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
            OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' } },
   /^OTEL_EXPORTER_OTLP_PROTOCOL: expected grpc, the only protocol that is su/],
  ['headers for traces that cannot be sent',
   { env: { OTEL_TRACES_EXPORTER: 'otlp',
            OTEL_EXPORTER_OTLP_HEADERS: `a b=${TOKEN}` } },
   /^OTEL_EXPORTER_OTLP_HEADERS: expected names of letters, digits and -_\. /],
  ['a missing file of CA certificates for traces',
   { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://127.0.0.1:4317',
            OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/such/file' } },
   /^OTEL_EXPORTER_OTLP_CERTIFICATE \/no\/such\/file: expected a readable PEM/],
  ['a limit of 0 streams',
   { flags: ['--max_concurrent_streams=0'] },
   /^--max_concurrent_streams: expected a whole number from 1 to 1000000$/],
  ['an address of another machine', { flags: ['--listen_address=192.0.2.1:0'] },
   /^--listen_address: cannot listen on 192\.0\.2\.1:0: Cannot assign requested/],
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
   { env: { GATEWAY_HTTP_PORT: '20051' } },
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
  for (const [name, options, line] of INVALID) {
    test(`for ${name}, with one line and status 2`,
         () => expectRejected(options, line));
  }

  for (const flag of ['--listen_address', '--http_address']) {
    test(`for a port in use by ${flag}, with one line and status 2`,
         async (t) => {
           const other = net.createServer().listen(0, '127.0.0.1');
           await once(other, 'listening');
           t.after(() => other.close());
           const address = `127.0.0.1:${other.address().port}`;
           await expectRejected(
               { flags: [`${flag}=${address}`] },
               new RegExp(`^${flag}: cannot listen on ` +
                          `${address}(: Address already in use)?$`));
         });
  }
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
