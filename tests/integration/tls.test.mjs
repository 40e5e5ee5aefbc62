// Who may talk to the gateway: TLS on its port, and clients with certificates.
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

// Of clients, and of the gateway.
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

async function refusals(gateway) {
  const metrics = new Metrics((await gateway.page('/metrics')).body);
  return Object.fromEntries(CAUSES.map((cause) => [
    cause, metrics.value('tls_refused_connections_total', { cause }),
  ]));
}

test('with a certificate the port speaks TLS alone', async (t) => {
  const gateway = await start(t, ...TLS);
  await list(connect(t, gateway, { ca: servers.cert }));
  await failure(list(connect(t, gateway)), unreachable);
  await failure(list(connect(t, gateway, { ca: authority.cert })), unreachable);
  const metrics = new Metrics((await gateway.page('/metrics')).body);
  assert.ok(metrics.value('tls_certificate_expiry_timestamp_seconds') >
            Date.now() / 1000);
});

test('the gateway shows the certificates between its own and the authority',
     async (t) => {
       const between = new Authority(folder, 'between', servers);
       const { cert, key } = between.issue({ names: 'DNS:gateway.test' });
       write('chain.crt', cert + between.cert);
       write('chain.key', key);
       const gateway = await start(t, `--tls_cert_file=${path('chain.crt')}`,
                                   `--tls_key_file=${path('chain.key')}`);
       await list(connect(t, gateway, { ca: servers.cert }));
     });

