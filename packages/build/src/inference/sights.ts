import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import type { Looks } from '@wheelhouse/python/internal';

/** What a file or directory was like: a stat, or, where that says too little, the digest of its content or names. */
type State = readonly [ino: number, size: number, mtimeMs: number, ctimeMs: number] | string;

/** What was looked at: the content of a file, the names in a directory, or a variable of the environment. */
type Kind = 'file' | 'directory' | 'variable';

/** Something that was looked at, with its path relative to the workspace or its name. */
export type Sight = readonly [kind: Kind, path: string, state: State];

/** The coarsest times that file systems keep (FAT: 2 seconds), in milliseconds. */
const GRANULARITY = 2000;

/**
 * What answers were made of, as seen in one computation: nothing is asked of the kernel twice. A file is known by its
 * stat unless it was written less than two seconds before, as in the memo of digests (docs/adr/0100); then it is known by
 * its content. A directory is known by its own stat, which changes whenever a name comes or goes (docs/adr/0108).
 */
export class Sights {
  private readonly stats = new Map<string, Stats | undefined>();
  private readonly prefix: string;

  /**
   * @param workspace absolute path
   * @param environment where variables come from
   * @param started when the computation began, before it looked at anything; milliseconds since 1970
   */
  constructor(
    private readonly workspace: string,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly started: number = Date.now(),
  ) {
    this.prefix = workspace === '/' ? workspace : `${workspace}/`;
  }

  /** Takes down what one answer depends on. */
  record(): SightRecord {
    const seen = new Map<string, Sight | undefined>();
    const look = (path: string, kind: 'file' | 'directory'): void => {
      const stats = this.statOf(path);
      if (stats === undefined) {
        // What is absent is so until its directory changes. A link that leads nowhere may lead somewhere at any time.
        if (dirname(path) === path || isLink(path)) seen.set(path, undefined);
        else look(dirname(path), 'directory');
      } else if (stats.isDirectory() !== (kind === 'directory')) seen.set(path, undefined);
      else if (!seen.has(path)) seen.set(path, this.sightOf(kind, path, stats));
    };
    return {
      file: (path) => {
        look(path, 'file');
      },
      directory: (path) => {
        look(path, 'directory');
      },
      variable: (name) => {
        seen.set(`$${name}`, ['variable', name, this.variable(name)]);
      },
      sights: () => {
        const sights = [...seen.values()];
        return sights.includes(undefined) ? undefined : (sights as Sight[]);
      },
    };
  }

  /**
   * Whether all is as it was.
   *
   * @returns the sights as they are known from now on: the same list if nothing is known better; `undefined` if not
   */
  renew(sights: readonly Sight[]): readonly Sight[] | undefined {
    let renewed: Sight[] | undefined;
    for (const [index, [kind, path, state]] of sights.entries()) {
      if (kind === 'variable') {
        if (this.variable(path) !== state) return undefined;
        continue;
      }
      const absolute = path === '' ? this.workspace : path.startsWith('/') ? path : this.prefix + path;
      const stats = this.statOf(absolute);
      if (stats === undefined) return undefined;
      if (typeof state !== 'string') {
        const [ino, size, mtimeMs, ctimeMs] = state;
        if (stats.ino === ino && stats.size === size && stats.mtimeMs === mtimeMs && stats.ctimeMs === ctimeMs)
          continue;
        return undefined;
      }
      if (stats.isDirectory() !== (kind === 'directory') || contentOf(kind, absolute) !== state) return undefined;
      const better = this.sightOf(kind, absolute, stats);
      if (better === undefined) return undefined;
      if (typeof better[2] === 'string') continue;
      renewed ??= [...sights];
      renewed[index] = better;
    }
    return renewed ?? sights;
  }

  /** `undefined` for what changed since the computation began. */
  private sightOf(kind: 'file' | 'directory', path: string, stats: Stats): Sight | undefined {
    const latest = Math.max(stats.mtimeMs, stats.ctimeMs);
    if (latest >= this.started) return undefined;
    const { ino, size, mtimeMs, ctimeMs } = stats;
    const isOld = latest < this.started - GRANULARITY;
    const state = isOld ? ([ino, size, mtimeMs, ctimeMs] as const) : contentOf(kind, path);
    if (state === undefined) return undefined;
    const isInside = path.startsWith(this.prefix);
    return [kind, isInside ? path.slice(this.prefix.length) : path === this.workspace ? '' : path, state];
  }

  private variable(name: string): string {
    const value = this.environment[name];
    return value === undefined ? '' : createHash('sha256').update(value).digest('base64url');
  }

  private statOf(path: string): Stats | undefined {
    if (this.stats.has(path)) return this.stats.get(path);
    const stats = statOrNone(path);
    this.stats.set(path, stats);
    return stats;
  }
}

/** What one answer depends on. */
export interface SightRecord extends Looks {
  /** A variable of the environment whose value counts. */
  variable(name: string): void;
  /** All of it; `undefined` if that cannot be told, so that the answer may not be remembered. */
  sights(): readonly Sight[] | undefined;
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
}

function statOrNone(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

function contentOf(kind: 'file' | 'directory', path: string): string | undefined {
  try {
    const hash = createHash('sha256');
    if (kind === 'file') return hash.update(readFileSync(path)).digest('base64url');
    const names = readdirSync(path, { withFileTypes: true }).map(
      (entry) => `${entry.name}\0${String(entry.isDirectory())}`,
    );
    return hash.update(names.sort().join('\n')).digest('base64url');
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}
