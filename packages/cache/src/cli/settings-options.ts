import { parseArguments, type CommandContext } from '@wheelhouse/element/program';
import { readSettingsFile } from '../config/setting-sources.js';
import { readSettings, SETTINGS, type Settings } from '../config/settings.js';

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
  '  --config FILE'.padEnd(28) + 'the settings file; default: wheelhouse-cache.yml, if it exists',
  ...Object.entries(SETTINGS).map(
    ([name, { form, summary, unless }]) =>
      `  --${name} ${form}`.padEnd(28) + summary + (unless === undefined ? '' : `; default: ${unless}`),
  ),
  '',
  'Each can also be set in the settings file, by its name, or in the environment: --max-age is WHEELHOUSE_CACHE_MAX_AGE.',
  '',
].join('\n');
