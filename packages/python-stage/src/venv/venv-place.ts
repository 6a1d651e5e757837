import { existsSync, lstatSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { isAbsent } from '@wheelhouse/element/internal';

/** The file by which an environment that was made here is known; it holds a {@link VenvStamp}. */
export const STAMP = 'wheelhouse.json';

/** What an environment was made of. */
export interface VenvStamp {
  /** SHA-256 (hex) of everything that it depends on. */
  readonly digest: string;
}

/**
 * Where the environment of a project is: at `path`, relative to the project, with no symbolic link on the way that
 * would give its files two names.
 *
 * @param project absolute path of the project
 * @throws ElementError VENV if that is no place for one
 */
export function venvPlace(project: string, path: string): string {
  const place = isAbsolute(path) ? resolve(path) : resolve(project, path);
  if (!relative(place, project).startsWith('..')) {
    throw refusal(`\`${path}\` contains the project itself`, 'choose a separate directory with the option `path`');
  }
  const parent = existing(dirname(place));
  return join(realpathSync(parent), relative(parent, dirname(place)), basename(place));
}

/**
 * The stamp of the environment at a place; `undefined` if there is nothing yet.
 *
 * @throws ElementError VENV if something is there that was not made here: it would be lost
 */
export function readStamp(place: string): VenvStamp | undefined {
  let stats;
  try {
    stats = lstatSync(place);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  if (stats.isDirectory() && existsSync(join(place, STAMP))) return parse(readFileSync(join(place, STAMP), 'utf8'));
  throw refusal(
    `\`${place}\` already exists, and is not an environment made by Wheelhouse`,
    'remove it, or choose another directory with the option `path`',
  );
}

/** Whether the interpreter of an environment is still there. */
export function hasInterpreter(place: string): boolean {
  return existsSync(join(place, 'bin', 'python'));
}

/** A stamp that cannot be read is that of an environment to be made anew. */
function parse(text: string): VenvStamp {
  try {
    const { digest } = JSON.parse(text) as Partial<VenvStamp>;
    return { digest: digest ?? '' };
  } catch (error) {
    if (error instanceof SyntaxError) return { digest: '' };
    throw error;
  }
}

function existing(directory: string): string {
  return existsSync(directory) ? directory : existing(dirname(directory));
}

function refusal(message: string, hint: string): ElementError {
  return new ElementError({ code: 'VENV', message, hint });
}
