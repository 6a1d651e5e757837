import { lstatSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';
import { ElementError, type ErrorCode } from '../../base/error.js';
import type { ScalarNode } from '../node.js';
import { systemError } from '../../base/system-error.js';

/**
 * Checks a path that a project's file gives, which must be inside the project (BuildStream reference:
 * `node_get_project_path`).
 *
 * @param directory the project's directory, an absolute path
 * @param kind what must be there; default: a file or a directory
 * @returns the path as written
 * @throws ElementError PROJ_PATH_INVALID, PROJ_PATH_INVALID_KIND, MISSING_FILE, SYSTEM at the node's place
 */
export function projectPath(directory: string, node: ScalarNode, kind?: 'file' | 'directory'): string {
  try {
    return check(directory, node, kind);
  } catch (error) {
    throw systemError(error)?.at(node.origin) ?? error;
  }
}

function check(directory: string, node: ScalarNode, kind: 'file' | 'directory' | undefined): string {
  const path = node.asString();
  const fail = (code: ErrorCode, message: string): never => {
    throw new ElementError({ code, message, origin: node.origin });
  };
  if (isAbsolute(path)) {
    fail(
      'PROJ_PATH_INVALID',
      `Absolute path: '${path}' invalid.\nPlease specify a path relative to the project's root.`,
    );
  }
  const absolute = join(directory, path);
  if (lstatSync(absolute, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    fail('PROJ_PATH_INVALID_KIND', `Specified path '${path}' must not point to symbolic links `);
  }
  if (path.split('/').find((part) => part !== '.' && part !== '') === '..') {
    fail('PROJ_PATH_INVALID', `Specified path '${path}' first component must not be '..'`);
  }
  const stats = statSync(absolute, { throwIfNoEntry: false });
  if (stats === undefined) return fail('MISSING_FILE', `Specified path '${path}' does not exist`);
  const root = realpathSync.native(directory);
  const real = realpathSync.native(absolute);
  if (real !== root && !real.startsWith(root + sep)) {
    fail('PROJ_PATH_INVALID', `Specified path '${path}' must not lead outside of the project directory`);
  }
  if (stats.isSocket() || stats.isFIFO() || stats.isBlockDevice() || stats.isCharacterDevice()) {
    fail('PROJ_PATH_INVALID_KIND', `Specified path '${path}' points to an unsupported file kind`);
  }
  if (kind === 'file' && !stats.isFile())
    fail('PROJ_PATH_INVALID_KIND', `Specified path '${path}' is not a regular file`);
  if (kind === 'directory' && !stats.isDirectory()) {
    fail('PROJ_PATH_INVALID_KIND', `Specified path '${path}' is not a directory`);
  }
  return path;
}
