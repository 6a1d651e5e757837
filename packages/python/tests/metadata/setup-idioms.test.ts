import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import {
  findPython,
  formatRequirement,
  parseRequirement,
  readProjects,
  type ProjectMetadata,
} from '@wheelhouse/python/internal';

const IDIOMS = join(__dirname, 'setup-idioms');
const NAMES = readdirSync(IDIOMS).map((file) => basename(file, '.py'));

/** What the idioms read and import. */
const FILES: Readonly<Record<string, string>> = {
  'reqs.txt': 'six>=1 # why\n# comment\n\n-i http://index.invalid\nidna\n',
  'pkg/__init__.py': '"""Doc"""\n__version__ = "3.1"\n__title__ = "pkg"\nfrom .other import *\n',
  'pkg/other.py': 'y = 1\n',
  'pkg/version.py': 'VERSION = (1, 2, 3)\n__version__ = ".".join(map(str, VERSION))\n',
  'README.md': 'hello',
  'requirements/base.txt': 'a\nb==2\n',
  'requirements/test.txt': '-r base.txt\npytest\n',
  VERSION: '1.5\n',
  'pkg.json': '{"python_requires": ">=3.8", "version": "1"}',
  'crlf.txt': 'a\r\nb\r\n',
};

interface Given {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly python_requires?: string;
  readonly install_requires?: readonly string[];
  readonly extras_require?: Readonly<Record<string, readonly string[]>>;
}

let workspace: string;
let read: ProjectMetadata[];
let given: Given[];
beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'idioms-'));
  for (const name of NAMES) {
    for (const [file, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(workspace, name, file)), { recursive: true });
      writeFileSync(join(workspace, name, file), text);
    }
    cpSync(join(IDIOMS, `${name}.py`), join(workspace, name, 'setup.py'));
  }
  const python = await findPython(process.env);
  read = await readProjects(NAMES, { workspace, python: () => Promise.resolve(python) });
  const input = NAMES.map((name) => join(workspace, name)).join('\n');
  const run = spawnSync(python, ['-B', join(__dirname, 'capture_setup.py')], { input, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  given = JSON.parse(run.stdout.split('\0').at(-1) ?? '') as Given[];
});
afterAll(() => {
  rmSync(workspace, { recursive: true, force: true });
});

/** Items are lines of requirements to setuptools. */
const lines = (list: readonly string[] = []): string[] =>
  list
    .map((text) => text.replace(/(^|\s)#.*$/s, '').trim())
    .filter((text) => text !== '')
    .map((text) => formatRequirement(parseRequirement(text)));

test.each(NAMES.map((name, index) => [name, index] as const))('%s is read as Python runs it', (_, index) => {
  const [metadata, real] = [read[index]!, given[index]!];
  const { name, version, description, requiresPython } = metadata;
  expect({ name, version, description, requiresPython }).toEqual({
    name: real.name,
    version: real.version,
    description: real.description,
    requiresPython: real.python_requires,
  });
  const extras = Object.entries(real.extras_require ?? {});
  const always = extras.filter(([key]) => key.startsWith(':'));
  expect(metadata.dependencies.map(formatRequirement)).toEqual([
    ...lines(real.install_requires),
    ...always.flatMap(([key, list]) => lines(list.map((text) => `${text} ; ${key.slice(1)}`))),
  ]);
  const named = extras.filter(([key]) => !key.startsWith(':'));
  expect(
    Object.fromEntries(
      Object.entries(metadata.optionalDependencies).map(([key, list]) => [key, list.map(formatRequirement)]),
    ),
  ).toEqual(
    Object.fromEntries(
      named.map(([key, list]) => {
        const [extra = '', marker] = key.split(':');
        return [extra, lines(list.map((text) => (marker === undefined ? text : `${text} ; ${marker}`)))];
      }),
    ),
  );
});
