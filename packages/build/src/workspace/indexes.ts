import { ElementError } from '@wheelhouse/element';
import { isValidName, normalizeName, type PinnedIndex } from '@wheelhouse/python';
import { PLUGIN, type PluginEntry } from './nx-json.js';

/**
 * The pinned indexes of a workspace: all entries of nx.json say them together.
 *
 * @throws ElementError PLUGIN_OPTIONS where two entries mean different indexes by one name
 */
export function workspaceIndexes(entries: readonly PluginEntry[]): PinnedIndex[] {
  const byName = new Map<string, PinnedIndex>();
  for (const index of entries.flatMap(({ options }) => options.indexes ?? [])) {
    const known = byName.get(index.name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(index)) {
      throw new ElementError({
        code: 'PLUGIN_OPTIONS',
        message: `nx.json: ${PLUGIN}: two entries mean different indexes by \`${index.name}\``,
        hint: 'give it in one entry, or the same in both',
      });
    }
    byName.set(index.name, index);
  }
  return [...byName.values()];
}

type Fail = (message: string, hint: string) => void;

const HINT = 'it is `{"url": "https://...", "packages": ["acme-*"]}`';

/** Checks the option `indexes`. @returns `undefined` where there is none */
export function parseIndexes(value: unknown, fail: Fail): readonly PinnedIndex[] | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) {
    fail(
      `the option \`indexes\` is \`${JSON.stringify(value)}\``,
      `it is names of indexes, and for each ${HINT.slice(6)}`,
    );
    return undefined;
  }
  const owners = new Map<string, string>();
  return Object.entries(value).flatMap(([name, index]) => {
    const where = `indexes.${name}`;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
      fail(`\`${name}\` is no name of an index`, 'names are letters, digits, `-`, `_` and `.`');
    }
    if (!isObject(index)) {
      // What is shown may be an address with a password in it.
      fail(`the option \`${where}\` is no object`, HINT);
      return [];
    }
    for (const key of Object.keys(index)) {
      if (key !== 'url' && key !== 'packages') fail(`there is no option \`${where}.${key}\``, HINT);
    }
    const url = parseUrl(index.url, where, fail);
    const packages = parsePackages(index.packages, where, fail);
    for (const pattern of packages) {
      const other = owners.get(pattern);
      if (other !== undefined && other !== name) {
        fail(
          `the option \`indexes\` pins \`${pattern}\` to two indexes, \`${other}\` and \`${name}\``,
          'pin it to one',
        );
      }
      owners.set(pattern, name);
    }
    return url === undefined ? [] : [{ name, url, packages }];
  });
}

function parseUrl(value: unknown, where: string, fail: Fail): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value) || !/^https?:/i.test(value)) {
    fail(`the option \`${where}.url\` is no address`, HINT);
    return undefined;
  }
  const url = new URL(value);
  if (url.username === '' && url.password === '') return url.href;
  url.username = '';
  url.password = '';
  fail(
    `the option \`${where}.url\` has credentials in it: \`${url.href}\``,
    "credentials are no part of a workspace: netrc, a keyring, the addresses in pip's configuration and the variables UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD give them",
  );
  return undefined;
}

function parsePackages(value: unknown, where: string, fail: Fail): string[] {
  if (!Array.isArray(value) || value.length === 0) {
    fail(`the option \`${where}.packages\` is \`${JSON.stringify(value)}\``, HINT);
    return [];
  }
  return value.flatMap((item: unknown, index): string[] => {
    if (typeof item === 'string' && isValidName(item.replaceAll('*', 'x'))) return [normalizeName(item)];
    fail(
      `the option \`${where}.packages[${index}]\` is \`${JSON.stringify(item)}\``,
      "it is a distribution's name, in which `*` stands for any characters",
    );
    return [];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
