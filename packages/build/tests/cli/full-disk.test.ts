import { spawnSync } from 'node:child_process';
import { commandLine } from '../support/command.js';
import { ELEMENTS } from '../support/element-project.js';
import { temporaryDirectories } from '../support/workspace.js';

const directory = temporaryDirectories();

const TALKATIVE = [
  'kind: manual',
  'build-depends:',
  '- toolchain.bst',
  'config:',
  '  build-commands:',
  '  - while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done',
  '',
].join('\n');

const LARGE = [
  'kind: manual',
  'build-depends:',
  '- toolchain.bst',
  'config:',
  '  install-commands:',
  '  - mkdir -p "%{install-root}"; head -c 3000000 /dev/urandom > "%{install-root}/large"',
  '',
].join('\n');

const project = directory({ ...ELEMENTS, 'talkative.bst': TALKATIVE, 'large.bst': LARGE });

/**
 * Runs a script of sh in a mount namespace of its own, where `store` is an empty file system in memory of that size. In it,
 * `wheelhouse` is the command.
 */
function onSmallDisk(size: string, script: string): { readonly store: string; readonly text: string } {
  const store = directory();
  const command = commandLine([])
    .map((word) => `'${word}'`)
    .join(' ');
  const text = `set -e
    mount -t tmpfs -o size=${size},mode=755 tmpfs ${store}
    export WHEELHOUSE_CACHE_DIR=${store}
    wheelhouse() { set +e; ${command} "$@" 2>&1; echo "-> $?"; set -e; }
    ${script}`;
  const { status, stdout, stderr } = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', text], {
    cwd: project,
    encoding: 'utf8',
    timeout: 100_000,
  });
  // Where the machine has no such namespaces, this says so.
  expect([status, stderr]).toEqual([0, '']);
  return { store, text: stdout.replaceAll(store, '@STORE@') };
}

describe('a store on a disk that is full', () => {
  it('is an error with the path, whatever is written first, and the store is intact when there is room again', () => {
    const { text } = onSmallDisk(
      '40k',
      'wheelhouse build hello.bst; mount -o remount,size=200m "$WHEELHOUSE_CACHE_DIR"; wheelhouse build hello.bst',
    );
    const [full = '', room = ''] = text.split('-> 1\n');
    expect(full).toMatch(/`@STORE@[^`]*`: no space left on device \(ENOSPC\)\nhint: free some space/);
    expect(full).not.toContain('bug');
    expect(room).toMatch(/\d built, \d cached, 0 failed\n-> 0\n$/);
  }, 120_000);

  it('ends the element whose log fills it, and what runs in its sandbox', () => {
    const { text } = onSmallDisk(
      '8m',
      'wheelhouse build talkative.bst; ls "$WHEELHOUSE_CACHE_DIR/work"; ls "$WHEELHOUSE_CACHE_DIR/tmp"',
    );
    expect(text).toMatch(
      /talkative\.bst: cannot write to `@STORE@\/logs\/talkative\/[0-9a-f]{64}\.log`: no space left on device \(ENOSPC\)\nhint: free some space, or choose another directory with WHEELHOUSE_CACHE_DIR\n-> 1\n$/,
    );
    expect(text).toContain('built, 0 cached, 1 failed\n');
  }, 120_000);

  it('ends the element whose artifact fills it', () => {
    const { text } = onSmallDisk(
      '5m',
      'wheelhouse build large.bst; ls "$WHEELHOUSE_CACHE_DIR/work"; ls "$WHEELHOUSE_CACHE_DIR/tmp"',
    );
    expect(text).toMatch(
      /large\.bst: cannot write to `@STORE@[^`]*`: no space left on device \(ENOSPC\)\nhint: [^\n]*\n-> 1\n$/,
    );
  }, 120_000);
});

it('a store that is read-only is an error with its path', () => {
  const { text } = onSmallDisk('1m', 'mount -o remount,ro "$WHEELHOUSE_CACHE_DIR"; wheelhouse build hello.bst');
  expect(text).toMatch(/`@STORE@[^`]*`: read-only file system \(EROFS\)\nhint: [^\n]*\n-> 1\n$/);
}, 120_000);

it('a home that is read-only is an error with its path', () => {
  const { text } = onSmallDisk(
    '1m',
    'export HOME=$WHEELHOUSE_CACHE_DIR; unset WHEELHOUSE_CACHE_DIR XDG_CACHE_HOME; mount -o remount,ro "$HOME"; wheelhouse build hello.bst',
  );
  expect(text).toMatch(/`@STORE@[^`]*`: read-only file system \(EROFS\)\nhint: [^\n]*\n-> 1\n$/);
}, 120_000);

it('a directory to check out into that is full is an error with its path, and is left as it was', () => {
  const { text } = onSmallDisk(
    '1m',
    `small=$WHEELHOUSE_CACHE_DIR
     export WHEELHOUSE_CACHE_DIR=${directory()}
     wheelhouse build large.bst > /dev/null
     wheelhouse artifact checkout --deps none large.bst "$small/new"
     ls -A "$small"`,
  );
  expect(text).toMatch(/`@STORE@\/new\/[^`]*`: no space left on device \(ENOSPC\)\nhint: [^\n]*\n-> 1\n$/);
}, 120_000);
