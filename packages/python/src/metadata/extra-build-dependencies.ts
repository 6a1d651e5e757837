import { ElementError, type Origin } from '@wheelhouse/element';
import type { UvSettingsFile } from './settings/uv-resolution.js';
import { isTable, type TomlFile } from './toml-file.js';
import { normalizeName } from '../requirements/name.js';
import { parseRequirement, type Requirement } from '../requirements/requirement.js';

const KEY = 'extra-build-dependencies';

/** Requirements by the normalised names of the distributions in whose builds they are, too. */
export type ExtraBuildDependencies = Readonly<Record<string, readonly Requirement[]>>;

/**
 * Reads uv's `extra-build-dependencies`: what distributions are built with although they do not declare it.
 * https://docs.astral.sh/uv/reference/settings/#extra-build-dependencies
 *
 * @param file where the settings of uv stand that count for the project; it stands for a `[tool.uv]` beside it
 * @returns `undefined` if there is none
 * @throws ElementError METADATA
 */
export function readExtraBuildDependencies({ toml, at }: UvSettingsFile): ExtraBuildDependencies | undefined {
  const table = toml.tableAt(...at) ?? {};
  return KEY in table ? readTable(toml, at, table[KEY]) : undefined;
}

function readTable(toml: TomlFile, path: readonly string[], value: unknown): ExtraBuildDependencies {
  const origin = toml.origin(path, KEY);
  if (!isTable(value)) throw metadataError(`\`${KEY}\` is not a table`, origin);
  const found: Record<string, Requirement[]> = {};
  for (const [name, list] of Object.entries(value)) {
    // An inline table has the place of its own key.
    const inside = toml.origin([...path, KEY], name);
    const at = inside.line > 1 ? inside : origin;
    if (!Array.isArray(list)) throw metadataError(`\`${KEY}.${name}\` is not a list`, at);
    (found[normalizeName(name)] ??= []).push(...list.map((each: unknown) => requirementOf(each, name, at)));
  }
  return found;
}

function requirementOf(each: unknown, name: string, origin: ReturnType<TomlFile['origin']>): Requirement {
  const text = isTable(each) ? each.requirement : each;
  if (typeof text !== 'string') throw metadataError(`\`${KEY}.${name}\` has an item that is not a requirement`, origin);
  if (isTable(each) && each['match-runtime'] === true) {
    throw metadataError(
      `\`match-runtime\` of \`${text}\` in \`${KEY}.${name}\` is not supported`,
      origin,
      'builds have their own locks: write the version explicitly, such as `torch==2.9.0`',
    );
  }
  return parseRequirement(text, origin);
}

function metadataError(message: string, origin: Origin | undefined, hint?: string): ElementError {
  return new ElementError({ code: 'METADATA', message, origin, hint });
}
