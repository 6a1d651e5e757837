import { posix } from 'node:path';
import { ElementError } from '../../base/error.js';
import type { MappingNode } from '../node.js';
import { shownPath } from '../../base/system-error.js';

/** What a path of a project leads to; links are not followed. */
export type FileKind = 'file' | 'directory' | 'symlink' | 'other';

/**
 * The documents that a project is loaded from: files of a directory, of a junction, of a template. Every path is
 * relative to the project's directory and `/`-separated.
 */
export interface Documents {
  /**
   * The full name of the junction by which the project is reached, such as `sub.bst` or `sub.bst:deeper.bst`; absent for
   * the project that was opened. It is a part of the places and the names of everything in the project.
   */
  readonly junction?: string | undefined;
  /**
   * The nodes of a document, none of its directives carried out; `undefined` if there is no document.
   *
   * @param label what places call the document; default: the path
   * @throws ElementError PROJ_PATH_INVALID for a path that leads out of the project
   * @throws ElementError LOADING_DIRECTORY, NOT_A_FILE if the path is something else than a file
   * @throws ElementError ENCODING if the file is not UTF-8, SYSTEM if it cannot be read
   * @throws ElementError INVALID_YAML @throws ElementErrors if the text has several errors
   */
  read(path: string, label?: string): Promise<MappingNode | undefined>;
  /** What is at `path`, or `undefined`. @throws ElementError PROJ_PATH_INVALID, SYSTEM */
  kind(path: string): Promise<FileKind | undefined>;
  /** The paths of all files below `directory`, sorted. @throws ElementError PROJ_PATH_INVALID, SYSTEM */
  list(directory: string): Promise<readonly string[]>;
}

/** A path without `.` and doubled slashes. @throws ElementError PROJ_PATH_INVALID if it leads out of the project */
export function normalPath(path: string): string {
  if (path.includes('\0')) {
    throw new ElementError({
      code: 'PROJ_PATH_INVALID',
      message: `Path \`${shownPath(path)}\` contains a NUL character`,
    });
  }
  const normal = posix.normalize(path);
  if (normal === '..' || normal.startsWith('../') || normal.startsWith('/')) {
    throw new ElementError({
      code: 'PROJ_PATH_INVALID',
      message: `Path \`${path}\` leads outside of the project directory`,
    });
  }
  return normal;
}
