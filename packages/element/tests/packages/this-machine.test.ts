import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPackageDatabase } from '@wheelhouse/element/internal';
import { captured, packagesSource, pathsOf } from '../support/packages.js';
import { temporaryPaths } from '../support/temporary.js';

const path = temporaryPaths();

/** The identities of the packages that dpkg itself says own a path. */
function dpkgOwners(file: string): string[] {
  const [owners = ''] = execFileSync('dpkg', ['-S', file], { encoding: 'utf8' }).split(/: (?=\/)/);
  return owners.split(', ');
}

describe('the packages of this machine', () => {
  it('are as many as dpkg says, of the versions that it says', async () => {
    const format = '${db:Status-Status} ${Package}:${Architecture}=${Version}\n';
    const lines = execFileSync('dpkg-query', ['-W', '-f', format], { encoding: 'utf8' }).split('\n');
    const installed = lines.filter((line) => line.startsWith('installed ')).map((line) => line.split(' ')[1]);
    const packages = await openPackageDatabase('/')?.packages();
    expect([...(packages ?? [])].map(([id, { version }]) => `${id}=${version}`).sort()).toEqual(installed.sort());
  });

  it('own what dpkg says that they own', async () => {
    const files = ['/usr/bin/dpkg', realpathSync('/bin/sh'), '/usr/lib/os-release'];
    const owners = await openPackageDatabase('/')?.owners([...files, '/usr/bin/there-is-no-such-program']);
    for (const file of files) {
      const names = owners?.get(file)?.map((id) => id.split(':')[0]);
      const said = [file, file.replace(/^\/usr(?=\/bin\/(?:da|ba)sh$)/, '')].find((each) => isListed(each));
      expect(names).toEqual(dpkgOwners(said ?? file).map((name) => name.split(':')[0]));
    }
    expect(owners?.size).toBe(files.length);
  });

  it('bring the libraries that their programs are linked to', async () => {
    const store = path();
    const paths = await pathsOf(store, await captured(store, { packages: ['coreutils', 'dash'] }));
    expect(paths).toEqual(expect.arrayContaining(['usr/bin/ls*']));
    expect(paths.some((each) => /^(?:usr\/)?lib\/.*\/libc\.so\.6\*?$/.test(each))).toBe(true);
    expect(paths.some((each) => /ld-linux.*\.so/.test(each))).toBe(true);
    expect(paths.filter((each) => each.startsWith('usr/share/doc/'))).toEqual([]);
  });

  it('are brought by a program that no package owns, which is linked to their libraries', async () => {
    const directory = path();
    mkdirSync(directory);
    copyFileSync('/usr/bin/dpkg', join(directory, 'program'));
    writeFileSync(join(directory, 'not-a-program'), 'text', { mode: 0o755 });
    const source = packagesSource(path(), { owners: [directory] });
    await source.consistency();
    const names = source.captured.packages.map((each) => each.split(':')[0]);
    expect(names).toEqual(expect.arrayContaining(['libc6']));
    // dpkg is linked to it.
    expect(names).toEqual(expect.arrayContaining(['libselinux1']));
    expect(source.captured.ownPaths).toEqual([directory]);
  });

  it('are looked up in some milliseconds if nothing has changed', async () => {
    const store = path();
    const config = { packages: ['coreutils', 'dash'] };
    const first = await captured(store, config);
    const times: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const started = performance.now();
      expect(await captured(store, config)).toEqual(first);
      times.push(performance.now() - started);
    }
    expect(Math.min(...times)).toBeLessThan(20);
  });
});

function isListed(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    dpkgOwners(file);
    return true;
  } catch {
    return false;
  }
}
