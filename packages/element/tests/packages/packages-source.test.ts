import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatError, LocalStore, readBlob, walkTree } from '@wheelhouse/element/internal';
import { DpkgSystem } from '../support/dpkg-system.js';
import { captured, packagesSource, pathsOf } from '../support/packages.js';
import { temporaryPaths } from '../support/temporary.js';

const path = temporaryPaths();

/** A system in which `app` needs `lib`, which is listed below `/lib`, though that leads into `/usr`. */
function system(root = path()): DpkgSystem {
  return new DpkgSystem(root)
    .install('lib', {
      qualified: true,
      files: { '/lib/libapp.so.1.2': 'library', '/lib/libapp.so.1': { link: 'libapp.so.1.2' } },
    })
    .install('app', {
      fields: { Depends: 'lib (>= 1.0), missing | lib' },
      files: { '/usr/bin/app': { content: 'program', mode: 0o755 } },
    });
}

describe('the packages of a system', () => {
  it('are its files by real directories, with all that they need and the links that lead there', async () => {
    const store = path();
    const tree = await captured(store, { packages: ['app'] }, { root: system().root });
    expect(await pathsOf(store, tree)).toEqual([
      'lib -> usr/lib',
      'usr/',
      'usr/bin/',
      'usr/bin/app*',
      'usr/lib/',
      'usr/lib/libapp.so.1 -> libapp.so.1.2',
      'usr/lib/libapp.so.1.2',
    ]);
  });

  it('are without documentation, byte code, what is not there and what not everybody can read', async () => {
    const { root } = system().install('more', {
      files: {
        '/usr/share/doc/more/copyright': 'text',
        '/usr/share/locale/de/more.mo': 'text',
        '/usr/share/docs': 'not documentation',
        '/usr/lib/more/__pycache__/m.pyc': 'code',
        '/usr/lib/more/m.py': 'source',
        '/etc/secret': { content: 'password', mode: 0o640 },
        '/etc/private/key': 'key',
        '/usr/lib/more/gone': 'gone',
        '/var/lib/more': null,
      },
    });
    rmSync(join(root, 'usr/lib/more/gone'));
    chmodSync(join(root, 'etc/private'), 0o700);
    // Of no package.
    writeFileSync(join(root, 'usr/lib/more/local.py'), 'local');
    const store = path();
    expect(await pathsOf(store, await captured(store, { packages: ['more'] }, { root }))).toEqual([
      'etc/',
      'usr/',
      'usr/lib/',
      'usr/lib/more/',
      'usr/lib/more/m.py',
      'usr/share/',
      'usr/share/docs',
      'var/',
      'var/lib/',
      'var/lib/more/',
    ]);
  });

  it('are the same tree in another directory, in another order, beside other packages', async () => {
    const one = system();
    const other = new DpkgSystem(path());
    other.install('unrelated', { files: { '/usr/bin/unrelated': 'x' } });
    other.install('app', {
      fields: { Depends: 'lib (>= 1.0), missing | lib' },
      files: { '/usr/bin/app': { content: 'program', mode: 0o755 } },
    });
    other.install('lib', {
      files: { '/usr/lib/libapp.so.1': { link: 'libapp.so.1.2' }, '/lib/libapp.so.1.2': 'library' },
    });
    other.put('/usr/lib/libapp.so.9', 'of no package');
    expect(await captured(path(), { packages: ['app'] }, other)).toEqual(
      await captured(path(), { packages: ['app'] }, one),
    );
  });

  it('are another tree where one of them is upgraded, and the same where another package is', async () => {
    const store = path();
    const machine = system().install('other', { files: { '/usr/bin/other': 'one' } });
    const first = await captured(store, { packages: ['app'] }, machine);
    machine.install('other', { version: '2.0', files: { '/usr/bin/other': 'two' } });
    machine.install('another', { files: { '/usr/bin/another': 'x' } });
    expect(await captured(store, { packages: ['app'] }, machine)).toEqual(first);
    machine.remove('another');
    expect(await captured(store, { packages: ['app'] }, machine)).toEqual(first);
    machine.install('lib', { version: '1.1', qualified: true, files: { '/lib/libapp.so.1.2': 'newer' } });
    expect(await captured(store, { packages: ['app'] }, machine)).not.toEqual(first);
  });

  it('are not read again as long as the database is the same, unless they are verified', async () => {
    const store = path();
    const machine = system();
    const first = await captured(store, { packages: ['app'] }, machine);
    machine.put('/usr/bin/app', { content: 'edited', mode: 0o755 });
    expect(await captured(store, { packages: ['app'] }, machine)).toEqual(first);
    const seen = new Map<string, string>();
    const verify = { root: machine.root, verify: true, seen };
    const verified = await captured(store, { packages: ['app'] }, verify);
    expect(verified).not.toEqual(first);
    // Once for a program.
    machine.put('/usr/bin/app', { content: 'edited again', mode: 0o755 });
    expect(await captured(store, { packages: ['app'] }, verify)).toEqual(verified);
    // What was seen then is what is remembered.
    expect(await captured(store, { packages: ['app'] }, machine)).toEqual(verified);
  });

  it('are captured anew where the store has lost them', async () => {
    const store = path();
    const machine = system();
    const first = await captured(store, { packages: ['app'] }, machine);
    rmSync(join(store, 'cas'), { recursive: true });
    // A package beside them: the trees of packages are taken from what is remembered.
    machine.install('other', { files: { '/usr/bin/other': 'x' } });
    const source = packagesSource(store, { packages: ['app'] }, machine);
    await source.consistency();
    expect(await source.fetch(LocalStore.open(store).blobs)).toEqual(first);
    expect(await pathsOf(store, first)).toContain('usr/bin/app*');
    for (const name of readdirSync(join(store, 'cas'))) rmSync(join(store, 'cas', name), { recursive: true });
    expect(await source.fetch(LocalStore.open(store).blobs)).toEqual(first);
    expect(await pathsOf(store, first)).toContain('usr/bin/app*');
  });

  it('are an error where they were lost and are others now', async () => {
    const store = path();
    const machine = system();
    const source = packagesSource(store, { packages: ['app'] }, machine);
    await source.consistency();
    rmSync(join(store, 'cas'), { recursive: true });
    machine.put('/usr/bin/app', { content: 'edited', mode: 0o755 });
    await expect(source.fetch(LocalStore.open(store).blobs).catch(formatError)).resolves.toBe(
      [
        'toolchain.bst [line 1 column 0]: toolchain.bst [source 1]: the installed packages were changed during the build',
        'hint: nothing was recorded; build again',
      ].join('\n'),
    );
  });

  it('that are not installed are an error, but for optional ones', async () => {
    const { root } = system();
    await captured(path(), { packages: ['app'], optional: ['libpq-dev'] }, { root });
    await expect(captured(path(), { packages: ['app', 'libpq-dev'] }, { root }).catch(formatError)).resolves.toBe(
      [
        'toolchain.bst [line 1 column 0]: the package `libpq-dev` is not installed',
        'hint: install it: `sudo apt-get install libpq-dev`',
      ].join('\n'),
    );
  });

  it('are an error on a system without a database', async () => {
    const root = path();
    mkdirSync(root);
    await expect(captured(path(), { packages: ['app'] }, { root }).catch(formatError)).resolves.toBe(
      [
        `toolchain.bst [line 1 column 0]: \`${root}\` has no package database that is known`,
        'hint: the databases of dpkg, rpm and apk are known; a toolchain of kind `host` needs none',
      ].join('\n'),
    );
  });

  it.each(['usr/bin', '/usr/../bin', '/', '/usr//bin'])('are not owners of `%s`', (owner) => {
    expect(() => packagesSource(undefined, { owners: [owner] })).toThrow(
      `\`${owner}\` of 'owners' is not an absolute path`,
    );
  });
});

