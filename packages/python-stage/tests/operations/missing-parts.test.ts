import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { openPackageDatabase, type PackageDatabase } from '@wheelhouse/element/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { aptFile } from '../../src/operations/apt-file.js';
import { missingParts } from '../../src/operations/missing-parts.js';
import { hintsFor } from '../../src/operations/system-hint.js';

describe('what a log says is missing', () => {
  test.each([
    [
      'psycopg/x.c:1:10: fatal error: libpq-fe.h: No such file or directory\n    1 | #include <libpq-fe.h>',
      'libpq-fe.h',
    ],
    ["a.c:1:10: fatal error: 'ffi.h' file not found", 'ffi.h'],
    ['/usr/bin/ld: cannot find -lpq: No such file or directory\ncollect2: error', '-lpq'],
    ['ld.lld: error: unable to find library -lxml2', '-lxml2'],
    ['Package libpq was not found in the pkg-config search path.', 'libpq'],
    ["Package 'openssl', required by 'virtual:world', not found", 'openssl'],
    ["No package 'libxml-2.0' found", 'libxml-2.0'],
    ['meson.build:4:6: ERROR: Dependency "openblas" not found, tried pkgconfig', 'openblas'],
    ['/bin/sh: 1: xml2-config: not found', 'xml2-config'],
    ['configure: line 3: nasm: command not found', 'nasm'],
    ['Error: pg_config executable not found.', 'pg_config'],
    ['OSError: mysql_config not found', 'mysql_config'],
    ["error: command 'gcc' failed: No such file or directory", 'gcc'],
    ["FileNotFoundError: [Errno 2] No such file or directory: 'cmake'", 'cmake'],
    ["meson.build:1:0: ERROR: Program 'swig' not found or not executable", 'swig'],
    ['ImportError: libpq.so.5: cannot open shared object file: No such file or directory', 'libpq.so.5'],
  ])('%s', (log, name) => {
    expect(missingParts(log).map((part) => part.name)).toEqual([name]);
  });

  test('is told once, in its order', () => {
    const log = [
      'a.c:1: fatal error: zlib.h: No such file or directory',
      'sh: 1: nasm: not found',
      'b.c:1: fatal error: zlib.h: No such file or directory',
      'file app.py not found in the archive',
    ].join('\n');
    expect(missingParts(log).map(({ name }) => name)).toEqual(['zlib.h', 'nasm']);
  });
});

describe('the hint', () => {
  const toolchain = { kind: 'packages', manager: 'dpkg', systemPackages: [] } as const;

  /** dpkg's database with a package that has the header, as dpkg lays it out. */
  function database(): PackageDatabase {
    const root = temporaryDirectory();
    mkdirSync(join(root, 'var/lib/dpkg/info'), { recursive: true });
    const packages = { 'libpq-dev': '/usr/include/postgresql/libpq-fe.h', 'doc-of-libpq': '/usr/share/x/libpq-fe.h' };
    for (const [name, path] of Object.entries(packages)) {
      writeFileSync(join(root, `var/lib/dpkg/info/${name}.list`), `/.\n${path}\n`);
    }
    const status = Object.keys(packages).map(
      (name) => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n`,
    );
    writeFileSync(join(root, 'var/lib/dpkg/status'), status.join('\n'));
    const opened = openPackageDatabase(root);
    if (opened === undefined) throw new Error('no database');
    return opened;
  }

  const header = missingParts('x.c:1:10: fatal error: libpq-fe.h: No such file or directory');

  test('names the installed package that has it, and the option', async () => {
    expect(await hintsFor(header, toolchain, { database: database() })).toEqual([
      '`libpq-fe.h` is in the installed package `libpq-dev`, which is not in the toolchain: add it to the option `systemPackages`: `"systemPackages": ["libpq-dev"]`',
    ]);
  });

  test('is not given where the option has it', async () => {
    const named = { ...toolchain, systemPackages: ['libpq-dev'] };
    expect(await hintsFor(header, named, { database: database() })).toEqual([]);
  });

  test('says how to install what is not installed, by its name', async () => {
    const parts = missingParts('x.c:1:10: fatal error: xcb/xcb.h: No such file or directory\nsh: 1: nasm: not found');
    expect(await hintsFor(parts, toolchain, { database: database() })).toEqual([
      '`xcb/xcb.h` may be in the package `libxcb-dev`: install it: `sudo apt-get install libxcb-dev`, and add it to the option `systemPackages`: `"systemPackages": ["libxcb-dev"]`',
      '`nasm` may be in the package `nasm`: install it: `sudo apt-get install nasm`, and add it to the option `systemPackages`: `"systemPackages": ["nasm"]`',
    ]);
    expect(await hintsFor(parts, undefined, { database: database() })).toEqual([
      '`xcb/xcb.h` may be in the package `libxcb-dev`: install it: `sudo apt-get install libxcb-dev`',
      '`nasm` may be in the package `nasm`: install it: `sudo apt-get install nasm`',
    ]);
  });

  test('asks the index of apt-file where there is one', async () => {
    const directory = temporaryDirectory();
    // Prints what apt-file prints for `--package-only`, and the pattern that it was asked for.
    const program = '#!/bin/sh\necho "$4" > "${0%/*}/asked"\nprintf "libxcb1-dev\\nlibxcb1-dev-extra\\n"\n';
    writeFileSync(join(directory, 'apt-file'), program, { mode: 0o755 });
    const indexed = aptFile({ PATH: [directory, process.env.PATH].join(delimiter) });
    const parts = missingParts('x.c:1:10: fatal error: xcb/xcb.h: No such file or directory');
    expect(await hintsFor(parts, toolchain, { database: database(), indexed })).toEqual([
      '`xcb/xcb.h` is in the package `libxcb1-dev`: install it: `sudo apt-get install libxcb1-dev`, and add it to the option `systemPackages`: `"systemPackages": ["libxcb1-dev"]`',
    ]);
    expect(aptFile({ PATH: temporaryDirectory() })).toBeUndefined();
  });
});
