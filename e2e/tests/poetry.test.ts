import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ProjectRef } from '@wheelhouse/python-stage/internal';
import { installPackages, type Installation } from './support/installation.js';
import { operate, type Answer, type OperateInput } from './support/operate.js';
import { removeTree } from './support/remove-tree.js';
import { giveTools } from './support/shared-tools.js';

// Projects that only `[tool.poetry]` describes: locked, and then built and tested without a network.

const BUILD = '[build-system]\nrequires = ["poetry-core>=2"]\nbuild-backend = "poetry.core.masonry.api"\n';
const FILES = {
  'nx.json': '{}\n',
  'app/pyproject.toml': `${BUILD}
[tool.poetry]
name = "with-poetry"
version = "1.2"
description = "An app without [project]"
authors = ["A <a@example.org>"]

[tool.poetry.dependencies]
python = "^3.10"
six = "^1.16"
iniconfig = { version = "~2.0", python = ">=3.10" }
colorama = { version = "*", platform = "win32" }
greeting = { path = "../greeting", develop = true }
packaging = { version = ">=23", optional = true }

[tool.poetry.extras]
versions = ["packaging"]

[tool.poetry.group.test.dependencies]
pytest = "^8"

[tool.poetry.scripts]
with-poetry = "with_poetry:main"
`,
  'app/with_poetry/__init__.py': 'import greeting, six\n\n\ndef main():\n    print(greeting.hello(), six.PY3)\n',
  'app/tests/test_app.py':
    'import with_poetry\n\n\ndef test_main(capsys):\n    with_poetry.main()\n    assert capsys.readouterr().out == "hello True\\n"\n',
  'greeting/pyproject.toml': `${BUILD}[tool.poetry]\nname = "greeting"\nversion = "0.1"\ndescription = ""\nauthors = []\n[tool.poetry.dependencies]\npython = ">=3.10"\n`,
  'greeting/greeting/__init__.py': 'def hello():\n    return "hello"\n',
};
const PROJECTS: readonly ProjectRef[] = ['app', 'greeting'].map((name) => ({ name, root: name }));

let base: string;
let installation: Installation;
let workspace: string;

async function run<Result>(
  operations: OperateInput['operations'],
  prefix: readonly string[] = [],
): Promise<Answer<Result>> {
  return await operate<Result>(installation, prefix, {
    environment: { ...process.env, WHEELHOUSE_CACHE_DIR: join(base, 'store') },
    input: { workspace, projects: PROJECTS, operations },
  });
}

function pins(file: string): string[] {
  return readFileSync(join(workspace, 'app', 'locks', file), 'utf8').match(/^[a-z][^=\s]*(?===)/gm) ?? [];
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-poetry-'));
  chmodSync(base, 0o755);
  installation = installPackages(join(base, 'installation'));
  giveTools(join(base, 'store'));
  workspace = join(base, 'workspace');
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), text);
  }
  await run([
    ['lock', 'app'],
    ['lock', 'greeting'],
    ['snapshot', 'app'],
  ]);
}, 600_000);

afterAll(() => {
  removeTree(base);
});

test('its locks answer what its tables require', () => {
  expect(pins('runtime.txt')).toEqual(['colorama', 'iniconfig', 'six']);
  expect(pins('test.txt')).toEqual(expect.arrayContaining(['pytest', 'pluggy', 'six']));
  expect(pins('build/with-poetry.txt')).toEqual(['poetry-core']);
});

test('its wheel is built and tested without a network, and runs', async () => {
  const { results, failures } = await run<{ readonly record?: { readonly passed: number; readonly failed: number } }>(
    [
      ['wheel', 'app'],
      ['test', 'app'],
    ],
    ['unshare', '--net', '--'],
  );
  expect(failures).toEqual([]);
  expect(results[1]?.record).toMatchObject({ passed: 1, failed: 0 });
  const wheelhouse = join(workspace, 'dist', 'app', 'wheelhouse');
  const wheels = readdirSync(wheelhouse).filter((name) => name.endsWith('.whl'));
  expect(wheels.map((name) => name.split('-')[0]).sort()).toEqual(['greeting', 'iniconfig', 'six', 'with_poetry']);
  const site = join(base, 'site');
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-index', '--no-deps', '--target', site];
  execFileSync('python3', [...pip, ...wheels.map((name) => join(wheelhouse, name))]);
  const env = { ...process.env, PYTHONPATH: site };
  expect(execFileSync(join(site, 'bin', 'with-poetry'), { encoding: 'utf8', env })).toBe('hello True\n');
});
