import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ElementError } from '@wheelhouse/element';

/** The variables with the certificate authorities for pip and uv, in order of precedence. */
const VARIABLES = ['PIP_CERT', 'REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE'];

/**
 * The file of the certificates that the user's own pip and uv trust in the place of the usual ones.
 *
 * @param configured the one that pip's files of configuration name; the variables count before it
 * @param directory where a relative path begins
 * @returns an absolute path
 * @throws ElementError STAGE if there is no such file
 */
export function trustedCertificates(
  directory: string,
  environment: NodeJS.ProcessEnv,
  configured?: string,
): string | undefined {
  const variable = VARIABLES.find((name) => (environment[name] ?? '') !== '');
  const file = variable === undefined ? configured : environment[variable];
  if (file === undefined) return undefined;
  const path = resolve(directory, file);
  if (existsSync(path)) return path;
  throw new ElementError({
    code: 'STAGE',
    message: `the file \`${file}\`, which ${variable === undefined ? "pip's `cert`" : `the variable \`${variable}\``} names, does not exist`,
    hint: 'it must contain the certificate authorities of the index, in PEM',
  });
}
