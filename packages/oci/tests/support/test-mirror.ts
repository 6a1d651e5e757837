import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A package that is made, by the paths of its files; a target begins with `-> `, what is executable with `#!`. */
export interface TestPackage {
  readonly name: string;
  readonly version?: string;
  /** Lines of its control file. */
  readonly fields?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly postinst?: string;
  /** Default: `xz`. */
  readonly compression?: 'xz' | 'gzip' | 'zstd' | 'none';
}

/** A mirror of packages in a directory of its own, made by dpkg-deb and dpkg-scanpackages. */
export class TestMirror {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'wheelhouse-mirror-'));

  /** Puts packages into a suite, besides those it has, and writes its index anew. */
  add(suite: string, packages: readonly TestPackage[]): this {
    const pool = join(this.directory, 'pool', suite);
    mkdirSync(pool, { recursive: true });
    for (const each of packages) this.build(pool, each);
    const index = execFileSync('dpkg-scanpackages', ['--multiversion', `pool/${suite}`], {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const place = join(this.directory, 'dists', suite);
    const name = 'main/binary-amd64/Packages';
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), index);
    const hash = createHash('sha256').update(index).digest('hex');
    writeFileSync(join(place, 'Release'), `Suite: ${suite}\nSHA256:\n ${hash} ${index.byteLength} ${name}\n`);
    return this;
  }

  /** Signs a suite with a key of its own. @returns the path of the keys */
  sign(suite: string): string {
    const home = join(this.directory, 'gnupg');
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const gpg = (...words: readonly string[]): void => {
      execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--yes', ...words], { stdio: 'ignore' });
    };
    const keys = join(this.directory, `${suite}.gpg`);
    const user = `${suite}@example.org`;
    gpg('--passphrase', '', '--quick-generate-key', user, 'ed25519', 'sign', 'never');
    gpg('--output', keys, '--export', user);
    const place = join(this.directory, 'dists', suite);
    gpg('--local-user', user, '--clearsign', '--output', join(place, 'InRelease'), join(place, 'Release'));
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']);
    return keys;
  }

  /** The path of a package's file. */
  file(suite: string, name: string): string {
    const pool = join(this.directory, 'pool', suite);
    const found = readdirSync(pool).find((each) => basename(each).startsWith(`${name}_`));
    return join(pool, found ?? name);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  private build(pool: string, each: TestPackage): void {
    const { name, version = '1', fields = [], files = {}, postinst, compression = 'xz' } = each;
    const root = mkdtempSync(join(this.directory, 'root-'));
    chmodSync(root, 0o755);
    for (const [path, content] of Object.entries(files)) {
      const at = join(root, path);
      mkdirSync(dirname(at), { recursive: true });
      if (content.startsWith('-> ')) symlinkSync(content.slice(3), at);
      else writeFileSync(at, content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
    }
    mkdirSync(join(root, 'DEBIAN'));
    const usual = ['Architecture: amd64', 'Maintainer: Tests <tests@example.org>', 'Description: of a test'];
    const control = [`Package: ${name}`, `Version: ${version}`, ...usual, ...fields];
    writeFileSync(join(root, 'DEBIAN', 'control'), control.map((line) => `${line}\n`).join(''));
    if (postinst !== undefined) writeFileSync(join(root, 'DEBIAN', 'postinst'), postinst, { mode: 0o755 });
    const file = join(pool, `${name}_${version.replaceAll(':', '%3a')}_amd64.deb`);
    execFileSync('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', root, file], { stdio: 'ignore' });
    rmSync(root, { recursive: true });
  }
}

/** The bytes of a file with one of them changed. */
export function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.byteLength >> 1] = (bytes[bytes.byteLength >> 1] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
