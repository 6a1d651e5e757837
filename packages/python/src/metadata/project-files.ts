import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, join, posix, relative } from 'node:path';
import { ElementError, errnoOf } from '@wheelhouse/element';
import { isAbsent } from '../errno.js';

/** The files of one project that its metadata comes from, each read once and remembered by its digest. */
export class ProjectFiles {
  private readonly texts = new Map<string, string | undefined>();

  /**
   * @param directory the project's, absolute
   * @param root the same relative to the workspace
   * @param workspace absolute: nothing is read that lies outside of it, links followed
   */
  constructor(
    readonly directory: string,
    readonly root: string,
    private readonly workspace: string,
  ) {}

  /**
   * A file's text. @param name relative to the project @returns `undefined` where there is no such file
   *
   * @throws ElementError OUTSIDE_WORKSPACE where a link leads out of the workspace
   */
  read(name: string): string | undefined {
    if (!this.texts.has(name)) this.texts.set(name, this.readInside(name));
    return this.texts.get(name);
  }

  private readInside(name: string): string | undefined {
    const path = join(this.directory, name);
    const text = readText(path);
    if (text === undefined) return undefined;
    const real = realpathSync(path);
    if (!relative(realpathSync(this.workspace), real).startsWith('../')) return text;
    throw new ElementError({
      code: 'OUTSIDE_WORKSPACE',
      message: `\`${this.label(name)}\` leads out of the workspace, to \`${real}\``,
      hint: 'a sandbox sees the files of the workspace alone: put the file there',
    });
  }

  /** A file as the user knows it: relative to the workspace. */
  label(name: string): string {
    return posix.join(this.root, name);
  }

  /** Whether a path that metadata names stays inside the project. */
  holds(name: string): boolean {
    const path = posix.normalize(name);
    return !isAbsolute(name) && path !== '..' && !path.startsWith('../');
  }

  /** What was read: names with the SHA-256 of their content, `null` for files that are not there. */
  digests(): Record<string, string | null> {
    return Object.fromEntries([...this.texts].map(([name, text]) => [name, text === undefined ? null : sha256(text)]));
  }

  /** Whether all files of `digests` are what they were then. */
  match(digests: Readonly<Record<string, string | null>>): boolean {
    return Object.entries(digests).every(([name, digest]) => {
      const text = this.read(name);
      return (text === undefined ? null : sha256(text)) === digest;
    });
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isAbsent(error) || errnoOf(error) === 'EISDIR') return undefined;
    throw error;
  }
}
