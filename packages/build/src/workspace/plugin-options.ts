import { ElementError, throwCollected, type Origin } from '@wheelhouse/element';
import type { ProjectSettings } from '@wheelhouse/python';
import type { Fail, OptionPath } from './option-kinds.js';
import { ENTRY_OPTIONS, SETTING_OPTIONS, type EntryOptions, type PluginOption } from './plugin-schema.js';
import { parseTargets, TARGET_OPTIONS, type TargetChoices } from './target-options.js';

/** What the plugin's entry in nx.json says, checked and with its defaults. */
export interface PluginOptions extends EntryOptions {
  readonly targets: TargetChoices;
  readonly settings: ProjectSettings;
}

/** The names of all options. */
const KNOWN: readonly string[] = [...TARGET_OPTIONS, ...Object.keys(ENTRY_OPTIONS), ...Object.keys(SETTING_OPTIONS)];

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
  const entry = checked<EntryOptions>(ENTRY_OPTIONS, options, fail);
  const settings = checked<ProjectSettings>(SETTING_OPTIONS, options, fail);
  throwCollected(errors);
  return { targets, ...entry, settings };
}

/** The values of those options of a table that are given. */
function checked<T>(
  table: { readonly [K in keyof T]-?: PluginOption<NonNullable<T[K]>> },
  options: Readonly<Record<string, unknown>>,
  fail: Fail,
): T {
  const given = (Object.keys(table) as (keyof T & string)[]).filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, table[name].kind.check(options[name], name, fail)])) as T;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