describe('with an authority of clients and a list of names', () => {
  const ALLOWED =
      [...MUTUAL, '--tls_allowed_names=' +
                  'spiffe://cluster.local/ns/*/sa/caller,*.callers.test'];
  let gateway;
  before(async () => {
    gateway = await Gateway.start({ flags: ['--sandbox', ...ALLOWED] });
  });
  after(() => gateway.stop());

  const GOOD = [
    ['a SPIFFE id on the list', () => authority.issue({ names: SPIFFE })],
    ['a DNS name on the list',
     () => authority.issue({ names: 'DNS:a.callers.test' })],
    ['an authority in between', () => {
      const below = new Authority(folder, 'below', authority);
      const { cert, key } = below.issue({ names: SPIFFE });
      return { cert: cert + below.cert, key };
    }],
  ];
  for (const [name, identity] of GOOD) {
    test(`a client with ${name} is served`, async (t) => {
      const before = await refusals(gateway);
      await list(connect(t, gateway, trusting(identity())));
      assert.deepEqual(await refusals(gateway), before);
    });
  }

  const WRONG = [
    ['no certificate', 'no_certificate', () => ({})],
    ['a certificate of another authority', 'untrusted',
     () => new Authority(folder, 'other').issue({ names: SPIFFE })],
    ['a certificate of the gateway\'s own authority', 'untrusted',
     () => servers.issue({ names: SPIFFE })],
    ['a certificate that has ended', 'expired',
     () => authority.issue({ names: SPIFFE, days: -1 })],
    ['a certificate for servers', 'wrong_purpose',
     () => authority.issue(
         { names: SPIFFE, extensions: ['extendedKeyUsage=serverAuth'] })],
    ['a name off the list', 'name_not_allowed',
     () => authority.issue({ names: 'URI:spiffe://cluster.local/ns/a/sa/b' })],
    ['more behind the name', 'name_not_allowed',
     () => authority.issue({ names: `${SPIFFE}.evil` })],
    ['a name that is the common name alone', 'name_not_allowed',
     () => authority.issue({})],
  ];
  for (const [name, cause, identity] of WRONG) {
    test(`a client with ${name} is refused and counted as ${cause}`,
         async (t) => {
           // One for each: those who are refused come back for a while.
           const own = await start(t, ...ALLOWED);
           await failure(list(connect(t, own, trusting(identity()))),
                         unreachable);
           const { [cause]: counted, ...others } = await refusals(own);
           assert.ok(counted >= 1);
           assert.deepEqual(new Set(Object.values(others)), new Set([0]));
         });
  }

  test('health and reflection are refused as calls are', async (t) => {
    const health = connect(t, gateway, trusting({}), Health);
    await failure(health.call('Check', {}), unreachable);
  });

  test('a client with an authority in between may resume its session',
       async () => {
         const below = new Authority(folder, 'resumed', authority);
         const { cert, key } = below.issue({ names: SPIFFE });
         const open = (options) => http2.connect(`https://${gateway.address}`, {
           ca: servers.cert, cert: cert + below.cert, key,
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

  test('the log names whom an authority vouches for, and the list does not',
       async (t) => {
         const own = await start(t, ...ALLOWED);
         const identity = authority.issue({ names: 'URI:spiffe://other/x' });
         await failure(list(connect(t, own, trusting(identity))), unreachable);
         await own.program.awaitOutput(
             'stderr',
             /(a client was refused, name_not_allowed: spiffe:\/\/other\/x)$/m);
       });
});

test('without a list every client of the authority is served', async (t) => {
  const gateway = await start(t, ...MUTUAL);
  await list(connect(t, gateway, trusting(authority.issue({}))));
  await failure(list(connect(t, gateway, trusting({}))), unreachable);
});

test('the health port answers in plaintext, and answers nothing else',
     async (t) => {
       const gateway =
           await start(t, ...MUTUAL, '--health_address=127.0.0.1:0');
       const address = await gateway.program.awaitOutput(
           'stderr', /health listens on (\S+)$/m);
       const health = connect(t, { address }, undefined, Health);
       for (const service of
            ['', 'wriftai.v1.Predictions', 'wriftai.v1.Upstream']) {
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

  test('shows its certificate', async () => {
    const { code, stderr } = await list(...identity());
    assert.equal(code, 0, stderr);
  });

  test('is refused without one', async () => {
    const { code, stderr } = await list();
    assert.equal(code, 3);
    assert.match(stderr, /^UNAVAILABLE: /);
  });

  test('takes the gateway by another name than its address', async () => {
    const named = await list(...identity(), '--server_name=gateway.test');
    assert.equal(named.code, 0, named.stderr);
    const other = await list(...identity(), '--server_name=other.test');
    assert.equal(other.code, 3, other.stderr);
  });
});

describe('a start is refused', () => {
  const WRONG = [
    ['a key of another certificate', '--tls_key_file', servers.issue({}).key,
     'wanted the key of the first certificate in --tls_cert_file'],
    ['a key that is none', '--tls_key_file', 'nonsense',
     'wanted a readable PEM file with a private key'],
    ['a certificate that is none', '--tls_cert_file', 'nonsense',
     'wanted a readable PEM file with a certificate'],
    ['authorities that are none', '--tls_client_ca_file', 'nonsense',
     'wanted a readable PEM file with certificates'],
  ];
  for (const [name, flag, text, wanted] of WRONG) {
    test(`for ${name}, with one line and status 2`, async () => {
      write('wrong.pem', text);
      const { code, stderr } = await Gateway.launch(
          { flags: [...MUTUAL, `${flag}=${path('wrong.pem')}`] }).end();
      assert.equal(code, 2, stderr);
      assert.ok(stderr.startsWith(
          `wriftai-gateway: ${flag} ${path('wrong.pem')}: ${wanted}`), stderr);
      assert.equal(stderr.split('\n').length, 2, stderr);
    });
  }
});

const WARNING = /warning anyone who can reach .* can use the gateway's own token/g;

for (const [name, flags, count, token = secret('warned-token-1')] of [
  ['the own token, and nobody shows a certificate', [], 1],
  ['TLS without certificates of clients', TLS, 1],
  ['certificates of clients', MUTUAL, 0],
  ['callers\' tokens alone', ['--credentials=caller'], 0],
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
