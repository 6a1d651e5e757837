import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { readFileBytes } from '@wheelhouse/element/internal';
import type { ProjectFiles } from './project-files.js';
import { isValidName, normalizeName } from '../requirements/name.js';

/** How each file says the name of a distribution, where it says it plainly. */
const NAMES: readonly (readonly [string, RegExp])[] = [
  ['pyproject.toml', /^[ \t]*name[ \t]*=[ \t]*["']([^"'\n]+)["']/m],
  ['setup.cfg', /^name[ \t]*[=:][ \t]*(\S+)/m],
  ['setup.py', /\bname\s*=\s*["']([^"'\n]+)["']/],
];

/**
 * The names that a distribution may have whose metadata cannot be read: those that its files seem to say, or else that
 * of its directory. A requirement for one of them must not be satisfied by an index instead.
 *
 * @returns normalised
 */
export function likelyNames(files: ProjectFiles): string[] {
  const said = NAMES.flatMap(([file, pattern]) => pattern.exec(textOf(files, file))?.[1] ?? []).filter(isValidName);
  const names = said.length > 0 ? said : [posix.basename(files.root)].filter(isValidName);
  return [...new Set(names.map(normalizeName))];
}

function textOf(files: ProjectFiles, name: string): string {
  try {
    return files.read(name) ?? '';
  } catch (error) {
    if (error instanceof ElementError) return error.code === 'OUTSIDE_WORKSPACE' ? '' : bytesOf(files, name);
    throw error;
  }
}

/** Of a file in another encoding, a character for each byte. */
function bytesOf({ directory }: ProjectFiles, name: string): string {
  try {
    return readFileBytes(join(directory, name), name)?.toString('latin1') ?? '';
  } catch (error) {
    if (error instanceof ElementError) return '';
    throw error;
  }
}
