import { posix } from 'node:path';
import { ElementError, throwCollected } from '@wheelhouse/element';
import type { ProjectSettings } from '@wheelhouse/python';

/** The targets a Python project can get, by the names of their options, with the names they have unless told otherwise. */
export const TARGET_NAMES = { lock: 'lock', snapshot: 'snapshot', test: 'test', buildWheel: 'build-wheel' } as const;

/** The option that is about one target. */
export type TargetOption = keyof typeof TARGET_NAMES;

/** What the plugin's entry in nx.json says, checked and with its defaults. */
export interface PluginOptions {
  /** The names of the targets; `undefined` for one that is left out. */
  readonly targets: Readonly<Record<TargetOption, string | undefined>>;
  /** The interpreter asked for: a path, a command or a version. */
  readonly python?: string;
  readonly settings: ProjectSettings;
}

const TARGET_OPTIONS = Object.keys(TARGET_NAMES) as TargetOption[];
const GLOB_LISTS = ['exclude', 'include', 'testInclude'] as const;
const FRONTENDS = ['hook', 'pip'] as const;
const KNOWN: readonly string[] = [...TARGET_OPTIONS, 'python', 'frontend', ...GLOB_LISTS];

/**
 * Checks the options of a plugin's entry in nx.json.
 *
 * @param value as nx.json has it; `undefined` where it has none
 * @throws ElementError PLUGIN_OPTIONS, or ElementErrors with one for each option that is wrong
 */
export function parsePluginOptions(value: unknown): PluginOptions {
  const errors: ElementError[] = [];
  const fail = (message: string, hint: string): void => {
    errors.push(new ElementError({ code: 'PLUGIN_OPTIONS', message: `nx.json: @wheelhouse/build: ${message}`, hint }));
  };
  const options = value === undefined ? {} : value;
  if (!isObject(options)) {
    fail(`the options are \`${JSON.stringify(value)}\``, 'options are an object');
    throwCollected(errors);
    throw new Error('unreachable');
  }
  for (const key of Object.keys(options)) {
    if (!KNOWN.includes(key)) fail(`there is no option \`${key}\``, `the options are ${list(KNOWN)}`);
  }
  const targets: Record<TargetOption, string | undefined> = { ...TARGET_NAMES };
  for (const option of TARGET_OPTIONS) targets[option] = targetName(option, options[option], fail);
  checkDistinct(targets, fail);
  const python = options.python;
  if (python !== undefined && (typeof python !== 'string' || python === '')) {
    fail(
      `the option \`python\` is \`${JSON.stringify(python)}\``,
      'it is a path, a command or a version such as "3.12"',
    );
  }
  const { frontend } = options;
  if (frontend !== undefined && !FRONTENDS.some((known) => known === frontend)) {
    fail(`the option \`frontend\` is \`${JSON.stringify(frontend)}\``, `it is one of ${list(FRONTENDS)}`);
  }
  const globs = GLOB_LISTS.flatMap((key) => {
    const found = globList(key, options[key], fail);
    return found === undefined ? [] : [[key, found] as const];
  });
  throwCollected(errors);
  return {
    targets,
    ...(typeof python === 'string' ? { python } : {}),
    settings: {
      ...(frontend === 'hook' || frontend === 'pip' ? { frontend } : {}),
      ...Object.fromEntries(globs),
    },
  };
}

type Fail = (message: string, hint: string) => void;

function targetName(option: TargetOption, value: unknown, fail: Fail): string | undefined {
  if (value === undefined) return TARGET_NAMES[option];
  if (value === false) return undefined;
  const hint = `it is \`{"targetName": "${TARGET_NAMES[option]}"}\`, or \`false\` to leave the target out`;
  if (!isObject(value)) {
    fail(`the option \`${option}\` is \`${JSON.stringify(value)}\``, hint);
    return TARGET_NAMES[option];
  }
  for (const key of Object.keys(value)) if (key !== 'targetName') fail(`there is no option \`${option}.${key}\``, hint);
  const name = value.targetName ?? TARGET_NAMES[option];
  if (typeof name === 'string' && name !== '') return name;
  fail(`the option \`${option}.targetName\` is \`${JSON.stringify(name)}\``, hint);
  return TARGET_NAMES[option];
}

function checkDistinct(targets: Readonly<Record<TargetOption, string | undefined>>, fail: Fail): void {
  for (const [index, option] of TARGET_OPTIONS.entries()) {
    const name = targets[option];
    const other = TARGET_OPTIONS.slice(0, index).find((each) => targets[each] === name);
    if (name === undefined || other === undefined) continue;
    fail(
      `the options \`${other}\` and \`${option}\` both name the target \`${name}\``,
      'give one of them another name',
    );
  }
}

function globList(key: string, value: unknown, fail: Fail): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    fail(`the option \`${key}\` is \`${JSON.stringify(value)}\``, 'it is a list of globs relative to the project');
    return undefined;
  }
  return value.filter((item: unknown, index): item is string => {
    if (typeof item !== 'string' || item === '') {
      fail(`the option \`${key}[${index}]\` is \`${JSON.stringify(item)}\``, 'it is a glob relative to the project');
      return false;
    }
    if (posix.isAbsolute(item) || posix.normalize(item).startsWith('..')) {
      fail(
        `the option \`${key}[${index}]\` leads out of the project: \`${item}\``,
        'globs are relative to the project',
      );
      return false;
    }
    return true;
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
