import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ElementError } from '@wheelhouse/element';
import { publicAddress } from '../requirements/address.js';
import { isTable, type TomlFile, type TomlTable } from './toml-file.js';

/** An index as uv knows it. The address may hold credentials. */
export interface UvIndex {
  readonly name?: string;
  readonly url: string;
  /** Asked last, in the place of the index that there is without any. */
  readonly isDefault: boolean;
  /** Asked for the names alone that are bound to it. */
  readonly isExplicit: boolean;
}

/** What one file, or uv's variables, say of where distributions come from. Plain data. */
export interface UvTable {
  readonly indexes: readonly UvIndex[];
  readonly extraIndexUrls: readonly string[];
  readonly indexUrl?: string;
  /** Addresses of pages, and directories. */
  readonly findLinks: readonly string[];
  readonly insecureHosts: readonly string[];
  readonly noIndex: boolean;
}

/**
 * Reads what uv.toml or `[tool.uv]` says of indexes. https://docs.astral.sh/uv/reference/settings/
 *
 * @param path the table's, `[]` in uv.toml
 * @param directory where relative paths begin, absolute
 * @throws ElementError METADATA
 */
export function readUvTable(toml: TomlFile, path: readonly string[], directory: string): UvTable {
  const table = toml.tableAt(...path) ?? {};
  const located = (link: string): string => (isAbsolute(link) || link.includes(':') ? link : join(directory, link));
  const list = (key: string): readonly string[] => texts(toml, path, key);
  const [indexUrl] = 'index-url' in table ? [text(toml, path, table, 'index-url')] : [];
  const all = uvIndexes(toml, path, located);
  return {
    indexes: all.flatMap(({ index, isFlat }) => (isFlat ? [] : [index])),
    extraIndexUrls: list('extra-index-url').map((url) => addressOf(url, located)),
    ...(indexUrl === undefined ? {} : { indexUrl: addressOf(indexUrl, located) }),
    findLinks: [...all.flatMap(({ index, isFlat }) => (isFlat ? [index.url] : [])), ...list('find-links').map(located)],
    insecureHosts: list('allow-insecure-host'),
    noIndex: table['no-index'] === true,
  };
}

/** The entries of `[[index]]`. */
function uvIndexes(
  toml: TomlFile,
  path: readonly string[],
  located: (link: string) => string,
): { readonly index: UvIndex; readonly isFlat: boolean }[] {
  const entries = toml.tableAt(...path)?.index ?? [];
  const origin = toml.origin(path, 'index');
  if (!Array.isArray(entries)) {
    throw new ElementError({ code: 'METADATA', message: '`index` is not a list of tables', origin });
  }
  return entries.map((entry: unknown) => {
    const { name, url, format, ...rest } = isTable(entry) ? entry : {};
    if (typeof url !== 'string') {
      throw new ElementError({
        code: 'METADATA',
        message: `the index \`${typeof name === 'string' ? name : ''}\` has no \`url\``,
        origin,
      });
    }
    const isFlat = format === 'flat';
    if (!isFlat && url.includes(':') && !URL.canParse(url)) {
      const message = `\`${publicAddress(url)}\` is not the URL of an index`;
      throw new ElementError({ code: 'METADATA', message, origin });
    }
    const index = {
      ...(typeof name === 'string' ? { name } : {}),
      url: isFlat ? located(url) : addressOf(url, located),
      isDefault: rest.default === true,
      isExplicit: rest.explicit === true,
    };
    return { index, isFlat };
  });
}

/** An index may be a directory. */
function addressOf(url: string, located: (link: string) => string): string {
  return url.includes(':') ? url : pathToFileURL(located(url)).href;
}

function text(toml: TomlFile, path: readonly string[], table: TomlTable, key: string): string {
  const value = table[key];
  if (typeof value === 'string') return value;
  throw new ElementError({ code: 'METADATA', message: `\`${key}\` is not a string`, origin: toml.origin(path, key) });
}

function texts(toml: TomlFile, path: readonly string[], key: string): readonly string[] {
  const value = toml.tableAt(...path)?.[key] ?? [];
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
  throw new ElementError({
    code: 'METADATA',
    message: `\`${key}\` is not a list of strings`,
    origin: toml.origin(path, key),
  });
}
