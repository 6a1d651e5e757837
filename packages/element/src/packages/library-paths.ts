import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { errnoOf } from '../base/errno.js';
import { isGlob, nameGlob } from '../base/glob.js';
import type { RootPaths } from './root-paths.js';

/** Where the dynamic linker looks without being told (ld.so(8)). */
const DEFAULTS = ['/lib64', '/usr/lib64', '/lib', '/usr/lib'];

const CONFIGURATION = '/etc/ld.so.conf';

/** Finds shared libraries as the dynamic linker of a system does: in the directories of ld.so.conf(5), then in its own. */
export class LibraryPaths {
  private readonly directories: readonly string[];

  constructor(private readonly paths: RootPaths) {
    this.directories = [...this.configured(CONFIGURATION, new Set()), ...DEFAULTS];
  }

  /** The absolute path of a library. @param name its `DT_SONAME` @returns `undefined` if the system does not have it */
  find(name: string): string | undefined {
    return this.directories
      .map((directory) => posix.join(directory, name))
      .find((path) => {
        const real = this.paths.real(path);
        return real !== undefined && this.paths.stats(real.path) !== undefined;
      });
  }

  private configured(file: string, seen: Set<string>): string[] {
    if (seen.has(file)) return [];
    seen.add(file);
    return this.read(file)
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .flatMap((line) => {
        const included = /^include\s+(\S+)/.exec(line)?.[1];
        if (included !== undefined) {
          const pattern = posix.resolve(posix.dirname(file), included);
          return this.matching(pattern).flatMap((each) => this.configured(each, seen));
        }
        return line.startsWith('/') ? [line] : [];
      });
  }

  private matching(pattern: string): string[] {
    const [directory, name] = [posix.dirname(pattern), posix.basename(pattern)];
    if (!isGlob(name)) return [pattern];
    const matches = nameGlob(name);
    return this.attempt(() => readdirSync(this.paths.absolute(directory)), [])
      .filter((each) => matches(each))
      .sort()
      .map((each) => posix.join(directory, each));
  }

  private read(file: string): string {
    return this.attempt(() => readFileSync(this.paths.absolute(file), 'utf8'), '');
  }

  private attempt<T>(read: () => T, absent: T): T {
    try {
      return read();
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return absent;
      throw error;
    }
  }
}
