/**
 * The workspace of `npm run bench:graph`: any number of Python projects in three layers (a twentieth require no other
 * project, a quarter require two of those, all others three of these), and sixty distributions that they lock.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '../workspace.mjs';

/** How many distributions of an index the projects use. */
export const DISTRIBUTIONS = 60;

/** How many of them each project requires, and how many more its tests do. */
const [RUNTIME, TEST] = [8, 4];

/** The directory of a project, relative to the workspace. */
export function directoryOf(index) {
  return join('projects', nameOf(index));
}

/** Writes the workspace. @param modules the node_modules with nx and the packages */
export function writeGraphWorkspace(workspace, count, modules) {
  const write = (path, text) => writeFile(join(workspace, path), text);
  write('nx.json', json({ neverConnectToCloud: true, analytics: false, plugins: [{ plugin: '@wheelhouse/build' }] }));
  write('package.json', json({ name: 'bench-graph', version: '0.0.0', private: true }));
  write('.gitignore', 'dist/\n.nx/\nnode_modules\n');
  symlinkSync(modules, join(workspace, 'node_modules'));
  const locks = lockTexts();
  for (let index = 0; index < count; index += 1) {
    const name = nameOf(index);
    const directory = directoryOf(index);
    const module = name.replaceAll('-', '_');
    write(join(directory, 'README.md'), `# ${name}\n`);
    write(join(directory, 'pyproject.toml'), pyproject(index, count));
    for (const each of ['__init__', 'models', 'views', 'services']) {
      write(join(directory, 'src', module, `${each}.py`), `"""${each} of ${name}."""\n`);
    }
    write(join(directory, 'tests', `test_${module}.py`), 'def test_nothing():\n    pass\n');
    for (const [file, text] of locks(index, name)) write(join(directory, 'locks', file), text);
  }
}

/** The projects that a project requires. */
export function requiredBy(index, count) {
  const [base, libraries] = [Math.max(1, Math.floor(count / 20)), Math.max(1, Math.floor((count * 3) / 10))];
  const some = (many, from, to) => {
    const found = Array.from({ length: many }, (_, each) => from + ((index * 7 + each * 13) % Math.max(1, to - from)));
    return [...new Set(found)];
  };
  if (index < base) return [];
  return index < libraries ? some(2, 0, base) : some(3, base, libraries);
}

function nameOf(index) {
  return `service-${String(index).padStart(4, '0')}`;
}

function distribution(index) {
  return `distribution-${String(index % DISTRIBUTIONS).padStart(2, '0')}`;
}

function used(index, many, offset = 0) {
  return Array.from({ length: many }, (_, each) => distribution(index * 5 + each + offset));
}

function pyproject(index, count) {
  const locals = requiredBy(index, count);
  const requires = [...locals.map(nameOf), ...used(index, RUNTIME).map((name) => `${name}>=1`)];
  return [
    '[build-system]',
    'requires = ["hatchling>=1.27"]',
    'build-backend = "hatchling.build"',
    '',
    '[project]',
    `name = "${nameOf(index)}"`,
    'version = "1.0.0"',
    'description = "A project of the benchmark"',
    'readme = "README.md"',
    'license = "MIT"',
    'requires-python = ">=3.10"',
    `dependencies = ${JSON.stringify(requires)}`,
    '',
    '[dependency-groups]',
    `test = ${JSON.stringify(used(index, TEST, RUNTIME).map((name) => `${name}>=1`))}`,
    '',
    '[tool.uv.sources]',
    ...locals.map((each) => `${nameOf(each)} = { path = "../${nameOf(each)}", editable = true }`),
    '',
  ].join('\n');
}

/** The locks of a project. Nothing here asks whether they are fresh, so their requirements are those of none. */
function lockTexts() {
  const require = createRequire(import.meta.url);
  const { formatLock } = require(join(root, 'packages/python/dist/lockfile/format.js'));
  const entry = (normalizedName) => {
    const hashes = [1, 2, 3].map(
      (each) => `sha256:${createHash('sha256').update(`${normalizedName} ${each}`).digest('hex')}`,
    );
    return { normalizedName, version: '1.0.0', hashes: hashes.sort(), origin: { file: '', line: 1, column: 0 } };
  };
  const lock = (kind, name, names) =>
    formatLock({
      kind,
      distribution: name,
      python: '3.10',
      uv: '0.13.9',
      requirements: [],
      hookRequirements: [],
      entries: [...new Set(names)].sort().map(entry),
    });
  return (index, name) => {
    const build = ['hatchling', 'packaging', 'pathspec', 'pluggy', 'trove-classifiers'];
    return [
      ['runtime.txt', lock('runtime', name, used(index, RUNTIME))],
      ['test.txt', lock('test', name, used(index, RUNTIME + TEST))],
      [`build/${name}.txt`, lock('build', name, build)],
    ];
  };
}

function json(value) {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function writeFile(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