describe('files that other packages have moved away', () => {
  const machine = (): DpkgSystem =>
    system()
      .install('config', { files: { '/usr/bin/app': { content: 'wrapper', mode: 0o755 } } })
      .put('/usr/bin/app.real', { content: 'program', mode: 0o755 })
      .put('/var/lib/dpkg/diversions', '/usr/bin/app\n/usr/bin/app.real\nconfig\n');

  it('are where their package has them, if the other one is not captured', async () => {
    const store = path();
    const tree = await captured(store, { packages: ['app'] }, machine());
    expect(tree).toEqual(await captured(path(), { packages: ['app'] }, system()));
  });

  it('are where they were moved to, if the other one is captured', async () => {
    const store = path();
    const tree = await captured(store, { packages: ['app', 'config'] }, machine());
    expect((await pathsOf(store, tree)).filter((each) => each.startsWith('usr/bin/app'))).toEqual([
      'usr/bin/app*',
      'usr/bin/app.real*',
    ]);
    const { blobs } = LocalStore.open(store);
    const source = packagesSource(store, { packages: ['app', 'config'] }, machine());
    await source.consistency();
    await source.fetch(blobs);
    expect(await contentAt(store, tree, 'usr/bin/app')).toBe('wrapper');
  });
});

describe('links that are chosen on each machine', () => {
  const group = (mode: string): string =>
    [
      mode,
      '/usr/bin/cc',
      'cc.1.gz',
      '/usr/share/man/man1/cc.1.gz',
      'c99',
      '/usr/bin/c99',
      '',
      '/usr/bin/clang',
      '30',
      '',
      '',
      '/usr/bin/gcc',
      '20',
      '/usr/share/man/man1/gcc.1.gz',
      '/usr/bin/c99-gcc',
      '/usr/bin/tcc',
      '10',
      '',
      '',
      '',
      '',
    ].join('\n');
  const compilers = (mode = 'auto', chosen = '/usr/bin/clang'): DpkgSystem =>
    system()
      .install('gcc', {
        files: { '/usr/bin/gcc': 'gcc', '/usr/bin/c99-gcc': 'c99', '/usr/share/man/man1/gcc.1.gz': 'page' },
      })
      .install('clang', { files: { '/usr/bin/clang': 'clang' } })
      .install('tcc', { files: { '/usr/bin/tcc': 'tcc' } })
      .put('/var/lib/dpkg/alternatives/cc', group(mode))
      .put('/etc/alternatives/cc', { link: chosen })
      .put('/usr/bin/cc', { link: '/etc/alternatives/cc' });
  const links = async (machine: DpkgSystem, ...packages: string[]): Promise<string[]> => {
    const store = path();
    const paths = await pathsOf(store, await captured(store, { packages }, machine));
    return paths.filter((each) => each.includes(' -> ') && !each.includes('lib'));
  };

  it('lead to the best choice of those that are captured, whatever else is installed', async () => {
    expect(await links(compilers(), 'gcc', 'tcc')).toEqual([
      'etc/alternatives/c99 -> /usr/bin/c99-gcc',
      'etc/alternatives/cc -> /usr/bin/gcc',
      'usr/bin/c99 -> /etc/alternatives/c99',
      'usr/bin/cc -> /etc/alternatives/cc',
    ]);
    expect(await links(compilers(), 'tcc')).toEqual([
      'etc/alternatives/cc -> /usr/bin/tcc',
      'usr/bin/cc -> /etc/alternatives/cc',
    ]);
    expect(await links(compilers(), 'app')).toEqual([]);
  });

  it('lead to what the administrator has chosen, if that is captured', async () => {
    const chosen = compilers('manual', '/usr/bin/tcc');
    expect(await links(chosen, 'gcc', 'tcc')).toContain('etc/alternatives/cc -> /usr/bin/tcc');
    expect(await links(chosen, 'gcc')).toContain('etc/alternatives/cc -> /usr/bin/gcc');
  });
});

