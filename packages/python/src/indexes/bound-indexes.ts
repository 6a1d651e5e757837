import { ElementError } from '@wheelhouse/element';
import type { IndexSettings, PinnedIndex } from './index-settings.js';
import { readsProjects } from './uv-files.js';
import type { IndexBinding, ProjectIndexes } from '../metadata/index-binding.js';
import type { UvIndex } from '../metadata/uv-table.js';
import { publicAddress } from '../requirements/address.js';

/**
 * The indexes that `[tool.uv.sources]` and Poetry's `source` bind names to. The index of a name is looked up in the
 * files of its project, and then among those that uv is configured with.
 *
 * @throws ElementError METADATA for an index that nothing declares, and for a name that two projects bind to two indexes
 */
export function boundIndexes(
  projects: readonly { readonly indexes?: ProjectIndexes }[],
  { configured }: Pick<IndexSettings, 'configured'>,
  environment: NodeJS.ProcessEnv,
): PinnedIndex[] {
  if (!readsProjects(environment)) return [];
  const { variables, files = [] } = configured?.uv ?? {};
  const known = [
    ...(variables?.indexes ?? []),
    ...files.flatMap(({ indexes }) => indexes),
    ...(configured === undefined ? [] : POETRYS_OWN.map((name) => ({ name, url: configured.usual }))),
  ];
  const bound = new Map<string, { readonly binding: IndexBinding; readonly url: string }>();
  for (const { indexes } of projects) {
    for (const binding of indexes?.bindings ?? []) {
      const { url } = indexOf(binding, [...(indexes?.named ?? []), ...known]);
      const other = bound.get(binding.package);
      if (other === undefined) bound.set(binding.package, { binding, url });
      else if (other.url !== url) throw conflict(binding, other.binding);
    }
  }
  const byIndex = new Map<string, PinnedIndex>();
  for (const { binding, url } of bound.values()) {
    const key = `${binding.index} ${url}`;
    const { packages } = byIndex.get(key) ?? { packages: [] };
    byIndex.set(key, { name: binding.index, url, packages: [...packages, binding.package] });
  }
  return [...byIndex.values()];
}

/** What Poetry calls the index that there is without any being declared. */
const POETRYS_OWN = ['PyPI', 'pypi'];

type NamedIndex = Pick<UvIndex, 'name' | 'url'>;

function indexOf({ package: name, index, origin }: IndexBinding, indexes: readonly NamedIndex[]): NamedIndex {
  const found = indexes.find((each) => each.name === index);
  if (found !== undefined && URL.canParse(found.url)) return found;
  if (found !== undefined) {
    const message = `\`${publicAddress(found.url)}\`, the URL of the index \`${index}\`, is not valid`;
    throw new ElementError({ code: 'METADATA', message, origin });
  }
  throw new ElementError({
    code: 'METADATA',
    message: `\`${name}\` is bound to the index \`${index}\`, which nothing declares`,
    origin,
    hint: 'declare it in `[[tool.uv.index]]`, or for Poetry in `[[tool.poetry.source]]`, with its `name` and `url`',
  });
}

function conflict(binding: IndexBinding, other: IndexBinding): ElementError {
  const { file, line } = other.origin;
  return new ElementError({
    code: 'METADATA',
    message: `\`${binding.package}\` is bound to the index \`${binding.index}\` here, but to another one, \`${other.index}\`, in ${file} line ${line}`,
    origin: binding.origin,
    hint: 'projects that are resolved together must use one index for a name',
  });
}
