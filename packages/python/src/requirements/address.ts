import { isAbsolute, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ElementError, type Origin } from '@wheelhouse/element';
import { parseFilename } from './filename.js';
import { normalizeName } from './name.js';

/** Where a direct reference leads (PEP 440, "direct references"; pip's VCS URLs). */
export type Address =
  | {
      readonly kind: 'git';
      /** As git takes it. May hold credentials. */
      readonly repository: string;
      /** A branch, tag or commit; the repository's own choice if absent. */
      readonly revision?: string;
      readonly subdirectory?: string;
    }
  | {
      readonly kind: 'archive';
      /** May hold credentials. */
      readonly url: string;
      /** What the address says the file is: `sha256:<hex>`. */
      readonly hashes: readonly string[];
    }
  | {
      readonly kind: 'path';
      /** Relative to the workspace, or absolute where it is outside. */
      readonly path: string;
    };

/** Where relative paths begin. */
export interface AddressBase {
  /** The workspace's directory, absolute. */
  readonly workspace: string;
  /** The directory of the file that names the path, relative to the workspace. */
  readonly directory: string;
}

/**
 * One spelling for a direct reference: what is in the workspace is `file:<path relative to the workspace>`, so that it
 * means the same on every machine. Others stay as they are.
 */
export function canonicalAddress(url: string, { workspace, directory }: AddressBase): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url) && !/^file:/i.test(url)) return url;
  const [, address = '', fragment = ''] = /^([^#]*)(#.*)?$/s.exec(url) ?? [];
  const path = pathOf(address);
  const absolute = isAbsolute(path) ? posix.normalize(path) : posix.join(workspace, directory, path);
  const inside = posix.relative(workspace, absolute);
  if (inside === '..' || inside.startsWith('../')) return `${pathToFileURL(absolute).href}${fragment}`;
  return `file:${encodeURI(inside === '' ? '.' : inside)}${fragment}`;
}

function pathOf(address: string): string {
  if (/^file:\/\//i.test(address)) return fileURLToPath(address.replace(/^file:\/\/localhost\//i, 'file:///'));
  return /^file:/i.test(address) ? decodeURI(address.slice('file:'.length)) : address;
}

/**
 * Reads an address in its one spelling.
 *
 * @throws ElementError METADATA if nothing can be taken from it
 */
export function parseAddress(url: string, origin?: Origin): Address {
  const [, address = '', fragment = ''] = /^([^#]*)#?(.*)$/s.exec(url) ?? [];
  const options = new URLSearchParams(fragment);
  const subdirectory = options.get('subdirectory')?.replace(/^\/+|\/+$/g, '');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1]?.toLowerCase() ?? '';
  if (scheme === 'git' || scheme.startsWith('git+')) {
    const [, repository = '', revision] =
      /^(.*?:\/\/[^/]*\/.*?)(?:@([^@/][^@]*))?$/s.exec(address.replace(/^git\+/i, '')) ?? [];
    if (/^(https?|ssh|git|file):/i.test(repository) && subdirectory?.split('/').includes('..') !== true) {
      return {
        kind: 'git',
        repository,
        ...(revision === undefined ? {} : { revision }),
        ...(subdirectory === undefined || subdirectory === '' ? {} : { subdirectory }),
      };
    }
  }
  if (scheme === 'file') return { kind: 'path', path: pathOf(address) };
  if (scheme === 'http' || scheme === 'https') {
    const sha256 = options.get('sha256');
    if (subdirectory === undefined) {
      return { kind: 'archive', url: address, hashes: sha256 === null ? [] : [`sha256:${sha256}`] };
    }
  }
  throw new ElementError({
    code: 'METADATA',
    message: `unsupported URL: \`${publicAddress(url)}\``,
    origin,
    hint: 'use `git+https://HOST/PATH@REVISION#subdirectory=DIRECTORY` (or git+ssh, git+file), the `https://` URL of a wheel or an sdist, or a path',
  });
}

/** The name that a URL's fragment gives what it leads to: pip's `#egg=name[extra]`. */
export function eggOf(url: string): string | undefined {
  return new URLSearchParams(/#(.*)$/s.exec(url)?.[1] ?? '').get('egg') ?? undefined;
}

/**
 * An address as it may be written down: without user name and password. The user name of SSH is no secret, and part of
 * the address.
 */
export function publicAddress(url: string): string {
  if (/^(git\+)?file:/i.test(url)) return url;
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i, (_, scheme: string, user: string) =>
    scheme.toLowerCase().endsWith('ssh://') ? `${scheme}${user.replace(/:.*$/s, '')}@` : scheme,
  );
}

const VARIABLE = /\$\{([A-Z0-9_]+)\}/g;

/** The names of variables in a text, in pip's spelling `${NAME}`. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
}

/** Puts the values of variables in the place of `${NAME}`, as pip does. @throws ElementError METADATA for one not set */
export function expandVariables(text: string, value: (name: string) => string | undefined, origin?: Origin): string {
  return text.replace(VARIABLE, (written, name: string) => {
    const found = value(name);
    if (found !== undefined && found !== '') return found;
    throw new ElementError({
      code: 'METADATA',
      message: `the environment variable \`${name}\` is not set`,
      origin,
      hint: `set it, or write its value instead of \`${written}\``,
    });
  });
}

/** What pip takes for a path or an address and not for a name. */
export function isAddress(text: string): boolean {
  const head = text.split(/\s|;/, 1)[0] ?? '';
  return (
    /^[a-z][a-z0-9+.-]*:/i.test(head) ||
    head.startsWith('.') ||
    head.includes('/') ||
    /\.(whl|zip|tar\.(gz|bz2|xz)|tgz)$/i.test(head)
  );
}

/** The name of the distribution whose file an address leads to, normalised; `undefined` if it leads to none. */
export function nameInAddress(link: string): string | undefined {
  const file = posix.basename(link.replace(/[#?].*$/s, ''));
  const name = /^(git|hg|svn|bzr)\b/i.test(link) ? undefined : parseFilename(file)?.name;
  return name === undefined ? undefined : normalizeName(name);
}
