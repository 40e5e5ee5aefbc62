// Issues the certificates of rendered objects, as cert-manager would.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
                 '-nodes'];
const USAGES = { 'server auth': 'serverAuth', 'client auth': 'clientAuth' };

const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });

// The options of X.509 for a Certificate.
function extensions({ dnsNames, usages }) {
  const purposes = usages.map((usage) => USAGES[usage]).filter(Boolean);
  return `subjectAltName=${dnsNames.map((name) => `DNS:${name}`).join()}\n` +
      `extendedKeyUsage=${purposes.join()}\n`;
}

/**
 * Writes the Secrets of the Certificates that the objects' own Issuers issue,
 * as FOLDER/SECRET/{ca.crt,tls.crt,tls.key}.
 */
export function issueSecrets(objects, folder) {
  const certificates = objects.filter(({ kind }) => kind === 'Certificate');
  const issuers = new Map(objects.filter(({ kind }) => kind === 'Issuer').map(
      ({ metadata, spec }) => [metadata.name, spec]));
  const pathsOf = (secret) => Object.fromEntries(
      ['ca.crt', 'tls.crt', 'tls.key'].map(
          (name) => [name, join(folder, secret, name)]));
  // Authorities first.
  for (const { spec } of [
    ...certificates.filter(({ spec }) => spec.isCA),
    ...certificates.filter(({ spec }) => !spec.isCA),
  ]) {
    const issuer = spec.issuerRef.kind === 'Issuer' &&
        issuers.get(spec.issuerRef.name);
    if (!issuer) continue;
    const paths = pathsOf(spec.secretName);
    mkdirSync(join(folder, spec.secretName), { recursive: true });
    if (issuer.selfSigned) {
      openssl('req', '-x509', ...NEW_KEY, '-days', '1', '-subj',
              `/CN=${spec.commonName}`, '-keyout', paths['tls.key'],
              '-out', paths['tls.crt']);
      copyFileSync(paths['tls.crt'], paths['ca.crt']);
      continue;
    }
    const ca = pathsOf(issuer.ca.secretName);
    const request = join(folder, 'request');
    const options = join(folder, 'options');
    writeFileSync(options, extensions(spec));
    // Without a common name, as cert-manager: the names are the alternatives.
    openssl('req', ...NEW_KEY, '-subj', '/', '-keyout', paths['tls.key'],
            '-out', request);
    openssl('x509', '-req', '-in', request, '-CA', ca['tls.crt'], '-CAkey',
            ca['tls.key'], '-CAcreateserial', '-days', '1', '-extfile', options,
            '-out', paths['tls.crt']);
    copyFileSync(ca['tls.crt'], paths['ca.crt']);
  }
}
