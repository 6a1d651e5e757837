import { ElementError } from '@wheelhouse/element';
import type { PoetryTable } from './poetry-table.js';
import { canonicalAddress, type AddressBase } from '../../requirements/address.js';
import { parseRequirement, type Requirement } from '../../requirements/requirement.js';
import type { RequirementSource } from '../settings/resolution-settings.js';

/** What Poetry's table adds to requirements that `[project]` has. */
export interface Enrichment {
  readonly sources: readonly RequirementSource[];
  readonly constraints: readonly Requirement[];
}

/**
 * What `[tool.poetry.dependencies]` says of dependencies that `[project]` lists: where they come from and which versions
 * of them are locked. The wheel's metadata has none of it. Names that `[project]` does not list count for nothing there.
 * https://python-poetry.org/docs/dependency-specification/#projectdependencies-and-toolpoetrydependencies
 *
 * @param base where paths begin
 * @throws ElementError METADATA for a name with an address that has several entries, or a marker
 */
export function enrichmentOf({ all }: PoetryTable, base: AddressBase): Enrichment {
  const parsed = all.map(({ text, origin }) => parseRequirement(text, origin));
  const located = parsed.filter(({ url }) => url !== undefined);
  for (const { name, normalizedName, marker, origin } of located) {
    if (marker === undefined && parsed.filter((each) => each.normalizedName === normalizedName).length === 1) continue;
    throw new ElementError({
      code: 'METADATA',
      message: `\`${name}\` comes from a URL under a condition`,
      origin,
      hint: 'a distribution can only come from one source; write the URL into the requirement in `[project]`: `name @ ADDRESS ; marker`',
    });
  }
  return {
    sources: located.flatMap(({ normalizedName, url, origin }) =>
      url === undefined || origin === undefined
        ? []
        : [{ package: normalizedName, url: canonicalAddress(url, base), origin }],
    ),
    constraints: parsed
      .filter(({ url, specifier }) => url === undefined && specifier !== '')
      .map((each) => ({ ...each, extras: [] })),
  };
}
