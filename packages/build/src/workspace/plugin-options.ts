import { ElementError, type Origin } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { normalizeName, type ProjectSettings } from '@wheelhouse/python/internal';
import type { PinnedIndex } from '@wheelhouse/python/fetch';
import { checkOption, isObject, type Fail, type OptionPath, type PluginOptionSchema } from './option-check.js';
import { pinnedIndexes } from './pinned-indexes.js';
import type { PluginOptionsSchema } from './plugin-options.schema.js';
import schema from './plugin-options.schema.json';
import { parseTargets, TARGETS, type TargetChoices, type TargetOption } from './target-options.js';

/** Options of an entry that are not settings of a project. */
interface EntryOptions {
  /** The interpreter asked for: a path, a command or a version. */
  readonly python?: string;
  /** Groups of projects that are resolved together: patterns of projects, by the names of the groups. */
  readonly resolves?: Readonly<Record<string, readonly string[]>>;
  /** Indexes that names are pinned to. */
  readonly indexes?: readonly PinnedIndex[];
}

/** What the plugin's entry in nx.json says, checked and with its defaults. */
export interface PluginOptions extends EntryOptions {
  readonly targets: TargetChoices;
  readonly settings: ProjectSettings;
}

/** The schemas of all options; those of targets have their own check. */
const PROPERTIES: Readonly<Record<string, PluginOptionSchema>> = schema.properties;

/** The names of all options. */
const KNOWN: readonly string[] = Object.keys(PROPERTIES);

/**
 * Checks the options of a plugin's entry in nx.json.
 *
 * @param value as nx.json has it; `undefined` if it has none
 * @param locate where in nx.json a value of the options is, for callers that have its text
 * @throws ElementError PLUGIN_OPTIONS, or ElementErrors with one for each option that is wrong
 */
export function parsePluginOptions(value: unknown, locate?: (path: OptionPath) => Origin): PluginOptions {
  const errors: ElementError[] = [];
  const fail: Fail = (message, hint, path) => {
    const origin = locate?.(path);
    errors.push(
      new ElementError({
        code: 'PLUGIN_OPTIONS',
        message: `${origin === undefined ? 'nx.json: ' : ''}@wheelhouse/build: ${message}`,
        ...(origin === undefined ? {} : { origin }),
        hint,
      }),
    );
  };
  const options = value === undefined ? {} : value;
  if (!isObject(options)) {
    fail(`the options are \`${JSON.stringify(value)}\``, 'options must be an object', []);
    throwCollected(errors);
    throw new Error('unreachable');
  }
  for (const key of Object.keys(options)) {
    if (KNOWN.includes(key)) continue;
    fail(`unknown option \`${key}\``, `the options are ${KNOWN.map((name) => `\`${name}\``).join(', ')}`, [key]);
  }
  const targets = parseTargets(options, fail);
  const { python, resolves, indexes, ...settings } = rightOptions(options, errors, fail);
  const pinned = indexes === undefined ? undefined : pinnedIndexes(indexes, fail);
  throwCollected(errors);
  return {
    targets,
    ...(python === undefined ? {} : { python }),
    ...(resolves === undefined ? {} : { resolves }),
    ...(pinned === undefined ? {} : { indexes: pinned }),
    settings: settingsOf(settings),
  };
}

/** Those options that are right, but for those about targets. */
function rightOptions(
  options: Readonly<Record<string, unknown>>,
  errors: readonly ElementError[],
  fail: Fail,
): PluginOptionsSchema {
  const right: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(PROPERTIES)) {
    if (options[name] === undefined || Object.hasOwn(TARGETS, name)) continue;
    const before = errors.length;
    checkOption(options[name], schema, name, fail);
    if (errors.length === before) right[name] = options[name];
  }
  return right;
}

/** The schema has what the settings of a project are, and nothing else besides its other options. */
type Settings = Omit<PluginOptionsSchema, keyof EntryOptions | TargetOption>;
type ExactSettings = { readonly [K in keyof Settings]: K extends keyof ProjectSettings ? ProjectSettings[K] : never };

function settingsOf(given: Pick<Settings, keyof ProjectSettings>): ProjectSettings {
  const settings: ExactSettings = given;
  const { noBinary } = given;
  return noBinary === undefined
    ? settings
    : { ...settings, noBinary: [...new Set(noBinary.map(normalizeName))].sort() };
}
