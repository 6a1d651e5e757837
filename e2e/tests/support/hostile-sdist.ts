import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An sdist that misbehaves in its setup.py. */
export interface HostileSdist {
  readonly name: string;
  /** Python that runs whenever setup.py does: for its metadata, too. */
  readonly always: string;
  /** Python that runs when its wheel is built. */
  readonly onBuild: string;
}

/** Writes `<name>-1.0.tar.gz` into a directory. @param directory absolute path */
export function writeHostileSdist(directory: string, { name, always, onBuild }: HostileSdist): void {
  const stem = `${name}-1.0`;
  const root = join(directory, '.unpacked', stem);
  mkdirSync(root, { recursive: true });
  const indented = (text: string): string => text.replace(/^/gm, '    ');
  writeFileSync(
    join(root, 'setup.py'),
    [
      'import sys',
      'from setuptools import setup',
      '',
      always,
      'if "bdist_wheel" in sys.argv:',
      indented(onBuild),
      `setup(name="${name}", version="1.0", py_modules=[])`,
      '',
    ].join('\n'),
  );
  writeFileSync(join(root, 'PKG-INFO'), `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`);
  execFileSync('tar', ['czf', join(directory, `${stem}.tar.gz`), '-C', join(directory, '.unpacked'), stem]);
}
