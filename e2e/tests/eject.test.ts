import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './support/installation.js';
import { removeTree } from './support/remove-tree.js';
import type { Ended } from './support/users.js';
import { nxTasks, Workspace, type NxTask } from './support/workspace.js';

// A project whose backend writes into its wheel what faults.txt names, and what it finds in its environment.

const TEMPLATE = 'unsteady/.wheelhouse/wheel.bst';
const ELEMENT = 'wheel/unsteady.bst';

let directory: string;
let workspace: Workspace;

/** The element of the wheel as `wheelhouse show` has it. */
interface Shown {
  readonly name: string;
  readonly key: string;
  readonly state: string;
  readonly env: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-eject-'));
  const source = join(REPOSITORY, 'e2e', 'fixtures', 'second-build');
  workspace = new Workspace({ base: directory, source, parts: ['unsteady', 'nx.json'] });
});

afterAll(() => {
  removeTree(directory);
});

function well(ended: Ended): string {
  if (ended.exitCode !== 0) throw new Error(`${ended.stdout}\n${ended.stderr}`);
  return ended.stdout;
}

async function build(): Promise<NxTask | undefined> {
  const ended = await workspace.nx(['run', 'unsteady:build-wheel', '--output-style=static']);
  well(ended);
  return nxTasks(ended)['unsteady:build-wheel'];
}

async function shown(): Promise<Shown> {
  const text = well(await workspace.wheelhouse(['show', '--format', 'json', 'unsteady']));
  const element = (JSON.parse(text) as readonly Shown[]).find(({ name }) => name === ELEMENT);
  if (element === undefined) throw new Error(`there is no ${ELEMENT}`);
  return element;
}

/** The text of a member of the built wheel; `undefined` where it has none. */
function member(name: string): string | undefined {
  const code =
    'import json, sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nprint(json.dumps({n: z.read(n).decode() for n in z.namelist()}))';
  const wheel = workspace.path('dist/unsteady/wheel/unsteady-1.0.0-py3-none-any.whl');
  const members = execFileSync('python3', ['-c', code, wheel], { encoding: 'utf8' });
  return (JSON.parse(members) as Record<string, string>)[name];
}

test('a template is ejected, changes nothing, is changed, and the wheel with it', async () => {
  await build();
  const before = await shown();
  expect(before.state).toBe('cached');
  expect(member('unsteady/hash-seed.txt')).toBeUndefined();

  const said = well(await workspace.nx(['g', '@wheelhouse/scaffold:eject', 'wheel', '--project', 'unsteady']));
  expect(said).toContain(`CREATE ${TEMPLATE}`);
  expect(said).toContain('run `nx run unsteady:build-wheel`');
  expect(await shown()).toEqual(before);
  expect((await build())?.counts).toMatch(/^0 built, \d+ cached, 0 failed$/);

  workspace.write(
    TEMPLATE,
    `${workspace.read(TEMPLATE)}
environment:
  PYTHONHASHSEED: '7'
config:
  configure-commands:
    - echo hash-seed path > faults.txt
`,
  );
  const after = await shown();
  expect(after).toMatchObject({
    state: 'buildable',
    env: { ...before.env, PYTHONHASHSEED: '7' },
    config: { ...before.config, 'configure-commands': ['echo hash-seed path > faults.txt'] },
  });
  expect(after.key).not.toBe(before.key);
  expect(well(await workspace.wheelhouse(['script', 'unsteady']))).toContain('echo hash-seed path > faults.txt');
  expect(await build()).toMatchObject({ fromNx: false, counts: expect.stringMatching(/^1 built, /) as string });
  const hash = execFileSync('python3', ['-c', 'print(hash("unsteady"))'], { env: { PYTHONHASHSEED: '7' } });
  expect(member('unsteady/hash-seed.txt')).toBe(hash.toString());
  expect(member('unsteady/path.txt')).toBe('compiled in /application/unsteady\n');
  expect(well(await workspace.wheelhouse(['verify', 'unsteady']))).toMatch(/ checked, 0 wrong\n$/);
  expect(await build()).toMatchObject({ fromNx: true });

  const again = await workspace.wheelhouse(['build', 'unsteady', '--verify', '--vary', 'path']);
  expect(again).toMatchObject({ exitCode: 2 });
  expect(again.stdout).toContain('unsteady/path.txt: build path');

  const kept = workspace.read(TEMPLATE);
  const repeated = well(await workspace.nx(['g', '@wheelhouse/scaffold:eject', 'wheel', '--project', 'unsteady']));
  expect(repeated).toContain(`\`${TEMPLATE}\` is left unchanged.`);
  expect(repeated).toContain("-  PYTHONHASHSEED: '7'");
  expect(workspace.read(TEMPLATE)).toBe(kept);

  workspace.remove(TEMPLATE);
  expect(await build()).toMatchObject({ fromNx: true });
  expect(member('unsteady/path.txt')).toBeUndefined();
  expect(await shown()).toEqual(before);
});

test('an error in it is reported with its position, and nothing is built', async () => {
  workspace.write(TEMPLATE, 'kind: wheel\nenviroment:\n  A: b\nsources: []\n');
  const ended = await workspace.wheelhouse(['build', 'unsteady']);
  expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
  expect(ended.stderr).toContain(
    `${TEMPLATE} [line 4 column 9]: \`sources\` is generated, and cannot be set here\nhint: `,
  );
  workspace.write(TEMPLATE, 'kind: wheel\nenviroment:\n  A: b\n');
  expect((await workspace.nx(['run', 'unsteady:build-wheel', '--output-style=static'])).stdout).toContain(
    `${TEMPLATE} [line 3 column 2]: Unexpected key: enviroment`,
  );
});
