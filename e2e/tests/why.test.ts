import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './support/installation.js';
import { PrivateMachine } from './support/private-machine.js';
import { removeTree } from './support/remove-tree.js';
import type { Ended } from './support/users.js';
import { Workspace } from './support/workspace.js';

const FIXTURE = { source: join(REPOSITORY, 'e2e', 'fixtures', 'key-mutations'), parts: ['app', 'lib', 'nx.json'] };
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
  workspace = new Workspace({ base, ...FIXTURE, sharesStore: true });
  const options = { python: '/usr/bin/python3', exclude: ['notes/**'], systemPackages: ['wheelhouse-why'] };
  workspace.write('nx.json', JSON.stringify({ plugins: [{ plugin: '@wheelhouse/build', options }] }));
  // Another text than that of every run before: it has not been built with the shared store.
  workspace.write('lib/lib/run.py', `RUN = "${base}"\n`);
  workspace.commit();
  machine = await PrivateMachine.start(join(base, 'machine'));
  await install('1.0');
  await why('app', '--export', join(base, 'before.json'));
});

afterEach(() => {
  workspace.restore();
});

afterAll(async () => {
  await machine.stop();
  removeTree(base);
});

test('a file that was changed since the last build is named', async () => {
  const prefix = machine.prefix(workspace.directory);
  endedWell(await workspace.wheelhouse(['build', 'lib'], { prefix }));
  workspace.edit('lib/lib/__init__.py', 'NUMBER = 1', 'NUMBER = 2');
  const output = await why('lib');
  expect(output.split('\n\n')[0]).toBe(
    [
      'wheel/lib.bst: KEY, not built',
      '  differs from KEY, the key of the build here at TIME, by',
      '    file `lib/lib/__init__.py`: changed',
    ].join('\n'),
  );
});

test('a distribution that a lock upgrades is named with its versions', async () => {
  for (const lock of ['runtime', 'test']) {
    workspace.edit(`app/locks/${lock}.txt`, 'humanize==4.17.0', 'humanize==4.16.0');
  }
  expect(await why('app', '--against', join(base, 'before.json'))).toBe(
    [
      'wheel/app.bst: KEY, not built',
      '  the same key as KEY of the file',
      '',
      'test/app.bst: KEY, not built',
      '  differs from KEY of the file by',
      '    distribution `humanize`: `4.17.0` -> `4.16.0`',
      '      test/app.bst > env/DIGEST.bst > distribution/humanize-4.16.0-DIGEST.bst',
      '',
    ].join('\n'),
  );
});

test('a variable that is set and an option that is changed are named', async () => {
  workspace.write('app/.wheelhouse/wheel.bst', 'kind: wheel\nenvironment:\n  EDITION: community\n');
  workspace.edit('nx.json', '"notes/**"', '"notes/**","README.md"');
  expect(await why('app', '--against', join(base, 'before.json'))).toBe(
    [
      'wheel/app.bst: KEY, not built',
      '  differs from KEY of the file by',
      '    environment variable `EDITION`: added (`community`)',
      '    file `app/README.md`: removed',
      '',
      'test/app.bst: KEY, not built',
      '  differs from KEY of the file by',
      '    what wheel/app.bst differs by',
      '',
    ].join('\n'),
  );
});

test('a package that was upgraded on the machine is named with its versions', async () => {
  await install('2.0');
  const output = await why('app', '--against', join(base, 'before.json'));
  expect(output).toContain('    package `wheelhouse-why:all`: `1.0` -> `2.0`\n');
  expect(output.match(/package `/g)).toHaveLength(1);
  await install('1.0');
});

test('what another machine has, in another directory and with a store of its own, is named from its file', async () => {
  const other = new Workspace({ base: join(base, 'other'), ...FIXTURE });
  other.write('nx.json', workspace.read('nx.json'));
  other.write('lib/lib/run.py', workspace.read('lib/lib/run.py'));
  other.write('lib/lib/more.py', 'MORE = True\n');
  const file = join(base, 'theirs.json');
  const prefix = machine.prefix(other.directory);
  endedWell(await other.wheelhouse(['why', 'app', '--export', file], { prefix }));
  expect(await why('app', '--against', file)).toBe(
    [
      'wheel/app.bst: KEY, not built',
      '  the same key as KEY of the file',
      '',
      'test/app.bst: KEY, not built',
      '  differs from KEY of the file by',
      '    file `lib/lib/more.py`: removed',
      '      test/app.bst > installed/app.bst > wheel/lib.bst',
      '',
    ].join('\n'),
  );
});
