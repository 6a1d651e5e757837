import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError, openPackageDatabase } from '@wheelhouse/element/internal';
import { RpmDatabase } from '../../src/packages/rpm-database.js';
import { captured, pathsOf } from '../support/packages.js';
import { temporaryPaths } from '../support/temporary.js';

const path = temporaryPaths();

/** Writes files below a directory that stands for `/`. */
function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), content, { mode: file.includes('/bin/') ? 0o755 : 0o644 });
  }
}

describe("apk's database", () => {
  /** In the format of the Alpine wiki's page "Apk spec"; no apk has written it. */
  const DATABASE = `C:Q1abc=
P:musl
V:1.2.5-r0
A:x86_64
T:the musl c library
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1def=

C:Q1ghi=
P:busybox
V:1.36.1-r29
A:x86_64
D:so:libc.musl-x86_64.so.1 !conflicting
p:cmd:sh=1.36.1-r29 /bin/sh
F:bin
R:busybox
Z:Q1jkl=
F:etc
M:0:0:755
R:securetty

C:Q1mno=
P:app
V:1.0-r0
A:x86_64
D:/bin/sh musl>=1.2
F:usr
F:usr/bin
R:app
F:usr/share
F:usr/share/doc
F:usr/share/doc/app
R:README
`;

  function system(): string {
    const root = path();
    write(root, {
      '/lib/apk/db/installed': DATABASE,
      '/lib/ld-musl-x86_64.so.1': 'loader',
      '/bin/busybox': 'busybox',
      '/usr/bin/app': 'app',
      '/usr/share/doc/app/README': 'text',
    });
    return root;
  }

  it('says what packages consist of and need, by names, capabilities and files', async () => {
    const store = path();
    const root = system();
    expect(await pathsOf(store, await captured(store, { packages: ['app'] }, { root }))).toEqual([
      'bin/',
      'bin/busybox*',
      'lib/',
      'lib/ld-musl-x86_64.so.1',
      'usr/',
      'usr/bin/',
      'usr/bin/app*',
      'usr/share/',
    ]);
    expect(openPackageDatabase(root)?.manager).toBe('apk');
  });

  it('says who owns a file, and a directory', async () => {
    const database = openPackageDatabase(system());
    expect([...((await database?.owners(['/usr/bin/app', '/lib', '/usr/bin/none'])) ?? [])]).toEqual([
      ['/lib', ['musl']],
      ['/usr/bin/app', ['app']],
    ]);
    expect(await database?.endingIn(['/bin/busybox'])).toEqual(['busybox']);
  });

  it('that lacks a package says how to install it', async () => {
    const failure: unknown = await captured(path(), { packages: ['gcc'] }, { root: system() }).catch(
      (error: unknown) => error,
    );
    expect(formatError(failure as ElementError)).toBe(
      'toolchain.bst [line 1 column 0]: the package `gcc` is not installed\nhint: install it: `sudo apk add gcc`',
    );
  });
});

describe("rpm's database", () => {
  /** Packages that rpmbuild makes, in a database that rpm writes. */
  function system(): string {
    const root = path();
    const work = path();
    write(work, {
      '/app.spec': `Name: app
Version: 1.0
Release: 1
Summary: made by a test
License: MIT
BuildArch: noarch
Requires: (libapp(abi) or libother)
AutoReqProv: no
%description
made by a test
%package -n lib
Summary: made by a test
Provides: libapp(abi) = 1
AutoReqProv: no
%description -n lib
made by a test
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/lib/app %{buildroot}/usr/share/doc/app
echo program > %{buildroot}/usr/bin/app
chmod 755 %{buildroot}/usr/bin/app
echo library > %{buildroot}/usr/lib/app/lib.py
echo text > %{buildroot}/usr/share/doc/app/README
%files
/usr/bin/app
/usr/share/doc/app
%files -n lib
/usr/lib/app
`,
    });
    const environment = { ...process.env, HOME: work, LC_ALL: 'C.UTF-8' };
    execFileSync('rpmbuild', ['--define', `_topdir ${work}/rpm`, '-bb', join(work, 'app.spec')], {
      env: environment,
      stdio: 'pipe',
    });
    mkdirSync(join(root, 'usr/lib/sysimage/rpm'), { recursive: true });
    const packages = ['app', 'lib'].map((name) => join(work, `rpm/RPMS/noarch/${name}-1.0-1.noarch.rpm`));
    const database = ['--dbpath', join(root, 'usr/lib/sysimage/rpm')];
    // rpm changes into a root only as root: it is only told of the packages, whose files are written here.
    execFileSync('rpm', [...database, '--justdb', '--nodeps', '--install', ...packages], {
      env: environment,
      stdio: 'pipe',
    });
    write(root, {
      '/usr/bin/app': 'program\n',
      '/usr/lib/app/lib.py': 'library\n',
      '/usr/share/doc/app/README': 'text\n',
    });
    return root;
  }

  it('says what packages consist of and need', async () => {
    const store = path();
    const root = system();
    expect(await pathsOf(store, await captured(store, { packages: ['app'] }, { root }))).toEqual([
      'usr/',
      'usr/bin/',
      'usr/bin/app*',
      'usr/lib/',
      'usr/lib/app/',
      'usr/lib/app/lib.py',
    ]);
    const database = openPackageDatabase(root);
    expect(database?.manager).toBe('rpm');
    expect([...((await database?.owners(['/usr/bin/app', '/usr/lib/app'])) ?? [])]).toEqual([
      ['/usr/bin/app', ['app:noarch']],
      ['/usr/lib/app', ['lib:noarch']],
    ]);
    expect((await database?.packages())?.get('app:noarch')).toEqual({
      id: 'app:noarch',
      name: 'app',
      version: '0:1.0-1',
      isNative: true,
      rank: 0,
      needs: [['lib:noarch']],
    });
  });

  it('cannot be read without rpm', async () => {
    const root = path();
    write(root, { '/var/lib/rpm/rpmdb.sqlite': '' });
    expect(openPackageDatabase(root)?.manager).toBe('rpm');
    const failure: unknown = await new RpmDatabase(root, '/var/lib/rpm', '/usr/bin/there-is-no-rpm')
      .packages()
      .catch((error: unknown) => error);
    expect(formatError(failure as ElementError)).toBe(
      [
        `rpm's database \`${root}/var/lib/rpm\` cannot be read without \`/usr/bin/there-is-no-rpm\`, which is not installed`,
        'hint: install rpm, or choose the toolchain `host`',
      ].join('\n'),
    );
  });

  it('that is damaged is an error', async () => {
    const root = path();
    write(root, { '/var/lib/rpm/rpmdb.sqlite': 'no database' });
    const failure: unknown = await captured(path(), { packages: ['app'] }, { root }).catch((error: unknown) => error);
    expect(formatError(failure as ElementError)).toContain(`rpm's database cannot be read: \`${root}/var/lib/rpm\``);
  });
});
