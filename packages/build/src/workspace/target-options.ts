import { isObject, type Fail } from './option-check.js';
import type { PluginOptionsSchema } from './plugin-options.schema.js';
import schema from './plugin-options.schema.json';

/** What is said of a target wherever it is inferred: its usual name, and those options of its executor that nx.json may set. */
export interface KnownTarget {
  readonly name: string;
  /** Names of options in the executor's schema. */
  readonly options: readonly string[];
}

/** The option that is about one target: one that can be `false`. */
export type TargetOption = {
  [K in keyof PluginOptionsSchema]-?: false extends PluginOptionsSchema[K] ? K : never;
}[keyof PluginOptionsSchema];

/** What the schema says of an option: one about a target can be `false`, or else an object. */
interface PropertySchema {
  readonly description: string;
  readonly oneOf?: readonly { readonly properties?: { readonly targetName: { readonly default: string } } }[];
}

const PROPERTIES: Readonly<Record<string, PropertySchema>> = schema.properties;

/** The targets a Python project can get, by the names of their options. */
export const TARGETS: Readonly<Record<TargetOption, KnownTarget>> = Object.fromEntries(
  Object.entries(PROPERTIES).flatMap(([option, { oneOf = [] }]) =>
    oneOf.flatMap(({ properties }): [string, KnownTarget][] => {
      if (properties === undefined) return [];
      const { targetName, ...options } = properties;
      return [[option, { name: targetName.default, options: Object.keys(options) }]];
    }),
  ),
) as Record<TargetOption, KnownTarget>;

/** The options that are about targets. */
export const TARGET_OPTIONS: readonly TargetOption[] = Object.keys(TARGETS) as TargetOption[];

/** A target as nx.json has it. */
export interface TargetChoice {
  readonly name: string;
  /** What its executor is given unless the project says otherwise. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Every target as nx.json has it; `undefined` for one that is left out. */
export type TargetChoices = Readonly<Record<TargetOption, TargetChoice | undefined>>;

/** Checks what nx.json says of the targets. Values of executors' options are Nx's to check, by the executors' schemas. */
export function parseTargets(options: Readonly<Record<string, unknown>>, fail: Fail): TargetChoices {
  const choices = Object.fromEntries(
    TARGET_OPTIONS.map((option) => [option, parseTarget(option, options[option], fail)]),
  ) as TargetChoices;
  for (const [index, option] of TARGET_OPTIONS.entries()) {
    const name = choices[option]?.name;
    const other = TARGET_OPTIONS.slice(0, index).find((each) => choices[each]?.name === name);
    if (name === undefined || other === undefined) continue;
    fail(`the options \`${other}\` and \`${option}\` both use the target name \`${name}\``, 'rename one of them', [
      option,
    ]);
  }
  return choices;
}

function parseTarget(option: TargetOption, value: unknown, fail: Fail): TargetChoice | undefined {
  const usual = TARGETS[option];
  if (value === undefined) return { name: usual.name, options: {} };
  if (value === false) return undefined;
  const more = usual.options.map((key) => `, "${key}": ...`).join('');
  const hint = `it must be \`{"targetName": "${usual.name}"${more}}\`, or \`false\` to omit the target`;
  if (!isObject(value)) {
    fail(`the option \`${option}\` is \`${JSON.stringify(value)}\``, hint, [option]);
    return { name: usual.name, options: {} };
  }
  const { targetName = usual.name, ...options } = value;
  for (const key of Object.keys(options)) {
    if (!usual.options.includes(key)) fail(`unknown option \`${option}.${key}\``, hint, [option, key]);
  }
  if (typeof targetName === 'string' && targetName !== '') return { name: targetName, options };
  fail(`the option \`${option}.targetName\` is \`${JSON.stringify(targetName)}\``, hint, [option, 'targetName']);
  return { name: usual.name, options };
}
