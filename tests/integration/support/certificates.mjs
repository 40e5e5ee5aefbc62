import { execFileSync } from 'node:child_process';
import {
  lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, symlinkSync,
  utimesSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const NEW_KEY =
    ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Signs certificates with openssl, as operators do. */
export class Authority {
  #folder;
  #count = 0;

  constructor(folder, name, parent) {
    this.#folder = mkdtempSync(join(folder, name));
    if (parent) {
      const pair = parent.issue({
        extensions: ['basicConstraints=critical,CA:TRUE',
                     'keyUsage=critical,keyCertSign'],
      });
      writeFileSync(this.#path('ca.pem'), pair.cert);
      writeFileSync(this.#path('ca.key'), pair.key);
    } else {
      this.#openssl('req', '-x509', ...NEW_KEY, '-days', '1', '-subj',
                    `/CN=${name}`, '-keyout', this.#path('ca.key'), '-out',
                    this.#path('ca.pem'));
    }
    this.cert = readFileSync(this.#path('ca.pem'), 'utf8');
  }

  #path = (name) => join(this.#folder, name);
  #openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });

  /**
   * Issues a certificate and key, in PEM: {cert, key, serial}. `names`: as in
   * subjectAltName. `days`: negative for an expired one.
   */
  issue({ names, days = 1, extensions = [] }) {
    const [request, key, cert, extra] =
        ['csr', 'key', 'pem', 'ext'].map(
            (kind) => this.#path(`${this.#count}.${kind}`));
    this.#openssl('req', ...NEW_KEY, '-subj',
                  `/CN=${this.#folder.slice(-6)}-${this.#count++}`,
                  '-keyout', key, '-out', request);
    if (names) extensions = [`subjectAltName=${names}`, ...extensions];
    writeFileSync(extra, extensions.join('\n'));
    this.#openssl('x509', '-req', '-in', request, '-CA', this.#path('ca.pem'),
                  '-CAkey', this.#path('ca.key'), '-days', `${days}`,
                  '-extfile', extra, '-out', cert);
    return {
      cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8'),
      serial: this.#openssl('x509', '-in', cert, '-noout', '-serial')
          .toString().trim().replace('serial=', ''),
    };
  }
}

/** Files as Kubernetes mounts a secret: replaced atomically, by a symlink. */
export class SecretVolume {
  #folder;
  #version = 0;

  #time;

  /** `files`: contents by name. `time`: as in replaceFile(). */
  constructor(folder, files, time) {
    this.#folder = folder;
    this.#time = time;
    this.replace(files);
  }

  path = (name) => join(this.#folder, name);

  replace(files) {
    const version = `..version_${++this.#version}`;
    mkdirSync(this.path(version));
    for (const [name, text] of Object.entries(files)) {
      const file = join(this.path(version), name);
      writeFileSync(file, text);
      if (this.#time) utimesSync(file, this.#time, this.#time);
      if (!lstatSync(this.path(name), { throwIfNoEntry: false })) {
        symlinkSync(join('..data', name), this.path(name));
      }
    }
    symlinkSync(version, this.path('..data_tmp'));
    renameSync(this.path('..data_tmp'), this.path('..data'));
  }
}
