// How the files that settings name are read.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Authority } from './support/certificates.mjs';
import { temporaryFolder } from './support/files.mjs';
import { Gateway } from './support/gateway.mjs';
import { secret } from './support/program.mjs';
import { expectRejection } from './support/rejection.mjs';

const TOKEN = secret('settings-token-1');

const launch = (options) => Gateway.launch(options).end();

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
        expectRejection(
            await launch({ flags: flags(file, good) }),
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
