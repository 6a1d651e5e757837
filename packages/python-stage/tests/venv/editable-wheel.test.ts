import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '@wheelhouse/python/testing';

const SCRIPT = join(__dirname, '../../src/venv/editable_wheel.py');

type Files = Readonly<Record<string, string>>;

const INFO: Files = {
  'x-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: x\nVersion: 1.0\n',
  'x-1.0.dist-info/WHEEL': 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  'x-1.0.dist-info/RECORD': '',
};

/** The editable wheel of one that was built of these sources: its members, and what stays built. */
function editable(sources: Files, members: Files): { project: string; built: string[]; members: Files; bytes: Buffer } {
  const project = temporaryDirectory();
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  const [wheel, out] = [join(temporaryDirectory(), 'built'), join(temporaryDirectory(), 'x-1.0-py3-none-any.whl')];
  const pack =
    'import json, sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], "w") as z:\n for n, t in json.loads(sys.argv[2]).items(): z.writestr(n, t)';
  execFileSync('python3', ['-c', pack, wheel, JSON.stringify({ ...members, ...INFO })]);
  const job = { wheel, name: 'x-1.0-py3-none-any.whl', project, files: Object.keys(sources), out };
  const { stdout, stderr, status } = spawnSync('python3', ['-I', '-B', SCRIPT], {
    input: JSON.stringify([job]),
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  const [{ built } = { built: [] }] = JSON.parse(stdout) as { built: string[] }[];
  const unpack =
    'import json, sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nprint(json.dumps({n: z.read(n).decode() for n in z.namelist()}))';
  const unpacked = JSON.parse(execFileSync('python3', ['-c', unpack, out], { encoding: 'utf8' })) as Files;
  return { project, built, members: unpacked, bytes: readFileSync(out) };
}

/** The lines of the `.pth` file, relative to the project, and the packages of the finder. */
function ways({ project, members }: ReturnType<typeof editable>): { paths: string[]; packages: string } {
  const lines = (members['__editable__.x-1.0.pth'] ?? '').trimEnd().split('\n');
  const finder = members['__editable___x_1_0_finder.py'] ?? '';
  return {
    paths: lines.map((line) => (line.startsWith(project) ? line.slice(project.length) : line)),
    packages: (/^PACKAGES = (.*)$/m.exec(finder)?.[1] ?? '').replaceAll(project, ''),
  };
}

const FINDER = 'import __editable___x_1_0_finder';

test.each<[string, Files, Files, { paths: string[]; packages: string; built: string[] }]>([
  [
    'a flat layout',
    { 'x/__init__.py': 'X', 'x/y/z.py': 'Z', 'setup.py': '' },
    { 'x/__init__.py': 'X', 'x/y/z.py': 'Z' },
    { paths: [''], packages: '', built: [] },
  ],
  [
    'a src layout, with a file that has another content by now',
    { 'src/x/__init__.py': 'new', 'src/x/a.py': 'A', 'other/x/__init__.py': 'other' },
    { 'x/__init__.py': 'old', 'x/a.py': 'A' },
    { paths: ['/src'], packages: '', built: [] },
  ],
  [
    'a module',
    { 'lib/mod.py': 'M', 'old/mod.py': 'O' },
    { 'mod.py': 'M' },
    { paths: ['/lib'], packages: '', built: [] },
  ],
  [
    'a namespace package',
    { 'src/ns/x/__init__.py': 'X' },
    { 'ns/x/__init__.py': 'X' },
    { paths: ['/src'], packages: '', built: [] },
  ],
  [
    'a package under another name',
    { 'code/__init__.py': 'X', 'code/a.py': 'A' },
    { 'x/__init__.py': 'X', 'x/a.py': 'A' },
    { paths: [FINDER], packages: "{'x': ['/code']}", built: [] },
  ],
  [
    'what only the wheel holds, in a package and in one below it',
    { 'src/x/__init__.py': 'X' },
    { 'x/__init__.py': 'X', 'x/_v.py': 'V', 'x/gen/a.py': 'A', 'y.so': 'S' },
    { paths: ['/src', FINDER], packages: "{'x': ['/src/x', 'x']}", built: ['x/_v.py', 'x/gen/a.py', 'y.so'] },
  ],
])('%s', (_what, sources, members, { built, ...expected }) => {
  const made = editable(sources, members);
  expect({ ...ways(made), built: made.built }).toEqual({ ...expected, built });
  for (const path of Object.keys(members)) {
    expect({ [path]: path in made.members }).toEqual({ [path]: built.includes(path) });
  }
});

test('metadata stays, the wheel says that it is editable, and RECORD holds every member', () => {
  const { members, project } = editable(
    { 'x/__init__.py': 'X' },
    { 'x/__init__.py': 'X', 'x-1.0.data/scripts/x.sh': 'sh', 'x-1.0.data/purelib/x/more.py': 'M' },
  );
  expect(members['x-1.0.dist-info/METADATA']).toBe(INFO['x-1.0.dist-info/METADATA']);
  expect(JSON.parse(members['x-1.0.dist-info/direct_url.json'] ?? '')).toEqual({
    url: `file://${project}`,
    dir_info: { editable: true },
  });
  const recorded = (members['x-1.0.dist-info/RECORD'] ?? '').trimEnd().split('\n');
  expect(recorded.map((line) => line.split(',')[0]).sort()).toEqual(Object.keys(members).sort());
  expect(members).toMatchObject({ 'x-1.0.data/scripts/x.sh': 'sh', 'x-1.0.data/purelib/x/more.py': 'M' });
});
