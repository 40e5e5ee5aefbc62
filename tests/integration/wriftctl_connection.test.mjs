// What wriftctl says when it cannot connect: the address, and what to change.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Authority } from './support/certificates.mjs';
import { temporaryFolder } from './support/files.mjs';
import { Gateway } from './support/gateway.mjs';
import { run } from './support/program.mjs';
import { setting } from './support/setting.mjs';

const folder = temporaryFolder({ after });
const path = (name) => join(folder, name);
const CHECK = 'Check --address, WRIFTCTL_ADDRESS or the profile.';

let plain;
let tls;
let mutual;

before(async () => {
  const authority = new Authority(folder, 'servers');
  const { cert, key } = authority.issue({ names: 'DNS:gateway.test' });
  writeFileSync(path('ca.crt'), authority.cert);
  writeFileSync(path('tls.crt'), cert);
  writeFileSync(path('tls.key'), key);
  const flags = ['--sandbox', `--tls_cert_file=${path('tls.crt')}`,
                 `--tls_key_file=${path('tls.key')}`];
  plain = await Gateway.start({ flags: ['--sandbox'] });
  tls = await Gateway.start({ flags });
  mutual = await Gateway.start(
      { flags: [...flags, `--tls_client_ca_file=${path('ca.crt')}`] });
});
after(() => Promise.all([plain, tls, mutual].map((each) => each?.stop())));

// The last line of the error.
async function adviceFor(address, ...flags) {
  const { code, stdout, stderr } = await run(
      setting('WRIFTCTL'), ['list', `--address=${address}`, ...flags],
      { env: { HOME: folder } });
  assert.equal(code, 3, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^UNAVAILABLE: /);
  return stderr.trimEnd().split('\n').at(-1);
}

const named = () => [`--ca_file=${path('ca.crt')}`,
                     '--server_name=gateway.test'];

test('a dead port: nothing listens', async () => {
  assert.equal(await adviceFor('127.0.0.1:1'),
               `Nothing listens on 127.0.0.1:1. ${CHECK} ` +
                   'To start a gateway: wriftai-gateway');
});

test('an unknown host: cannot resolve', async () => {
  assert.equal(await adviceFor('gateway.invalid:50051'),
               `Cannot resolve the host of gateway.invalid:50051. ${CHECK}`);
});

test('a missing socket: cannot reach', async () => {
  assert.equal(await adviceFor('unix:/nowhere/socket'),
               `Cannot reach unix:/nowhere/socket. ${CHECK}`);
});

test('TLS to a plaintext port: connect without', async () => {
  assert.equal(await adviceFor(plain.address, '--tls'),
               `${plain.address} responds without TLS. Connect without ` +
                   '--tls, --ca_file, --cert_file, --key_file and ' +
                   '--server_name.');
});

test('plaintext to a TLS port: add --tls', async () => {
  assert.equal(await adviceFor(tls.address),
               `${tls.address} closed the connection. If it uses TLS, add ` +
                   '--tls, or --ca_file with its authority.');
});

test('an untrusted certificate: name its authority', async () => {
  assert.equal(await adviceFor(tls.address, '--server_name=gateway.test'),
               `The certificate of ${tls.address} has expired, or its ` +
                   'authority is not trusted. Name the authority with ' +
                   '--ca_file.');
});

test('a certificate with another name: set --server_name', async () => {
  assert.equal(await adviceFor(tls.address, `--ca_file=${path('ca.crt')}`),
               `The certificate of ${tls.address} is for another name. If ` +
                   'that is expected, as with port forwarding, set ' +
                   '--server_name.');
});

test('a required client certificate: add one', async () => {
  assert.equal(await adviceFor(mutual.address, ...named()),
               `${mutual.address} closed the connection. If it requires a ` +
                   'client certificate, add --cert_file and --key_file.');
});

test('the operators\' port: not gRPC', async () => {
  const { host } = new URL(plain.urlOf('/'));
  assert.equal(await adviceFor(host),
               `${host} is not a gRPC port. The gateway logs its own at the ` +
                   'start: gRPC listens on …');
});

test('the right flags: a list', async () => {
  const { code, stderr } = await run(
      setting('WRIFTCTL'), ['list', `--address=${tls.address}`, ...named()],
      { env: { HOME: folder } });
  assert.equal(code, 0, stderr);
});
