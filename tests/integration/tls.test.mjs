// TLS on the gateway's port, and authentication by client certificates.
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Authority } from './support/certificates.mjs';
import { Client } from './support/client.mjs';
import { temporaryFolder } from './support/files.mjs';
import { Gateway } from './support/gateway.mjs';
import { Metrics } from './support/metrics.mjs';
import { run, secret } from './support/program.mjs';
import { failure } from './support/rpc_error.mjs';
import { Health } from './support/schema.mjs';
import { setting } from './support/setting.mjs';

const SPIFFE = 'URI:spiffe://cluster.local/ns/a/sa/caller';
const CAUSES = ['no_certificate', 'untrusted', 'expired', 'wrong_purpose',
                'name_not_allowed'];

const folder = temporaryFolder({ after });
const path = (name) => join(folder, name);
const write = (name, text) => writeFileSync(path(name), text);

// The CA of the clients, and that of the gateway.
const authority = new Authority(folder, 'clients');
const servers = new Authority(folder, 'servers');
const pair = servers.issue({ names: 'DNS:gateway.test,IP:127.0.0.1' });
write('tls.crt', pair.cert);
write('tls.key', pair.key);
write('ca.crt', authority.cert);

const TLS = [`--tls_cert_file=${path('tls.crt')}`,
             `--tls_key_file=${path('tls.key')}`];
const MUTUAL = [...TLS, `--tls_client_ca_file=${path('ca.crt')}`];

async function start(t, ...flags) {
  const gateway = await Gateway.start({ flags: ['--sandbox', ...flags] });
  t.after(() => gateway.stop());
  return gateway;
}

function connect(t, gateway, tls, Service) {
  const client = new Client(gateway.address, { tls, Service });
  t.after(() => client.close());
  return client;
}

const list = (client) => client.list({ page_size: 1 });
const trusting = (identity) => ({ ca: servers.cert, ...identity });
const unreachable = { code: 'UNAVAILABLE', reason: undefined };

async function countRejections(gateway) {
  const metrics = new Metrics((await gateway.page('/metrics')).body);
  return Object.fromEntries(CAUSES.map((cause) => [
    cause, metrics.value('tls_refused_connections_total', { cause }),
  ]));
}

test('with a certificate the port accepts only TLS', async (t) => {
  const gateway = await start(t, ...TLS);
  await list(connect(t, gateway, { ca: servers.cert }));
  await failure(list(connect(t, gateway)), unreachable);
  await failure(list(connect(t, gateway, { ca: authority.cert })), unreachable);
  const metrics = new Metrics((await gateway.page('/metrics')).body);
  assert.ok(metrics.value('tls_certificate_expiry_timestamp_seconds') >
            Date.now() / 1000);
});

test('the gateway sends the intermediate certificates',
     async (t) => {
       const intermediate = new Authority(folder, 'intermediate', servers);
       const { cert, key } = intermediate.issue({ names: 'DNS:gateway.test' });
       write('chain.crt', cert + intermediate.cert);
       write('chain.key', key);
       const gateway = await start(t, `--tls_cert_file=${path('chain.crt')}`,
                                   `--tls_key_file=${path('chain.key')}`);
       await list(connect(t, gateway, { ca: servers.cert }));
     });

describe('with a CA of clients and a list of names', () => {
  const ALLOWED =
      [...MUTUAL, '--tls_allowed_names=' +
                  'spiffe://cluster.local/ns/*/sa/caller,*.callers.test'];
  let gateway;
  before(async () => {
    gateway = await Gateway.start({ flags: ['--sandbox', ...ALLOWED] });
  });
  after(() => gateway.stop());

  const GOOD = [
    ['a SPIFFE ID on the list', () => authority.issue({ names: SPIFFE })],
    ['a DNS name on the list',
     () => authority.issue({ names: 'DNS:a.callers.test' })],
    ['an intermediate certificate', () => {
      const intermediate = new Authority(folder, 'below', authority);
      const { cert, key } = intermediate.issue({ names: SPIFFE });
      return { cert: cert + intermediate.cert, key };
    }],
  ];
  for (const [name, identity] of GOOD) {
    test(`accepts a client with ${name}`, async (t) => {
      const before = await countRejections(gateway);
      await list(connect(t, gateway, trusting(identity())));
      assert.deepEqual(await countRejections(gateway), before);
    });
  }

  const WRONG = [
    ['no certificate', 'no_certificate', () => ({})],
    ['a certificate of another CA', 'untrusted',
     () => new Authority(folder, 'other').issue({ names: SPIFFE })],
    ['a certificate of the gateway\'s own CA', 'untrusted',
     () => servers.issue({ names: SPIFFE })],
    ['an expired certificate', 'expired',
     () => authority.issue({ names: SPIFFE, days: -1 })],
    ['a certificate for servers', 'wrong_purpose',
     () => authority.issue(
         { names: SPIFFE, extensions: ['extendedKeyUsage=serverAuth'] })],
    ['a name off the list', 'name_not_allowed',
     () => authority.issue({ names: 'URI:spiffe://cluster.local/ns/a/sa/b' })],
    ['a suffix after the name', 'name_not_allowed',
     () => authority.issue({ names: `${SPIFFE}.evil` })],
    ['a common name only', 'name_not_allowed',
     () => authority.issue({})],
  ];
  for (const [name, cause, identity] of WRONG) {
    test(`rejects a client with ${name} and counts it as ${cause}`,
         async (t) => {
           // A separate gateway, because rejected clients retry for a while.
           const separate = await start(t, ...ALLOWED);
           await failure(list(connect(t, separate, trusting(identity()))),
                         unreachable);
           const { [cause]: count, ...others } =
               await countRejections(separate);
           assert.ok(count >= 1);
           assert.deepEqual(new Set(Object.values(others)), new Set([0]));
         });
  }

  test('rejects health checks as it rejects calls', async (t) => {
    const health = connect(t, gateway, trusting({}), Health);
    await failure(health.call('Check', {}), unreachable);
  });

  test('a client with an intermediate certificate can resume its session',
       async () => {
         const intermediate = new Authority(folder, 'resumed', authority);
         const { cert, key } = intermediate.issue({ names: SPIFFE });
         const open = (options) => http2.connect(`https://${gateway.address}`, {
           ca: servers.cert, cert: cert + intermediate.cert, key,
           servername: 'gateway.test', ...options,
         });
         const first = open();
         const [session] = await once(first.socket, 'session');
         first.destroy();
         const second = open({ session });
         await once(second, 'remoteSettings');
         assert.ok(second.socket.isSessionReused());
         second.destroy();
       });

  test('logs the name of a client that is trusted but not on the list',
       async (t) => {
         const separate = await start(t, ...ALLOWED);
         const identity = authority.issue({ names: 'URI:spiffe://other/x' });
         await failure(list(connect(t, separate, trusting(identity))),
                       unreachable);
         await separate.program.awaitOutput(
             'stderr',
             /(rejected a client certificate, name_not_allowed: spiffe:\/\/other\/x)$/m);
       });
});

