import { parseArgs, types, type ParseArgsConfig } from 'node:util';
import { ElementError, ElementErrors, formatError, type SignalledProcess } from '@wheelhouse/element';
import { readSettingsFile } from '../config/setting-sources.js';
import { readSettings, SETTINGS, type Settings } from '../config/settings.js';
import { cacheError } from '../errors.js';

/** What the program ends with: done, the user's error, something was found that should not be, a bug. */
export const EXIT = { done: 0, userError: 1, found: 2, bug: 70 } as const;

/** What a command is given by the process it runs in. */
export interface CommandContext {
  /** Absolute path of the working directory. */
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly output: { write(text: string): unknown };
  readonly process: SignalledProcess;
}

/** A command of `wheelhouse-cache`. */
export interface Command {
  readonly summary: string;
  /** Shown by `--help`, with its newline. */
  readonly help: string;
  /**
   * @param argv what follows the command's name
   * @returns the exit code
   */
  run(argv: readonly string[], context: CommandContext): Promise<number>;
}

/** `util.parseArgs`, whose complaints become a user's error. @throws ElementError USAGE */
export function parseArguments<T extends ParseArgsConfig>(command: string, config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (typeof code !== 'string' || !code.startsWith('ERR_PARSE_ARGS')) throw error;
    const [sentence = ''] = (types.isNativeError(error) ? error.message : '').split('. ');
    throw usage(command, sentence);
  }
}

/** A user's error in how a command is called. */
export function usage(command: string, message: string): ElementError {
  return cacheError(
    'USAGE',
    `wheelhouse-cache ${command}: ${message}`,
    `\`wheelhouse-cache ${command} --help\` says how it is used`,
  );
}

/** Reads the settings of a command that has no other options. @throws ElementError, ElementErrors */
export function settingsOf(
  command: string,
  argv: readonly string[],
  { context, required }: { readonly context: CommandContext; readonly required: readonly ('data' | 'tokens')[] },
): Settings {
  const names = ['config', ...Object.keys(SETTINGS)];
  const { values } = parseArguments(command, {
    args: [...argv],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  });
  const { config, ...options } = values as Readonly<Record<string, string | undefined>>;
  const { cwd, environment } = context;
  return readSettings({ options, environment, cwd, ...readSettingsFile(config, cwd) }, required);
}

/** The lines of `--help` on the settings. */
export const SETTINGS_HELP: string = [
  '  --config FILE'.padEnd(28) + 'the file of settings; wheelhouse-cache.yml unless given, if it is there',
  ...Object.entries(SETTINGS).map(
    ([name, { form, summary, unless }]) =>
      `  --${name} ${form}`.padEnd(28) + summary + (unless === undefined ? '' : `; ${unless} unless given`),
  ),
  '',
  'Each of them may stand in the file by its name, or in the environment: --max-age is WHEELHOUSE_CACHE_MAX_AGE.',
  '',
].join('\n');

/** An error as it is shown, and what the program ends with because of it. */
export function explainFailure(error: unknown): { readonly text: string; readonly exitCode: number } {
  if (error instanceof ElementError || error instanceof ElementErrors) {
    return { text: formatError(error), exitCode: EXIT.userError };
  }
  const text = types.isNativeError(error) ? (error.stack ?? error.message) : String(error);
  return { text: `This is a bug in Wheelhouse.\n${text}`, exitCode: EXIT.bug };
}
