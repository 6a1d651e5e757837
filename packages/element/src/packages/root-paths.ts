import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { posix } from 'node:path';

/** So many links are followed for one path (path_resolution(7)). */
const MAX_LINKS = 40;

/** What stands at a path whose directories are real ones. */
export interface RealPath {
  /** The path by real directories; its last part may be a link. */
  readonly path: string;
  /** The links to directories that were followed, with their targets, by the paths of real directories. */
  readonly links: ReadonlyMap<string, string>;
}

/**
 * Paths of a system below a directory that stands for `/`: links lead below it, too. What is found out about directories
 * is remembered.
 */
export class RootPaths {
  private readonly directories = new Map<string, RealPath | undefined>();

  /**
   * @param root the directory that stands for `/`; `/` itself for this machine
   * @param accepts whether a directory is looked into; default: each is
   */
  constructor(
    private readonly root: string,
    private readonly accepts: (directory: Stats) => boolean = () => true,
  ) {}

  /** The path on this machine. */
  absolute(path: string): string {
    return this.root === '/' ? path : this.root + path;
  }

  /** @returns `undefined` if nothing is there */
  stats(path: string): Stats | undefined {
    return lstatSync(this.absolute(path), { throwIfNoEntry: false });
  }

  /** The path with links among its directories followed. @returns `undefined` if one of these is not a directory */
  real(path: string): RealPath | undefined {
    if (path === '/') return { path, links: new Map() };
    const directory = this.directory(posix.dirname(path));
    if (directory === undefined) return undefined;
    return { path: posix.join(directory.path, posix.basename(path)), links: directory.links };
  }

  private directory(path: string, depth = 0): RealPath | undefined {
    if (path === '/') return { path, links: new Map() };
    const known = this.directories.get(path);
    if (known !== undefined || this.directories.has(path)) return known;
    const found = this.find(path, depth);
    this.directories.set(path, found);
    return found;
  }

  private find(path: string, depth: number): RealPath | undefined {
    const parent = this.directory(posix.dirname(path), depth);
    if (parent === undefined || depth > MAX_LINKS) return undefined;
    const at = posix.join(parent.path, posix.basename(path));
    const stats = this.stats(at);
    if (stats?.isDirectory() === true) {
      return this.accepts(stats) ? { path: at, links: parent.links } : undefined;
    }
    if (stats?.isSymbolicLink() !== true) return undefined;
    const target = readlinkSync(this.absolute(at));
    const led = this.directory(posix.resolve(parent.path, target), depth + 1);
    if (led === undefined) return undefined;
    return { path: led.path, links: new Map([...parent.links, [at, target], ...led.links]) };
  }
}

/** Whether every user can read a file, or look into a directory. */
export function isForAll(stats: Stats): boolean {
  const needed = stats.isDirectory() ? 0o005 : 0o004;
  return (stats.mode & needed) === needed;
}
