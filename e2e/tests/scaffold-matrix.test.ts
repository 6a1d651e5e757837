import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './support/installation.js';
import { removeTree } from './support/remove-tree.js';
import { Workspace } from './support/workspace.js';

// What the generators make of each framework, in one workspace, without Docker.

const FIXTURE = join(REPOSITORY, 'e2e', 'fixtures', 'build-stage');

/** Without a database: what needs one is tested on an engine. */
const GENERATED: Readonly<Record<string, readonly string[]>> = {
  djangoed: ['app', '--framework=django', '--database=none', '--packaging=pyproject'],
  fast: ['app', '--framework=fastapi'],
  flasked: ['app', '--framework=flask', '--packaging=pyproject'],
  'Command.Line': ['app', '--framework=cli', '--packaging=setup.py'],
  plain: ['app', '--framework=none', '--packaging=pyproject'],
  common: ['lib'],
};
/** By the names of Nx, the names in the files of wheels. */
const DISTRIBUTIONS: Readonly<Record<string, string>> = { 'Command.Line': 'command_line' };

let directory: string;
let workspace: Workspace;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-matrix-'));
  workspace = new Workspace({ base: directory, source: FIXTURE, parts: ['nx.json', 'package.json', '.gitignore'] });
  // The first generator makes it use the plugin, and its generators for `nx sync`.
  workspace.write('nx.json', '{ "neverConnectToCloud": true, "analytics": false }\n');
  for (const home of ['apps', 'libs']) mkdirSync(workspace.path(home));
});

afterAll(() => {
  removeTree(directory);
});

function home(name: string): string {
  return `${GENERATED[name]?.[0] === 'lib' ? 'libs' : 'apps'}/${name}`;
}

test('projects of every framework are generated', async () => {
  for (const [name, [generator = '', ...words]] of Object.entries(GENERATED)) {
    // The library as its users make it: its locks are made when its files are written.
    const lock = generator === 'lib' ? [] : ['--lock=false'];
    const made = await workspace.nx([
      ...['g', `@wheelhouse/scaffold:${generator}`, name],
      ...[...words, ...lock, '--pin=never', '--no-interactive'],
    ]);
    expect(made).toHaveEndedWell();
    expect(existsSync(workspace.path(`${home(name)}/locks/test.txt`))).toBe(generator === 'lib');
  }
  workspace.commit();
});

test('their locks are made, their own tests pass and their wheels are built', async () => {
  const names = Object.keys(GENERATED);
  const many = async (targets: string): Promise<void> => {
    const ended = await workspace.nx(['run-many', `--targets=${targets}`, `--projects=${names.join(',')}`]);
    expect(ended).toHaveEndedWell();
  };
  await many('lock');
  workspace.commit();
  await many('test,build-wheel');
  for (const name of names) {
    const record: unknown = JSON.parse(workspace.read(`reports/${home(name)}/record.json`));
    expect({ name, record }).toMatchObject({ name, record: { failed: 0, hermetic: true } });
    expect((record as { passed: number }).passed).toBeGreaterThan(0);
    const wheels = readdirSync(workspace.path(`dist/${home(name)}/wheel`)).filter((file) => file.endsWith('.whl'));
    expect(wheels).toEqual([`${DISTRIBUTIONS[name] ?? name}-0.1.0-py3-none-any.whl`]);
  }
});

test('they are in sync', async () => {
  expect(workspace.read('nx.json')).toContain('"@wheelhouse/build:sync-locks"');
  expect(await workspace.nx(['sync:check'])).toHaveEndedWell();
});
