import { lstatSync, readdirSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { ElementError } from '../../base/error.js';
import type { MappingNode } from '../node.js';
import { shownPath, systemError } from '../../base/system-error.js';
import { readTextFile } from '../../base/text-file.js';

/** What a path of a project leads to; links are not followed. */
export type FileKind = 'file' | 'directory' | 'symlink' | 'other';

/** The files a project is loaded from. Every path is relative to the project's directory and `/`-separated. */
export interface ProjectFiles {
  /**
   * The text of a file, or `undefined` where there is none.
   *
   * @param label what errors call the file; the path unless given
   * @throws ElementError PROJ_PATH_INVALID for a path that leads out of the project
   * @throws ElementError LOADING_DIRECTORY, NOT_A_FILE where the path is something else than a file
   * @throws ElementError ENCODING where the file is not UTF-8, SYSTEM where it cannot be read
   */
  read(path: string, label?: string): string | undefined;
  /** What is at `path`, or `undefined`. @throws ElementError PROJ_PATH_INVALID, SYSTEM */
  kind(path: string): FileKind | undefined;
  /** The paths of all files below `directory`, sorted. */
  list(directory: string): readonly string[];
  /** A dictionary laid over the one that is read from `path`. */
  overlay?(path: string): MappingNode | undefined;
}

/** The files of a directory of this machine. @param directory an absolute path */
export function diskFiles(directory: string): ProjectFiles {
  return new DiskFiles(directory);
}

/** What {@link layeredFiles} puts over other files; the keys are paths as {@link ProjectFiles} has them. */
export interface FileLayer {
  /** Texts of files that hide what is there. */
  readonly texts?: ReadonlyMap<string, string>;
  /** Dictionaries laid over what the files hold. */
  readonly overlays?: ReadonlyMap<string, MappingNode>;
}

/** `below` with texts that hide its files and dictionaries laid over them. */
export function layeredFiles(below: ProjectFiles, layer: FileLayer): ProjectFiles {
  return new LayeredFiles(below, layer.texts ?? new Map(), layer.overlays ?? new Map());
}

/** A path without `.` and doubled slashes. @throws ElementError PROJ_PATH_INVALID where it leads out of the project */
export function normalPath(path: string): string {
  if (path.includes('\0')) {
    throw new ElementError({
      code: 'PROJ_PATH_INVALID',
      message: `Path \`${shownPath(path)}\` has a NUL character`,
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

class DiskFiles implements ProjectFiles {
  constructor(private readonly directory: string) {}

  read(path: string, label?: string): string | undefined {
    const absolute = join(this.directory, normalPath(path));
    try {
      return readTextFile(absolute, label ?? path);
    } catch (error) {
      // The place that was meant helps more than the name.
      if (!(error instanceof ElementError) || error.code !== 'LOADING_DIRECTORY') throw error;
      throw new ElementError({ code: error.code, message: `${absolute} is a directory`, cause: error });
    }
  }

  kind(path: string): FileKind | undefined {
    const absolute = join(this.directory, normalPath(path));
    const stats = attempt(absolute, () => lstatSync(absolute, { throwIfNoEntry: false }));
    if (stats === undefined) return undefined;
    if (stats.isFile()) return 'file';
    if (stats.isDirectory()) return 'directory';
    return stats.isSymbolicLink() ? 'symlink' : 'other';
  }

  list(directory: string): readonly string[] {
    const root = join(this.directory, normalPath(directory));
    return attempt(root, () => readdirSync(root, { recursive: true, withFileTypes: true }))
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(this.directory, join(entry.parentPath, entry.name)))
      .sort();
  }
}

function attempt<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw systemError(error, path) ?? error;
  }
}

class LayeredFiles implements ProjectFiles {
  constructor(
    private readonly below: ProjectFiles,
    private readonly texts: ReadonlyMap<string, string>,
    private readonly overlays: ReadonlyMap<string, MappingNode>,
  ) {}

  read(path: string, label?: string): string | undefined {
    return this.texts.get(normalPath(path)) ?? this.below.read(path, label);
  }

  kind(path: string): FileKind | undefined {
    const normal = normalPath(path);
    if (this.texts.has(normal)) return 'file';
    return this.inside(normal).length > 0 ? 'directory' : this.below.kind(normal);
  }

  list(directory: string): readonly string[] {
    const normal = normalPath(directory);
    const below = this.below.kind(normal) === 'directory' ? this.below.list(normal) : [];
    return [...new Set([...below, ...this.inside(normal)])].sort();
  }

  overlay(path: string): MappingNode | undefined {
    return this.overlays.get(normalPath(path)) ?? this.below.overlay?.(path);
  }

  private inside(directory: string): string[] {
    const prefix = directory === '.' ? '' : `${directory}/`;
    return [...this.texts.keys()].filter((path) => path.startsWith(prefix));
  }
}