describe('what no package owns', () => {
  it('is captured at its own path without what is excluded, and is seen to change by its directories', async () => {
    const machine = system().put('/opt/python/bin/python3', { content: 'python', mode: 0o755 });
    machine.put('/opt/python/lib/os.py', 'os').put('/opt/python/lib/__pycache__/os.pyc', 'code');
    machine.put('/opt/python/lib/site-packages/installed.py', 'installed');
    const store = path();
    const config = { owners: ['/opt/python'], exclude: ['/opt/python/lib/site-packages'] };
    const first = await captured(store, config, machine);
    expect(await pathsOf(store, first)).toEqual([
      'opt/',
      'opt/python/',
      'opt/python/bin/',
      'opt/python/bin/python3*',
      'opt/python/lib/',
      'opt/python/lib/os.py',
    ]);
    machine.put('/opt/python/lib/site-packages/more.py', 'installed');
    expect(await captured(store, config, machine)).toEqual(first);
    machine.put('/opt/python/lib/more.py', 'more');
    expect(await captured(store, config, machine)).not.toEqual(first);
  });

  it('is an error where it does not exist', async () => {
    const { root } = system();
    await expect(captured(path(), { trees: ['/opt/rust'] }, { root }).catch(formatError)).resolves.toBe(
      "toolchain.bst [line 1 column 0]: the toolchain's `/opt/rust` does not exist",
    );
  });
});

describe('a path of a package', () => {
  it('stands for the packages that own it, a directory for those with a file directly in it', async () => {
    const machine = system()
      .install('python', { files: { '/usr/lib/python/os.py': 'os' } })
      .install('tk', { files: { '/usr/lib/python/tkinter/__init__.py': 'tk' } });
    const store = path();
    const tree = await captured(store, { owners: ['/usr/lib/python', '/usr/lib/libapp.so.1'] }, machine);
    expect(await pathsOf(store, tree)).toEqual([
      'lib -> usr/lib',
      'usr/',
      'usr/lib/',
      'usr/lib/libapp.so.1 -> libapp.so.1.2',
      'usr/lib/libapp.so.1.2',
      'usr/lib/python/',
      'usr/lib/python/os.py',
    ]);
  });
});

async function contentAt(store: string, tree: Awaited<ReturnType<typeof captured>>, file: string): Promise<string> {
  const { blobs } = LocalStore.open(store);
  for await (const entry of walkTree(blobs, tree)) {
    if (entry.type === 'file' && entry.path === file)
      return Buffer.from(await readBlob(blobs, entry.digest)).toString();
  }
  throw new Error(`${file} is not in the tree`);
}
