import { readdirSync, readFileSync } from 'node:fs';

/** A file or directory in which a distribution's package manager writes down what is installed. */
interface PackageDatabase {
  readonly path: string;
  /** The installed packages with their versions, one a line, sorted. */
  read(path: string): string;
}

const DATABASES: readonly PackageDatabase[] = [
  { path: '/var/lib/dpkg/status', read: readDpkg },
  { path: '/usr/lib/sysimage/rpm/rpmdb.sqlite', read: readWhole },
  { path: '/var/lib/rpm/rpmdb.sqlite', read: readWhole },
  { path: '/lib/apk/db/installed', read: readWhole },
  { path: '/var/lib/pacman/local', read: (path) => readdirSync(path).sort().join('\n') },
];

/** The places where package managers known here keep their databases. */
export function packageDatabasePaths(): readonly string[] {
  return DATABASES.map(({ path }) => path);
}

/** What the package database at `path` says is installed: text that changes with every upgrade. */
export function readPackageDatabase(path: string): string {
  const database = DATABASES.find((candidate) => candidate.path === path);
  if (database === undefined) throw new Error(`no package database is known at ${path}`);
  return database.read(path);
}

/** dpkg's status file (deb822): only packages that are unpacked, with architecture and version. */
function readDpkg(path: string): string {
  const installed: string[] = [];
  for (const paragraph of readFileSync(path, 'utf8').split('\n\n')) {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1] ?? '';
    const [, , state] = field('Status').split(' ');
    if (state === undefined || state === 'not-installed' || state === 'config-files') continue;
    installed.push(`${field('Package')}:${field('Architecture')}=${field('Version')} ${state}`);
  }
  return installed.sort().join('\n');
}

/** A database in a format of its own: its bytes stand for what is installed. */
function readWhole(path: string): string {
  return readFileSync(path, 'latin1');
}
