import { ElementError } from '@wheelhouse/element';
import type { GroupItem } from './declaration.js';
import type { PrereleaseMode } from './settings/lock-settings.js';
import { canonicalAddress, type AddressBase } from '../requirements/address.js';
import { formatRequirement, parseRequirement, type Requirement } from '../requirements/requirement.js';
import { isTable, type TomlFile } from './toml-file.js';
import type { UvIndex, UvTable } from './uv-table.js';

const AT = ['tool', 'pdm'];

/** `[tool.pdm.dev-dependencies]`, as dependency groups. https://pdm-project.org/latest/usage/dependency/ */
export function readPdmGroups(toml: TomlFile): ReadonlyMap<string, readonly GroupItem[]> {
  const at = [...AT, 'dev-dependencies'];
  return new Map(
    Object.entries(toml.tableAt(...at) ?? {}).map(([group, list]) => {
      if (!Array.isArray(list)) throw wrong(toml, at, group, `the group \`${group}\` is not a list`);
      const items = list.map((item: unknown) => {
        if (typeof item !== 'string')
          throw wrong(toml, at, group, `the group \`${group}\` contains an item that is not a string`);
        const origin = toml.origin(at, group, item);
        const [, path] = /^-e\s+(.+)$/.exec(item) ?? [];
        if (path === undefined) return { value: item, origin };
        const [, address = '', name] = /^(.*?)#egg=(.+)$/.exec(path) ?? [];
        if (name !== undefined)
          return { value: `${name} @ ${address.replace('file:///${PROJECT_ROOT}/', 'file:')}`, origin };
        throw wrong(toml, at, group, `\`${item}\` has no name`, 'editable requirements end with `#egg=NAME`');
      });
      return [group, items];
    }),
  );
}

/** `[tool.pdm.resolution]`, in uv's terms. @param base where paths begin @throws ElementError METADATA for what has no such terms */
export function readPdmResolution(
  toml: TomlFile,
  base: AddressBase,
): {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly prereleases?: PrereleaseMode;
  readonly overrides?: readonly Requirement[];
} {
  const at = [...AT, 'resolution'];
  const table = toml.tableAt(...at) ?? {};
  const known = ['overrides', 'allow-prereleases', 'respect-source-order'];
  const other = Object.keys(table).find((key) => !known.includes(key));
  if (other !== undefined) {
    throw wrong(
      toml,
      at,
      other,
      `\`tool.pdm.resolution.${other}\` is not supported`,
      'remove it, or exclude the project (option `exclude`)',
    );
  }
  const overrides = toml.tableAt(...at, 'overrides') ?? {};
  const read = Object.entries(overrides).map(([name, value]) => {
    const place = [...at, 'overrides'];
    if (typeof value !== 'string') throw wrong(toml, place, name, `the override of \`${name}\` is not a string`);
    const isAddress = value.includes('://');
    const text = isAddress ? `${name} @ ${value}` : /^[<>=!~]/.test(value) ? `${name}${value}` : `${name}==${value}`;
    const override = parseRequirement(text, toml.origin(place, name));
    const { url } = override;
    return url === undefined ? override : { ...override, url: canonicalAddress(url, base) };
  });
  const lines = read.map(formatRequirement);
  return {
    ...(lines.length === 0 ? {} : { settings: { 'override-dependencies': lines.sort() }, overrides: read }),
    ...(table['allow-prereleases'] === true ? { prereleases: 'allow' } : {}),
  };
}

/** `[[tool.pdm.source]]`: the one named `pypi` stands for the index that there is without any. */
export function readPdmIndexes(toml: TomlFile): UvTable | undefined {
  const sources = toml.tableAt(...AT)?.source;
  if (!Array.isArray(sources) || sources.length === 0) return undefined;
  const indexes: UvIndex[] = [];
  const findLinks: string[] = [];
  const insecureHosts: string[] = [];
  for (const source of sources as unknown[]) {
    const { name, url, type, verify_ssl: verifies, ...rest } = isTable(source) ? source : {};
    if (typeof url !== 'string') throw wrong(toml, AT, 'source', 'a source has no `url`');
    const bound = ['include_packages', 'exclude_packages'].find((key) => rest[key] !== undefined);
    if (bound !== undefined) {
      throw wrong(
        toml,
        AT,
        'source',
        `\`${bound}\` of a source is not supported`,
        'pin names to an index in `[tool.uv.sources]`',
      );
    }
    if (verifies === false && URL.canParse(url)) insecureHosts.push(new URL(url).host);
    if (type === 'find_links') findLinks.push(url);
    else {
      const named = typeof name === 'string' ? { name } : {};
      indexes.push({ ...named, url, isDefault: name === 'pypi', isExplicit: false });
    }
  }
  return { indexes, extraIndexUrls: [], findLinks, insecureHosts, noIndex: false };
}

function wrong(toml: TomlFile, at: readonly string[], key: string, message: string, hint?: string): ElementError {
  return new ElementError({ code: 'METADATA', message, origin: toml.origin(at, key), hint });
}
