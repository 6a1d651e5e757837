import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ElementError } from '../base/error.js';
import { Capabilities, ListedPaths } from './listed-paths.js';
import { stampOf } from './path-stamp.js';
import type { InstalledPackage, PackageContents, PackageDatabase } from './package-database.js';

const run = promisify(execFile);

/** The directories of the database, below the root of a system with rpm: the usual one, and that of before. */
export const RPM_DIRECTORIES: readonly string[] = ['/usr/lib/sysimage/rpm', '/var/lib/rpm'];

/** The files of the database, by the formats that rpm has had; what was written last is in the one with `-wal` first. */
export const RPM_FILES: readonly string[] = ['rpmdb.sqlite', 'rpmdb.sqlite-wal', 'Packages.db', 'Packages'];

/** The program that reads it: its format is rpm's own. */
const RPM = '/usr/bin/rpm';

/** A line for each fact, of the kind that its first letter says; a package begins with `N`. */
const FORMAT = [
  String.raw`N %{NAME}\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\t%{ARCH}\t%{PKGID}\n`,
  String.raw`[P %{PROVIDENAME}\n][R %{REQUIRENAME}\n][F %{FILENAMES}\n]`,
].join('');

interface Contents {
  readonly packages: ReadonlyMap<string, InstalledPackage>;
  readonly stamps: ReadonlyMap<string, string>;
  readonly listed: ListedPaths;
}

/** rpm's database, as the program says it. */
export class RpmDatabase implements PackageDatabase {
  readonly manager = 'rpm';
  private known: { readonly stamp: string; readonly contents: Promise<Contents> } | undefined;

  /**
   * @param root the directory that stands for `/`
   * @param directory that of the database, one of {@link RPM_DIRECTORIES}
   * @param program the absolute path of rpm
   */
  constructor(
    private readonly root: string,
    private readonly directory: string,
    private readonly program: string = RPM,
  ) {}

  stamp(): string {
    return RPM_FILES.map((name) => stampOf(join(this.root, this.directory, name))).join(' ');
  }

  async packages(): Promise<ReadonlyMap<string, InstalledPackage>> {
    return (await this.read()).packages;
  }

  async contents(packages: readonly InstalledPackage[]): Promise<PackageContents> {
    const { listed, stamps } = await this.read();
    const files = packages.map(({ id }) => {
      const paths = (): { path: string }[] => listed.of(id).map((path) => ({ path }));
      return [id, { stamp: stamps.get(id) ?? '', paths }] as const;
    });
    return { files: new Map(files), alternatives: [] };
  }

  async owners(paths: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return (await this.read()).listed.owners(paths);
  }

  async endingIn(endings: readonly string[]): Promise<readonly string[]> {
    return (await this.read()).listed.endingIn(endings);
  }

  private async read(): Promise<Contents> {
    const stamp = this.stamp();
    if (this.known?.stamp !== stamp) this.known = { stamp, contents: this.ask() };
    return await this.known.contents;
  }

  private async ask(): Promise<Contents> {
    const directory = join(this.root, this.directory);
    if (!existsSync(this.program)) {
      throw new ElementError({
        code: 'TOOLCHAIN',
        message: `rpm's database \`${directory}\` cannot be read without \`${this.program}\`, which is not installed`,
        hint: 'install rpm, or choose the toolchain `host`',
      });
    }
    try {
      const args = ['--dbpath', directory, '-qa', '--queryformat', FORMAT];
      const { stdout } = await run(this.program, args, { env: { LC_ALL: 'C.UTF-8' }, maxBuffer: 1 << 30 });
      return contentsOf(stdout);
    } catch (error) {
      throw new ElementError({
        code: 'TOOLCHAIN',
        message: `rpm's database cannot be read: \`${directory}\``,
        cause: error,
      });
    }
  }
}

interface Record {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly stamp: string;
  readonly requires: string[];
  readonly provides: string[];
  readonly paths: string[];
}

function contentsOf(text: string): Contents {
  const records: Record[] = [];
  for (const line of text.split('\n')) {
    const [kind, value] = [line.slice(0, 2), line.slice(2)];
    if (kind === 'N ') records.push(recordOf(value));
    const record = records.at(-1);
    if (kind === 'P ') record?.provides.push(value);
    else if (kind === 'R ') record?.requires.push(value);
    else if (kind === 'F ') record?.paths.push(value);
  }
  // Keys that packages are signed with are in the database, too.
  const packages = records.filter(({ name }) => name !== 'gpg-pubkey');
  const native = packages.find(({ name }) => name === 'rpm')?.arch ?? packages.find(({ arch }) => arch !== ANY)?.arch;
  const capabilities = new Capabilities();
  for (const { id, provides, paths } of packages)
    for (const each of [...provides, ...paths]) capabilities.add(each, id);
  return {
    packages: new Map(
      packages.map(({ id, name, version, arch, requires }) => {
        const needs = requires.flatMap((each) =>
          alternativesOf(each).map((names) => names.flatMap((one) => capabilities.of(one))),
        );
        const isNative = arch === ANY || arch === native;
        return [id, { id, name, version, isNative, rank: 0, needs: needs.filter((need) => need.length > 0) }];
      }),
    ),
    stamps: new Map(packages.map(({ id, stamp }) => [id, stamp])),
    listed: new ListedPaths(new Map(packages.map(({ id, paths }) => [id, paths]))),
  };
}

/** The architecture of packages for all. */
const ANY = 'noarch';

function recordOf(value: string): Record {
  const [name = '', version = '', arch = '', stamp = ''] = value.split('\t');
  return { id: `${name}:${arch}`, name, version, arch, stamp, requires: [], provides: [], paths: [] };
}

/**
 * What a requirement can be satisfied by: a capability, or of a boolean one (rpm, "Boolean Dependencies") those of which
 * one is enough. Conditions (`if`, `unless`) ask for nothing that is certain.
 */
function alternativesOf(requirement: string): string[][] {
  if (requirement.startsWith('rpmlib(')) return [];
  if (!requirement.startsWith('(')) return [[requirement]];
  if (/ (?:if|unless|else|with|without) /.test(requirement)) return [];
  const inner = requirement.slice(1, -1);
  const names = (text: string): string[] => text.split(' or ').map((each) => each.trim().split(' ')[0] ?? '');
  return inner.split(' and ').map(names);
}
