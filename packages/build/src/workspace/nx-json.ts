import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParseError } from 'jsonc-parser';
import { ElementError } from '@wheelhouse/element';
import { parsePluginOptions, type PluginOptions } from './plugin-options.js';

/** The name by which nx.json knows the plugin. */
export const PLUGIN = '@wheelhouse/build';

/** An entry of the plugin in nx.json's `plugins`. An nx.json may have several, for different projects. */
export interface PluginEntry {
  readonly options: PluginOptions;
  /** Globs of the metadata files it is for, relative to the workspace; all where there are none. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * The plugin's entries in the nx.json of a workspace. Where it has none, there is one with the defaults.
 *
 * @param workspace absolute path
 * @throws ElementError WORKSPACE, PLUGIN_OPTIONS
 */
export async function readPluginEntries(workspace: string): Promise<PluginEntry[]> {
  const json = (await parseJson(readFileSync(join(workspace, 'nx.json'), 'utf8'))) as NxJson | undefined;
  const entries = (json?.plugins ?? []).flatMap((entry) => pluginEntry(entry) ?? []);
  return entries.length > 0 ? entries : [{ options: parsePluginOptions(undefined), include: [], exclude: [] }];
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

function pluginEntry(entry: string | NxPluginEntry): PluginEntry | undefined {
  if (typeof entry === 'string') {
    return entry === PLUGIN ? { options: parsePluginOptions(undefined), include: [], exclude: [] } : undefined;
  }
  if (entry.plugin !== PLUGIN) return undefined;
  return {
    options: parsePluginOptions(entry.options),
    include: entry.include ?? [],
    exclude: entry.exclude ?? [],
  };
}

/** Nx takes comments and trailing commas in nx.json; almost no nx.json has them, so their parser is loaded when it is needed. */
async function parseJson(text: string): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { parse, printParseErrorCode } = await import('jsonc-parser');
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined) return value;
  const before = text.slice(0, first.offset).split('\n');
  throw new ElementError({
    code: 'WORKSPACE',
    message: `this is no JSON: ${printParseErrorCode(first.error)} at \`${text.slice(first.offset, first.offset + first.length)}\``,
    origin: { file: 'nx.json', line: before.length, column: before.at(-1)?.length ?? 0 },
  });
}
