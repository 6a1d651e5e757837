import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ElementError, type MappingNode, type Origin } from '@wheelhouse/element';
import { errnoOf, parseYaml } from '@wheelhouse/element/internal';
import { cacheError } from '../errors.js';

/** The file of settings that is read where no other one is named. */
export const SETTINGS_FILE = 'wheelhouse-cache.yml';

/** Where settings come from. Options win over the environment, and that over the file. */
export interface SettingSources {
  /** What the command line says, by the names of settings. */
  readonly options: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The file's text as it was read; empty if there is none. */
  readonly file: MappingNode;
  /** Absolute path of the directory that paths in the file are relative to. */
  readonly fileDirectory: string;
  /** Absolute path of the directory that other paths are relative to. */
  readonly cwd: string;
}

/** A setting as the user wrote it. */
export interface WrittenSetting {
  readonly text: string;
  /** What errors call it: `quota` of a file, `--quota`, `WHEELHOUSE_CACHE_QUOTA`. */
  readonly called: string;
  readonly origin?: Origin;
  /** What a path in it is relative to. */
  readonly directory: string;
}

/** The environment variable of a setting. */
export function variableOf(name: string): string {
  return `WHEELHOUSE_CACHE_${name.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Reads the file of settings: the one named `path`, else {@link SETTINGS_FILE} in `cwd` if there is one.
 *
 * @throws ElementError, ElementErrors CACHE_SETTINGS if a named file cannot be read; INVALID_YAML
 */
export function readSettingsFile(
  path: string | undefined,
  cwd: string,
): Pick<SettingSources, 'file' | 'fileDirectory'> {
  const absolute = resolve(cwd, path ?? SETTINGS_FILE);
  let text: string;
  try {
    text = readFileSync(absolute, 'utf8');
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    if (path !== undefined || errno !== 'ENOENT') {
      throw cacheError('CACHE_SETTINGS', `cannot read the settings in \`${absolute}\`: ${errno}`, undefined, error);
    }
    text = '';
  }
  return { file: parseYaml(text, path ?? SETTINGS_FILE), fileDirectory: dirname(absolute) };
}

/** Finds a setting. @throws ElementError INVALID_DATA if the file has something else than a scalar there */
export function findSetting(name: string, sources: SettingSources): WrittenSetting | undefined {
  const option = sources.options[name];
  if (option !== undefined) return { text: option, called: `--${name}`, directory: sources.cwd };
  const variable = sources.environment[variableOf(name)];
  if (variable !== undefined && variable !== '') {
    return { text: variable, called: variableOf(name), directory: sources.cwd };
  }
  const node = sources.file.scalar(name);
  if (node === undefined) return undefined;
  return { text: node.asString(), called: name, origin: node.origin, directory: sources.fileDirectory };
}

/** The error for a setting that is not as it must be. */
export function badSetting({ text, called, origin }: WrittenSetting, expected: string): ElementError {
  return new ElementError({
    code: 'CACHE_SETTINGS',
    message: `\`${called}\` is \`${text}\``,
    origin,
    hint: `it must be ${expected}`,
  });
}

/** The error for a setting that is not set. */
export function missingSetting(name: string, form: string): ElementError {
  return cacheError(
    'CACHE_SETTINGS',
    `\`${name}\` is not set`,
    `pass \`--${name} ${form}\`, set \`${variableOf(name)}\`, or add \`${name}\` to \`${SETTINGS_FILE}\``,
  );
}

/** The path in a setting, made absolute. */
export function pathIn({ text, directory }: WrittenSetting): string {
  return join(resolve(directory, text));
}
