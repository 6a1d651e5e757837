import { isValidName, normalizeName } from '@wheelhouse/python';
import type { PinnedIndex } from '@wheelhouse/python/fetch';
import { said, type Fail, type OptionKind, type OptionPath } from './option-kinds.js';

const SHAPE = '`{"url": "https://...", "packages": ["acme-*"]}`';
const HINT = `it must be ${SHAPE}`;

/** The option `indexes`. */
export const INDEXES: OptionKind<readonly PinnedIndex[]> = {
  type: `an object: for the name of each index, ${SHAPE}`,
  check: (value, name, fail) => {
    if (!isObject(value)) {
      fail(said(name, value), `it must be an object of index names, and for each ${SHAPE}`, [name]);
      return undefined;
    }
    const owners = new Map<string, string>();
    return Object.entries(value).flatMap(([index, given]) => {
      const path = [name, index];
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(index)) {
        fail(`\`${index}\` is not an index name`, 'names are letters, digits, `-`, `_` and `.`', path);
      }
      const pinned = checkIndex(given, path, fail);
      for (const pattern of pinned?.packages ?? []) {
        const other = owners.get(pattern);
        if (other !== undefined && other !== index) {
          fail(
            `the option \`indexes\` pins \`${pattern}\` to two indexes, \`${other}\` and \`${index}\``,
            'pin it to one',
            path,
          );
        }
        owners.set(pattern, index);
      }
      return pinned?.url === undefined ? [] : [{ name: index, url: pinned.url, packages: pinned.packages }];
    });
  },
};

function checkIndex(
  given: unknown,
  path: OptionPath,
  fail: Fail,
): { readonly url: string | undefined; readonly packages: string[] } | undefined {
  const where = path.join('.');
  if (!isObject(given)) {
    // What is shown may be an address with a password in it.
    fail(`the option \`${where}\` is not an object`, HINT, path);
    return undefined;
  }
  for (const key of Object.keys(given)) {
    if (key !== 'url' && key !== 'packages') fail(`unknown option \`${where}.${key}\``, HINT, [...path, key]);
  }
  const url = parseUrl(given.url, [...path, 'url'], fail);
  return { url, packages: parsePackages(given.packages, [...path, 'packages'], fail) };
}

function parseUrl(value: unknown, path: OptionPath, fail: Fail): string | undefined {
  const where = path.join('.');
  if (typeof value !== 'string' || !URL.canParse(value) || !/^https?:/i.test(value)) {
    fail(`the option \`${where}\` is not a URL`, HINT, path);
    return undefined;
  }
  const url = new URL(value);
  if (url.username === '' && url.password === '') return url.href;
  url.username = '';
  url.password = '';
  fail(
    `the option \`${where}\` has credentials in it: \`${url.href}\``,
    "credentials do not belong in a workspace: use netrc, a keyring, the URLs in pip's configuration, or the variables UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD",
    path,
  );
  return undefined;
}

function parsePackages(value: unknown, path: OptionPath, fail: Fail): string[] {
  const where = path.join('.');
  if (!Array.isArray(value) || value.length === 0) {
    fail(said(where, value), HINT, path);
    return [];
  }
  return value.flatMap((item: unknown, index): string[] => {
    if (typeof item === 'string' && isValidName(item.replaceAll('*', 'x'))) return [normalizeName(item)];
    const hint = 'it must be a distribution name, where `*` matches any characters';
    fail(said(`${where}[${index}]`, item), hint, [...path, index]);
    return [];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
