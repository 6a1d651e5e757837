import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ElementError, ElementErrors, type Origin } from '@wheelhouse/element';
import type { OptionPath } from './option-check.js';
import { nxJsonPlaces, parseNxJson } from './nx-json-text.js';
import { parsePluginOptions, type PluginOptions } from './plugin-options.js';

/** The name by which nx.json knows the plugin. */
export const PLUGIN = '@wheelhouse/build';

/** An entry of the plugin in nx.json's `plugins`. An nx.json may have several, for different projects. */
export interface PluginEntry {
  /** Where some are wrong: those that are right, with the defaults of the others. */
  readonly options: PluginOptions;
  /** What is wrong with its options. */
  readonly error?: ElementError | ElementErrors;
  /** Globs of the metadata files it is for, relative to the workspace; all if there are none. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * The plugin's entries in the nx.json of a workspace. If it has none, there is one with the defaults.
 *
 * @param workspace absolute path
 * @throws ElementError WORKSPACE
 */
export async function readPluginEntries(workspace: string): Promise<PluginEntry[]> {
  const text = readFileSync(join(workspace, 'nx.json'), 'utf8');
  const entries: PluginEntry[] = [];
  for (const { index, entry } of ownEntries(await parseNxJson(text))) {
    const { options, include = [], exclude = [] } = typeof entry === 'string' ? {} : entry;
    entries.push({ ...(await parsePlaced(options, text, index)), include, exclude });
  }
  return entries.length > 0 ? entries : [{ options: parsePluginOptions(undefined), include: [], exclude: [] }];
}

/**
 * The options of an entry, as Nx hands them over, checked. What is wrong has its place in nx.json where it can be found.
 *
 * @param workspace absolute path
 */
export async function checkedOptions(
  options: unknown,
  workspace: string,
): Promise<Pick<PluginEntry, 'options' | 'error'>> {
  const file = join(workspace, 'nx.json');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '{}';
  const own = ownEntries(await parseNxJson(text));
  const found = own.find(({ entry }) => typeof entry !== 'string' && isDeepStrictEqual(entry.options, options));
  return await parsePlaced(options, text, found?.index);
}

/** What is read of an nx.json. */
interface NxJson {
  readonly plugins?: readonly (string | NxPluginEntry)[];
}

interface NxPluginEntry {
  readonly plugin: string;
  readonly options?: unknown;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** The entries of this plugin among all of them. */
function ownEntries(json: unknown): { readonly index: number; readonly entry: string | NxPluginEntry }[] {
  const all = (json as NxJson | undefined)?.plugins ?? [];
  return [...all.entries()]
    .filter(([, entry]) => (typeof entry === 'string' ? entry : entry.plugin) === PLUGIN)
    .map(([index, entry]) => ({ index, entry }));
}

/** Places are looked for when something is wrong: then the options are checked once more. */
async function parsePlaced(
  options: unknown,
  text: string,
  index: number | undefined,
): Promise<Pick<PluginEntry, 'options' | 'error'>> {
  const attempt = attemptToParse(options);
  if (attempt.error === undefined || index === undefined) return attempt;
  const places = await nxJsonPlaces(text);
  return attemptToParse(options, (path) => places(['plugins', index, 'options', ...path]));
}

function attemptToParse(
  options: unknown,
  locate?: (path: OptionPath) => Origin,
): { readonly options: PluginOptions; readonly error?: ElementError | ElementErrors } {
  try {
    return { options: parsePluginOptions(options, locate) };
  } catch (error) {
    if (!(error instanceof ElementError || error instanceof ElementErrors)) throw error;
    return { options: parsePluginOptions(rightOnes(options)), error };
  }
}

/** Those options that nothing is wrong with by themselves: they say what targets are called. */
function rightOnes(options: unknown): Readonly<Record<string, unknown>> {
  let right: Readonly<Record<string, unknown>> = {};
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return right;
  for (const [name, value] of Object.entries(options)) {
    const more = { ...right, [name]: value as unknown };
    try {
      parsePluginOptions(more);
      right = more;
    } catch (error) {
      if (!(error instanceof ElementError || error instanceof ElementErrors)) throw error;
    }
  }
  return right;
}
