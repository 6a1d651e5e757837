import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What lies at a path of a package: a file's content, a link, or a directory. */
type Entry = string | { readonly link: string } | { readonly mode: number; readonly content: string } | null;

/** A package of a {@link DpkgSystem}. */
export interface TestPackage {
  readonly version?: string;
  readonly architecture?: string;
  /** Further fields of its paragraph in the status file. */
  readonly fields?: Readonly<Record<string, string>>;
  /** By the absolute path that its list has; `null` for a directory. */
  readonly files?: Readonly<Record<string, Entry>>;
  /** Whether the name of its list has the architecture. */
  readonly qualified?: boolean;
}

/** The root of a system with dpkg, made by hand as dpkg lays it out. `/bin` and `/lib` are links into `/usr`. */
export class DpkgSystem {
  private readonly packages = new Map<string, { name: string } & TestPackage>();

  constructor(readonly root: string) {
    for (const directory of ['/usr/bin', '/usr/lib', '/var/lib/dpkg/info', '/var/lib/dpkg/alternatives']) {
      mkdirSync(join(root, directory), { recursive: true });
    }
    symlinkSync('usr/bin', join(root, 'bin'));
    symlinkSync('usr/lib', join(root, 'lib'));
    this.install('dpkg', { files: { '/usr/bin/dpkg': 'dpkg' } });
  }

  /** Writes a package's files and what the database says of it. */
  install(name: string, entry: TestPackage): this {
    const { architecture = 'amd64', files = {}, qualified = false } = entry;
    this.packages.set(`${name}:${architecture}`, { name, ...entry });
    const paths = Object.keys(files);
    for (const [path, content] of Object.entries(files)) this.put(path, content);
    const directories = new Set(paths.flatMap(parents));
    const list = ['/.', ...directories, ...paths].map((line) => `${line}\n`).join('');
    this.write(`/var/lib/dpkg/info/${name}${qualified ? `:${architecture}` : ''}.list`, list);
    return this.writeStatus();
  }

  remove(name: string): this {
    const [id = ''] = [...this.packages].find(([, each]) => each.name === name) ?? [];
    const { files = {} } = this.packages.get(id) ?? {};
    for (const path of Object.keys(files)) rmSync(join(this.root, path), { force: true, recursive: true });
    rmSync(join(this.root, `/var/lib/dpkg/info/${name}.list`));
    this.packages.delete(id);
    return this.writeStatus();
  }

  /** Writes a file of no package, or over one. */
  put(path: string, entry: Entry): this {
    const absolute = join(this.root, path);
    if (entry === null) mkdirSync(absolute, { recursive: true });
    else if (typeof entry === 'string') this.write(path, entry);
    else if ('link' in entry) {
      mkdirSync(dirname(absolute), { recursive: true });
      rmSync(absolute, { force: true });
      symlinkSync(entry.link, absolute);
    } else {
      this.write(path, entry.content);
      chmodSync(absolute, entry.mode);
    }
    return this;
  }

  private write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  /** As dpkg does it: a new file takes the place of the old one. */
  private writeStatus(): this {
    const paragraphs = [...this.packages.values()].map(
      ({ name, version = '1.0', architecture = 'amd64', fields = {} }) =>
        [
          `Package: ${name}`,
          'Status: install ok installed',
          `Architecture: ${architecture}`,
          `Version: ${version}`,
          ...Object.entries(fields).map(([field, value]) => `${field}: ${value}`),
          'Description: made by a test',
          ' with a second line',
          '',
        ].join('\n'),
    );
    rmSync(join(this.root, '/var/lib/dpkg/status'), { force: true });
    this.write('/var/lib/dpkg/status', paragraphs.join('\n'));
    return this;
  }
}

function parents(path: string): string[] {
  const parent = dirname(path);
  return parent === '/' ? [] : [...parents(parent), parent];
}
