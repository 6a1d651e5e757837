import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './tools.js';

/** A key and its certificate, as a server of Node takes them. */
export interface ServerCertificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** A company's own authority, which nothing on this machine trusts, and certificates of it for 127.0.0.1. */
export interface Company {
  /** The path of the authority's certificate. */
  readonly authority: string;
  readonly valid: ServerCertificate;
  readonly expired: ServerCertificate;
}

/** Makes them by openssl. */
export function makeCompany(): Company {
  const cwd = temporaryDirectory();
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd, stdio: 'pipe' });
  };
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  openssl(
    ...['req', '-x509', ...key, '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Company'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE'],
  );
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=127.0.0.1');
  writeFileSync(join(cwd, 'names'), 'subjectAltName=IP:127.0.0.1\n');
  const certificate = (days: string): ServerCertificate => {
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names', '-days', days];
    openssl('x509', '-req', '-in', 'server.csr', ...by, '-out', 'server.pem');
    return { key: readFileSync(join(cwd, 'server.key')), cert: readFileSync(join(cwd, 'server.pem')) };
  };
  return { authority: join(cwd, 'ca.pem'), valid: certificate('2'), expired: certificate('-1') };
}
