import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError } from '../base/error.js';
import { errnoOf } from '../base/errno.js';
import { readDpkgAlternatives } from './dpkg-alternatives.js';
import { readDpkgStatus } from './dpkg-status.js';
import { stampOf } from './path-stamp.js';
import type {
  InstalledPackage,
  PackageContents,
  PackageDatabase,
  PackageFiles,
  PackagePath,
} from './package-database.js';

/** The file that lists what is installed, below the root of a system with dpkg. */
export const DPKG_STATUS = '/var/lib/dpkg/status';

const INFO = '/var/lib/dpkg/info';
const DIVERSIONS = '/var/lib/dpkg/diversions';
/** What changes with each installation, and each choice of update-alternatives(1). */
const WATCHED = [DPKG_STATUS, DIVERSIONS, '/var/lib/dpkg/alternatives', '/etc/alternatives'];

/** The files of one package have been moved away from where others have theirs (dpkg-divert(1)). */
interface Diversion {
  readonly to: string;
  /** The name of the package that may have its own file there; empty for one that the administrator has made. */
  readonly by: string;
}

/** dpkg's database: `status`, `info/*.list`, `diversions` and `alternatives`. */
export class DpkgDatabase implements PackageDatabase {
  readonly manager = 'dpkg';

  /** @param root the directory that stands for `/` */
  constructor(private readonly root: string) {}

  stamp(): string {
    return WATCHED.map((path) => stampOf(join(this.root, path))).join(' ');
  }

  packages(): ReadonlyMap<string, InstalledPackage> {
    return readDpkgStatus(this.read(DPKG_STATUS));
  }

  contents(packages: readonly InstalledPackage[]): PackageContents {
    const names = new Set(packages.map(({ name }) => name));
    const diversions = this.diversions();
    const files = new Map(packages.map((each) => [each.id, this.filesOf(each, diversions, names)]));
    return { files, alternatives: readDpkgAlternatives(this.root) };
  }

  owners(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
    const owners = new Map<string, Set<string>>();
    for (const file of this.lists()) {
      const text = `\n${this.read(join(INFO, file))}`;
      for (const path of paths) {
        if (spellings(path).some((each) => owns(text, each)))
          owners.set(path, (owners.get(path) ?? new Set()).add(file.slice(0, -LIST.length)));
      }
    }
    const ids = this.idsByList();
    return new Map(
      paths.flatMap((path) => {
        const known = [...(owners.get(path) ?? [])].flatMap((name) => ids.get(name) ?? []).sort();
        return known.length === 0 ? [] : [[path, known] as const];
      }),
    );
  }

  endingIn(endings: readonly string[]): readonly string[] {
    const ids = this.idsByList();
    return this.lists().flatMap((file) => {
      const text = this.read(join(INFO, file));
      return endings.some((ending) => text.includes(`${ending}\n`)) ? (ids.get(file.slice(0, -LIST.length)) ?? []) : [];
    });
  }

  private filesOf(
    { id, name }: InstalledPackage,
    diversions: ReadonlyMap<string, Diversion>,
    names: ReadonlySet<string>,
  ): PackageFiles {
    const file = this.listFile(id, name);
    // Diversions of packages that are not taken are undone: they must not show in what is taken.
    const place = (path: string): PackagePath => {
      const diversion = diversions.get(path);
      if (diversion === undefined || diversion.by === name) return { path };
      return names.has(diversion.by) ? { path: diversion.to } : { path, onDisk: diversion.to };
    };
    const diverted = [...diversions].filter(([, { by }]) => by !== name && names.has(by)).map(([path]) => path);
    return {
      stamp: [stampOf(join(this.root, INFO, file)), ...diverted].join(' '),
      paths: () =>
        this.read(join(INFO, file))
          .split('\n')
          .filter((line) => line.startsWith('/') && line !== '/.')
          .map(place),
    };
  }

  /** Packages that can be installed for several architectures have it in the name of their list. */
  private listFile(id: string, name: string): string {
    for (const file of [`${id}${LIST}`, `${name}${LIST}`]) {
      if (stampOf(join(this.root, INFO, file)) !== '') return file;
    }
    throw new ElementError({
      code: 'TOOLCHAIN',
      message: `dpkg has no list of the files of \`${id}\`: \`${join(this.root, INFO, `${name}${LIST}`)}\` does not exist`,
      hint: `install it again: \`sudo apt-get install --reinstall ${name}\``,
    });
  }

  private lists(): string[] {
    return readdirSync(join(this.root, INFO))
      .filter((name) => name.endsWith(LIST))
      .sort();
  }

  /** The identities of packages by the names of their lists. */
  private idsByList(): ReadonlyMap<string, string> {
    const ids = new Map<string, string>();
    for (const { id, name } of this.packages().values()) {
      ids.set(id, id);
      ids.set(name, id);
    }
    return ids;
  }

  private diversions(): ReadonlyMap<string, Diversion> {
    const lines = this.readIfThere(DIVERSIONS).split('\n');
    const diversions = new Map<string, Diversion>();
    for (let at = 0; at + 2 < lines.length; at += 3) {
      const [path = '', to = '', by = ''] = lines.slice(at, at + 3);
      diversions.set(path, { to, by: by === ':' ? '' : by });
    }
    return diversions;
  }

  private read(path: string): string {
    try {
      return readFileSync(join(this.root, path), 'utf8');
    } catch (error) {
      throw new ElementError({
        code: 'TOOLCHAIN',
        message: `dpkg's database cannot be read: \`${join(this.root, path)}\``,
        cause: error,
      });
    }
  }

  private readIfThere(path: string): string {
    try {
      return readFileSync(join(this.root, path), 'utf8');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return '';
      throw error;
    }
  }
}

const LIST = '.list';

/** Directories of a system that keeps all in `/usr` are listed by some packages without it. */
const MERGED = /^\/usr(?=\/(?:bin|sbin|lib[^/]*)(?:\/|$))/;

/** A path, and how packages list it that do not know of `/usr` being merged. */
function spellings(path: string): string[] {
  return MERGED.test(path) ? [path, path.replace(MERGED, '')] : [path];
}

/** @param text the list of a package, a path a line, with a line end before the first one */
function owns(text: string, path: string): boolean {
  if (!text.includes(`\n${path}\n`)) return false;
  const below = `\n${path}/`;
  if (!text.includes(below)) return true;
  // A directory that packages share says nothing; a file in it does.
  for (let at = text.indexOf(below); at !== -1; at = text.indexOf(below, at + 1)) {
    const line = text.slice(at + 1, text.indexOf('\n', at + 1));
    if (!line.slice(below.length - 1).includes('/') && !text.includes(`\n${line}/`)) return true;
  }
  return false;
}
