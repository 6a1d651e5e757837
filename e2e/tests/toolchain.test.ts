import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrivateMachine } from './support/private-machine.js';
import { removeTree } from './support/remove-tree.js';
import type { Ended } from './support/users.js';
import { EXAMPLE, nxTasks, Workspace } from './support/workspace.js';

const PROJECT = 'todo-common';
const TASK = `${PROJECT}:build-wheel`;
/** The file of the package that is upgraded here. */
const HEADER = '/usr/include/wheelhouse-machine.h';

let base: string;
let workspace: Workspace;
let machine: PrivateMachine;
/** What the project was built with first. */
let first: string;

function succeeded(ended: Ended): string {
  if (ended.exitCode !== 0) throw new Error(`exit code ${String(ended.exitCode)}:\n${ended.stdout}\n${ended.stderr}`);
  return ended.stdout;
}

function on(): { prefix: string[] } {
  return { prefix: machine.prefix(workspace.directory) };
}

/** Runs a shell script on the private machine. */
async function shell(script: string, ...words: readonly string[]): Promise<string> {
  return succeeded(await workspace.run(['sh', '-e', '-c', script, 'sh', ...words], on()));
}

/** Makes a Debian package of that version, and installs or upgrades it. */
async function install(version: string): Promise<void> {
  const root = join(base, 'package', version);
  mkdirSync(join(root, 'DEBIAN'), { recursive: true });
  mkdirSync(join(root, 'usr', 'include'), { recursive: true });
  writeFileSync(
    join(root, 'DEBIAN', 'control'),
    [
      'Package: wheelhouse-machine',
      `Version: ${version}`,
      'Architecture: all',
      'Maintainer: Tests <tests@example.org>',
      'Description: A header that a test upgrades',
      '',
    ].join('\n'),
  );
  writeFileSync(join(root, HEADER), `#define VERSION "${version}"\n`);
  await shell('dpkg-deb --root-owner-group --build "$1" "$1.deb" && dpkg --install "$1.deb"', root);
}

/** The digest of what the project is built with: an input of its tasks. */
async function toolchain(): Promise<string> {
  return succeeded(await workspace.wheelhouse(['toolchain', PROJECT], on())).trim();
}

/** How many elements a build builds. */
async function built(...options: readonly string[]): Promise<number> {
  const stdout = succeeded(await workspace.wheelhouse(['build', ...options, PROJECT], on()));
  return Number(/^(\d+) built, \d+ cached, 0 failed\n$/m.exec(stdout)?.[1]);
}

/** Whether Nx runs the task anew. */
async function nxRuns(): Promise<boolean> {
  const tasks = nxTasks({ stdout: succeeded(await workspace.nx(['run', TASK, '--output-style=static'], on())) });
  return tasks[TASK]?.fromNx === false;
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-toolchain-'));
  chmodSync(base, 0o755);
  workspace = new Workspace({ base, ...EXAMPLE, parts: EXAMPLE.parts.filter((part) => part !== 'apps') });
  workspace.write(
    'nx.json',
    JSON.stringify({
      plugins: [{ plugin: '@wheelhouse/build', options: { python: '/usr/bin/python3', toolchain: 'host' } }],
    }),
  );
  machine = await PrivateMachine.start(join(base, 'machine'));
  await install('1.0');
  succeeded(await workspace.nx(['run', TASK, '--output-style=static'], on()));
  first = await toolchain();
});

afterAll(async () => {
  await machine.stop();
  removeTree(base);
});

test('a machine that stays as it is builds nothing again', async () => {
  expect(await nxRuns()).toBe(false);
  expect(await built()).toBe(0);
  expect(await toolchain()).toBe(first);
});

test('a package that was upgraded is noticed at once, and so is its return', async () => {
  await install('2.0');
  expect(await toolchain()).not.toBe(first);
  expect(await nxRuns()).toBe(true);
  expect(await built()).toBe(0);
  await install('1.0');
  expect(await toolchain()).toBe(first);
  expect(await built()).toBe(0);
});

describe('a file of the interpreter', () => {
  const module = 'import sysconfig; print(sysconfig.get_path("stdlib") + "/this.py")';
  let file: string;

  beforeAll(async () => {
    file = (await shell('/usr/bin/python3 -I -c "$1"', module)).trim();
    await shell('cp --archive "$1" "$2"', file, join(base, 'file'));
  });

  afterEach(async () => {
    await shell('cp --archive "$2" "$1"', file, join(base, 'file'));
    expect(await toolchain()).toBe(first);
  });

  test('that was replaced is noticed at once', async () => {
    await shell('echo "# Another file." > "$1.new" && mv "$1.new" "$1"', file);
    expect(await toolchain()).not.toBe(first);
    expect(await built()).toBeGreaterThan(0);
  });

  test('that was edited in place, and has the size and the time that it had, is noticed at once', async () => {
    await shell(
      'sed "s/Gur/Ruf/" "$2" > "$2.new" && cat "$2.new" > "$1" && touch --reference="$2" "$1"',
      file,
      join(base, 'file'),
    );
    expect(await shell('stat --format="%s %Y" "$1"', file)).toBe(
      await shell('stat --format="%s %Y" "$1"', join(base, 'file')),
    );
    expect(await toolchain()).not.toBe(first);
    expect(await built()).toBeGreaterThan(0);
  });
});

test('another program in the place of the interpreter is noticed at once', async () => {
  const program = (await shell('readlink --canonicalize /usr/bin/python3')).trim();
  const kept = join(base, 'program');
  await shell('cp --archive "$1" "$2" && cp "$1" "$1.new" && printf x >> "$1.new" && mv "$1.new" "$1"', program, kept);
  expect(await toolchain()).not.toBe(first);
  expect(await built()).toBeGreaterThan(0);
  await shell('cp --archive "$2" "$1"', program, kept);
  expect(await toolchain()).toBe(first);
});

describe('an edit in place elsewhere', () => {
  test('is not noticed by a plain build, but by one that verifies the toolchain', async () => {
    expect(await built('--verify-toolchain')).toBe(0);
    await shell('cp --archive "$1" "$2"', HEADER, join(base, 'header'));
    const script = 'printf "#define VERSION \\"1.1\\"\\n" > "$1" && touch --reference="$2" "$1"';
    await shell(script, HEADER, join(base, 'header'));
    expect(await built()).toBe(0);
    expect(await toolchain()).toBe(first);
    expect(await built('--verify-toolchain')).toBeGreaterThan(0);
  });

  test('is known from then on', async () => {
    expect(await toolchain()).not.toBe(first);
    expect(await nxRuns()).toBe(true);
    expect(await built()).toBe(0);
  });

  test('that is undone restores the first toolchain', async () => {
    await shell('cat "$2" > "$1" && touch --reference="$2" "$1"', HEADER, join(base, 'header'));
    expect(await built('--verify-toolchain')).toBe(0);
    expect(await toolchain()).toBe(first);
  });
});
