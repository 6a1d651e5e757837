import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Whether uv looks for settings in a project's directory. https://docs.astral.sh/uv/reference/environment/ */
export function readsProjects({ UV_NO_CONFIG: none, UV_CONFIG_FILE: file }: NodeJS.ProcessEnv): boolean {
  return !isSet(none) && (file ?? '') === '';
}

/** The user's and the system's, as uv looks for them. https://docs.astral.sh/uv/concepts/configuration-files/ */
export function uvConfigurationFiles(environment: NodeJS.ProcessEnv): string[] {
  const named = environment.UV_CONFIG_FILE ?? '';
  if (named !== '') return [named];
  if (isSet(environment.UV_NO_CONFIG)) return [];
  const { HOME: home = '', XDG_CONFIG_HOME: configured = '', XDG_CONFIG_DIRS: directories = '' } = environment;
  const own = configured === '' ? join(home, '.config') : configured;
  const common = (directories === '' ? '/etc/xdg' : directories).split(':').filter((directory) => directory !== '');
  const system = [...common.map((directory) => join(directory, 'uv', 'uv.toml')), '/etc/uv/uv.toml'];
  const user = home === '' && configured === '' ? [] : [join(own, 'uv', 'uv.toml')];
  return [...user.filter((path) => existsSync(path)), ...system.filter((path) => existsSync(path)).slice(0, 1)];
}

/** Whether a variable of uv is switched on. */
export function isSet(value: string | undefined): boolean {
  return ['1', 'true', 'yes', 'on', 't', 'y'].includes((value ?? '').toLowerCase());
}
