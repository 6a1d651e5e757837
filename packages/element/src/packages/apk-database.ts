import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError } from '../base/error.js';
import { Capabilities, ListedPaths } from './listed-paths.js';
import { stampOf } from './path-stamp.js';
import type { InstalledPackage, PackageContents, PackageDatabase } from './package-database.js';

/** The files that list what is installed, below the root of a system with apk: of apk 2, and of 3. */
export const APK_INSTALLED: readonly string[] = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];

/** A paragraph of the database (https://wiki.alpinelinux.org/wiki/Apk_spec, "Installed Database V2"). */
interface Paragraph {
  readonly name: string;
  readonly version: string;
  readonly checksum: string;
  readonly depends: readonly string[];
  readonly provides: readonly string[];
  readonly paths: readonly string[];
}

interface Contents {
  readonly packages: ReadonlyMap<string, InstalledPackage>;
  readonly checksums: ReadonlyMap<string, string>;
  readonly listed: ListedPaths;
}

/** apk's database: one file of text, which has the paths of all packages. */
export class ApkDatabase implements PackageDatabase {
  readonly manager = 'apk';
  private known: { readonly stamp: string; readonly contents: Contents } | undefined;

  /**
   * @param root the directory that stands for `/`
   * @param file one of {@link APK_INSTALLED}
   */
  constructor(
    private readonly root: string,
    private readonly file: string,
  ) {}

  stamp(): string {
    return stampOf(join(this.root, this.file));
  }

  packages(): ReadonlyMap<string, InstalledPackage> {
    return this.read().packages;
  }

  contents(packages: readonly InstalledPackage[]): PackageContents {
    const { listed, checksums } = this.read();
    const files = packages.map(({ id }) => {
      const paths = (): { path: string }[] => listed.of(id).map((path) => ({ path }));
      return [id, { stamp: checksums.get(id) ?? '', paths }] as const;
    });
    return { files: new Map(files), alternatives: [] };
  }

  owners(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
    return this.read().listed.owners(paths);
  }

  endingIn(endings: readonly string[]): readonly string[] {
    return this.read().listed.endingIn(endings);
  }

  private read(): Contents {
    const stamp = this.stamp();
    if (this.known?.stamp !== stamp) this.known = { stamp, contents: contentsOf(this.text()) };
    return this.known.contents;
  }

  private text(): string {
    const path = join(this.root, this.file);
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new ElementError({
        code: 'TOOLCHAIN',
        message: `apk's database cannot be read: \`${path}\``,
        cause: error,
      });
    }
  }
}

function contentsOf(text: string): Contents {
  const paragraphs = text.split(/\n\n+/).flatMap(paragraphOf);
  const capabilities = new Capabilities();
  for (const { name, provides, paths } of paragraphs) {
    for (const each of [name, ...provides, ...paths]) capabilities.add(each, name);
  }
  const packages = paragraphs.map(({ name, version, depends }): [string, InstalledPackage] => {
    const needs = depends.map((each) => capabilities.of(each)).filter((need) => need.length > 0);
    return [name, { id: name, name, version, isNative: true, rank: 0, needs }];
  });
  return {
    packages: new Map(packages),
    checksums: new Map(paragraphs.map(({ name, checksum }) => [name, checksum])),
    listed: new ListedPaths(new Map(paragraphs.map(({ name, paths }) => [name, paths]))),
  };
}

function paragraphOf(text: string): Paragraph[] {
  const fields = new Map<string, string>();
  const paths: string[] = [];
  let directory = '';
  for (const line of text.split('\n')) {
    const [field, value] = [line.slice(0, 1), line.slice(2)];
    if (field === 'F') {
      directory = value === '' ? '' : `/${value}`;
      if (directory !== '') paths.push(directory);
    } else if (field === 'R') paths.push(`${directory}/${value}`);
    else if (line[1] === ':') fields.set(field, value);
  }
  const [name, version] = [fields.get('P'), fields.get('V')];
  if (name === undefined || version === undefined) return [];
  // A name that begins with `!` must not be installed.
  const depends = listOf(fields.get('D')).filter((each) => !each.startsWith('!'));
  return [{ name, version, checksum: fields.get('C') ?? '', depends, provides: listOf(fields.get('p')), paths }];
}

/** Names without the versions that follow them. */
function listOf(field = ''): string[] {
  return field
    .split(' ')
    .map((each) => each.replace(/[<>=~].*/, ''))
    .filter((each) => each !== '');
}
