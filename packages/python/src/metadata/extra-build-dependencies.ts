import { posix } from 'node:path';
import { ElementError, type Origin } from '@wheelhouse/element';
import type { ProjectFiles } from './project-files.js';
import { isTable, TomlFile } from './toml-file.js';
import { normalizeName } from '../requirements/name.js';
import { parseRequirement, type Requirement } from '../requirements/requirement.js';

const KEY = 'extra-build-dependencies';

/** Requirements by the normalised names of the distributions in whose builds they are, too. */
export type ExtraBuildDependencies = Readonly<Record<string, readonly Requirement[]>>;

/**
 * Reads uv's `extra-build-dependencies`: what distributions are built with although they do not declare it. That of the
 * nearest directory counts that has some, from the project's up to the workspace's; a uv.toml stands for the
 * `[tool.uv]` beside it. https://docs.astral.sh/uv/reference/settings/#extra-build-dependencies
 *
 * @returns `undefined` where there is none
 * @throws ElementError METADATA
 */
export function readExtraBuildDependencies(files: ProjectFiles): ExtraBuildDependencies | undefined {
  const { root } = files;
  const depth = root === '.' || root === '' ? 0 : root.split('/').length;
  for (let level = 0; level <= depth; level += 1) {
    const directory = posix.join('.', ...Array<string>(level).fill('..'));
    for (const [name, path] of [
      ['uv.toml', []],
      ['pyproject.toml', ['tool', 'uv']],
    ] as const) {
      const file = posix.join(directory, name);
      const text = files.read(file);
      if (text === undefined) continue;
      const toml = TomlFile.parse(text, files.label(file));
      const table = toml.tableAt(...path);
      if (table !== undefined && KEY in table) return readTable(toml, path, table[KEY]);
      // The `[tool.uv]` beside a uv.toml does not count.
      if (name === 'uv.toml') break;
    }
  }
  return undefined;
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
      'builds have locks of their own: write the version out, such as `torch==2.9.0`',
    );
  }
  return parseRequirement(text, origin);
}

function metadataError(message: string, origin: Origin | undefined, hint?: string): ElementError {
  return new ElementError({ code: 'METADATA', message, origin, hint });
}