test('without a list accepts every client of the CA', async (t) => {
  const gateway = await start(t, ...MUTUAL);
  await list(connect(t, gateway, trusting(authority.issue({}))));
  await failure(list(connect(t, gateway, trusting({}))), unreachable);
});

test('the health port serves health checks only, in plaintext',
     async (t) => {
       const gateway =
           await start(t, ...MUTUAL, '--health_address=127.0.0.1:0');
       const address = await gateway.program.awaitOutput(
           'stderr', /health listens on (\S+)$/m);
       const health = connect(t, { address }, undefined, Health);
       for (const service of
            ['', 'wriftai.predictions.v1.Predictions', 'wriftai.Upstream']) {
         assert.deepEqual(await health.call('Check', { service }),
                          { status: 'SERVING' });
       }
       await failure(list(connect(t, { address })), { code: 'UNIMPLEMENTED' });
     });

describe('wriftctl', () => {
  let gateway;
  before(async () => {
    gateway = await Gateway.start({ flags: ['--sandbox', ...MUTUAL] });
    const identity = authority.issue({ names: SPIFFE });
    write('client.crt', identity.cert);
    write('client.key', identity.key);
    write('servers.crt', servers.cert);
  });
  after(() => gateway.stop());

  const list = (...flags) => run(setting('WRIFTCTL'), [
    'list', `--address=${gateway.address}`,
    `--ca_file=${path('servers.crt')}`, ...flags,
  ]);
  const identity = () => [`--cert_file=${path('client.crt')}`,
                          `--key_file=${path('client.key')}`];

  test('presents its certificate', async () => {
    const { code, stderr } = await list(...identity());
    assert.equal(code, 0, stderr);
  });

  test('is rejected without a certificate', async () => {
    const { code, stderr } = await list();
    assert.equal(code, 3);
    assert.match(stderr, /^UNAVAILABLE: /);
  });

  test('verifies the gateway by --server_name', async () => {
    const named = await list(...identity(), '--server_name=gateway.test');
    assert.equal(named.code, 0, named.stderr);
    const other = await list(...identity(), '--server_name=other.test');
    assert.equal(other.code, 3, other.stderr);
  });
});

describe('a start is rejected', () => {
  const INVALID = [
    ['a key of another certificate', '--tls_key_file', servers.issue({}).key,
     'expected the key of the first certificate in --tls_cert_file'],
    ['an invalid key', '--tls_key_file', 'nonsense',
     'expected a readable PEM file with a private key'],
    ['an invalid certificate', '--tls_cert_file', 'nonsense',
     'expected a readable PEM file with a certificate'],
    ['invalid CA certificates', '--tls_client_ca_file', 'nonsense',
     'expected a readable PEM file with certificates'],
  ];
  for (const [name, flag, text, message] of INVALID) {
    test(`for ${name}, with one line and status 2`, async () => {
      write('wrong.pem', text);
      const { code, stderr } = await Gateway.launch(
          { flags: [...MUTUAL, `${flag}=${path('wrong.pem')}`] }).end();
      assert.equal(code, 2, stderr);
      assert.ok(stderr.startsWith(
          `wriftai-gateway: ${flag} ${path('wrong.pem')}: ${message}`), stderr);
      assert.equal(stderr.split('\n').length, 2, stderr);
    });
  }
});

const WARNING = /warning anyone who can reach .* can use the gateway's own token/g;

for (const [name, flags, count, token = secret('warned-token-1')] of [
  ['its own token in plaintext', [], 1],
  ['TLS without client certificates', TLS, 1],
  ['client certificates', MUTUAL, 0],
  ['only callers\' tokens', ['--credentials=caller'], 0],
  ['no token', [], 0, ''],
  ['the sandbox', ['--sandbox'], 0],
]) {
  test(`the start warns ${count} times with ${name}`, async (t) => {
    const gateway = await Gateway.start({ token, flags });
    t.after(() => gateway.stop());
    assert.equal([...gateway.program.stderr.matchAll(WARNING)].length, count,
                 gateway.program.stderr);
  });
}
