import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrivateMachine } from './support/private-machine.js';
import { removeTree } from './support/remove-tree.js';
import type { Ended } from './support/users.js';
import { EXAMPLE, Workspace } from './support/workspace.js';

const LIBRARIES = { ...EXAMPLE, parts: EXAMPLE.parts.filter((part) => part !== 'apps') };
const PROJECT = 'todo-common';
const ROOT = `libs/${PROJECT}`;
/** A key or a time, as they are printed. */
const KEY = /\b[0-9a-f]{12}\b(?!\.bst)/g;
const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g;

let base: string;
let workspace: Workspace;
let machine: PrivateMachine;

function endedWell(ended: Ended): Ended {
  if (ended.exitCode !== 0) throw new Error(`exit code ${String(ended.exitCode)}:\n${ended.stdout}\n${ended.stderr}`);
  return ended;
}

async function why(...words: readonly string[]): Promise<string> {
  const prefix = machine.prefix(workspace.directory);
  const { stdout } = endedWell(await workspace.wheelhouse(['why', ...words], { prefix }));
  return stdout
    .replace(KEY, 'KEY')
    .replace(TIME, 'TIME')
    .replace(/\b[0-9a-f]{12}\.bst/g, 'DIGEST.bst');
}

/** Makes a Debian package of that version, and installs or upgrades it on the private machine. */
async function install(version: string): Promise<void> {
  const root = join(base, 'package', version);
  mkdirSync(join(root, 'DEBIAN'), { recursive: true });
  mkdirSync(join(root, 'usr', 'include'), { recursive: true });
  const control = [
    'Package: wheelhouse-why',
    `Version: ${version}`,
    'Architecture: all',
    'Maintainer: Tests <tests@example.org>',
    'Description: A header that a test upgrades',
    '',
  ];
  writeFileSync(join(root, 'DEBIAN', 'control'), control.join('\n'));
  writeFileSync(join(root, 'usr', 'include', 'why.h'), `#define VERSION "${version}"\n`);
  const script = 'dpkg-deb --root-owner-group --build "$1" "$1.deb" && dpkg --install "$1.deb"';
  const prefix = machine.prefix(workspace.directory);
  endedWell(await workspace.run(['sh', '-e', '-c', script, 'sh', root], { prefix }));
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-why-'));
  chmodSync(base, 0o755);
  // In the shared store packages are remembered as they are outside, where files exist that are deleted here.
  workspace = new Workspace({ base, ...LIBRARIES });
  const options = { python: '/usr/bin/python3', exclude: ['docs/**'], systemPackages: ['wheelhouse-why'] };
  workspace.write('nx.json', JSON.stringify({ plugins: [{ plugin: '@wheelhouse/build', options }] }));
  workspace.write(`${ROOT}/todo_common/run.py`, `RUN = "${base}"\n`);
  workspace.commit();
  machine = await PrivateMachine.start(join(base, 'machine'));
  await install('1.0');
  await why(PROJECT, '--export', join(base, 'before.json'));
});

afterEach(() => {
  workspace.restore();
});

afterAll(async () => {
  await machine.stop();
  removeTree(base);
});

/** What is printed of a comparison with the keys that were written before. */
async function comparedWithBefore(): Promise<string[]> {
  return (await why(PROJECT, '--against', join(base, 'before.json'))).split('\n');
}

const SAME_WHEEL = ['wheel/todo-common.bst: KEY, not built', '  the same key as KEY of the file', ''];
const OTHER_WHEEL = ['wheel/todo-common.bst: KEY, not built', '  differs from KEY of the file by'];
const OTHER_TESTS = ['test/todo-common.bst: KEY, not built', '  differs from KEY of the file by'];

test('a distribution that a lock upgrades is named with its versions', async () => {
  workspace.edit(`${ROOT}/locks/test.txt`, 'pytest==9.2.0', 'pytest==9.1.0');
  expect(await comparedWithBefore()).toEqual([
    ...SAME_WHEEL,
    ...OTHER_TESTS,
    '    distribution `pytest`: `9.2.0` -> `9.1.0`',
    '      test/todo-common.bst > env/DIGEST.bst > distribution/pytest-9.1.0-DIGEST.bst',
    '',
  ]);
});

test('a variable that is set and an option that is changed are named', async () => {
  workspace.write(`${ROOT}/.wheelhouse/wheel.bst`, 'kind: wheel\nenvironment:\n  EDITION: community\n');
  workspace.edit('nx.json', '"docs/**"', '"docs/**","todo_common/title.py"');
  expect(await comparedWithBefore()).toEqual([
    ...OTHER_WHEEL,
    '    environment variable `EDITION`: added (`community`)',
    '    file `libs/todo-common/todo_common/title.py`: removed',
    // A template of the project's own may compile.
    '    dependency `toolchain/native-DIGEST.bst`: added',
    '    dependency `libraries/native-DIGEST.bst`: added',
    '    dependency `toolchain/python-DIGEST.bst`: removed',
    '    dependency `libraries/python-DIGEST.bst`: removed',
    '',
    ...OTHER_TESTS,
    '    what wheel/todo-common.bst differs by',
    '',
  ]);
});

test('a package that was upgraded on the machine is named with its versions', async () => {
  await install('2.0');
  const lines = await comparedWithBefore();
  await install('1.0');
  expect(lines).toEqual([
    ...SAME_WHEEL,
    ...OTHER_TESTS,
    '    package `wheelhouse-why:all`: `1.0` -> `2.0`',
    '      test/todo-common.bst > toolchain/python-DIGEST.bst',
    '',
  ]);
});

test('what another machine has, in another directory and with a store of its own, is named from its file', async () => {
  const other = new Workspace({ base: join(base, 'other'), ...LIBRARIES });
  other.write('nx.json', workspace.read('nx.json'));
  other.write(`${ROOT}/todo_common/run.py`, workspace.read(`${ROOT}/todo_common/run.py`));
  other.write(`${ROOT}/tests/test_more.py`, 'def test_more(): pass\n');
  const file = join(base, 'theirs.json');
  const prefix = machine.prefix(other.directory);
  endedWell(await other.wheelhouse(['why', PROJECT, '--export', file], { prefix }));
  expect((await why(PROJECT, '--against', file)).split('\n')).toEqual([
    ...SAME_WHEEL,
    ...OTHER_TESTS,
    '    file `libs/todo-common/tests/test_more.py`: removed',
    '',
  ]);
});

test('a file that was changed since the last build is named', async () => {
  const prefix = machine.prefix(workspace.directory);
  endedWell(await workspace.wheelhouse(['build', PROJECT], { prefix }));
  workspace.edit(`${ROOT}/todo_common/order.py`, 'ORDER_STEP = ', 'ORDER_STEP = 1 + ');
  expect((await why(PROJECT)).split('\n').slice(0, 3)).toEqual([
    'wheel/todo-common.bst: KEY, not built',
    '  differs from KEY, the key of the build here at TIME, by',
    '    file `libs/todo-common/todo_common/order.py`: changed',
  ]);
});
