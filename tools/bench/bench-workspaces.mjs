/**
 * What the benchmark builds: a library, twenty services that require it, and three services that require nothing of the
 * workspace: one for each of two backends, and one with sixty requirements. All contenders build the same sources, each
 * in a copy of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '../workspace.mjs';

/** The library that every service requires. */
export const LIBRARY = 'bench-core';

/** The services that require the library, built by hatchling: the backend that @nxlv/python bundles a library into. */
export const SERVICES = Array.from({ length: 20 }, (_, index) => `service-${String(index + 1).padStart(2, '0')}`);

/** Services that require nothing of the workspace, by their backend: whoever builds one makes one wheel. */
export const ALONE = { hatchling: 'service-hatchling', setuptools: 'service-setuptools' };

/** A service that requires nothing of the workspace, but sixty distributions; built by hatchling. */
export const WIDE = 'service-wide';

const STANDALONE = [...Object.values(ALONE), WIDE];

/** What many services require, most of them pure. */
const SIXTY = [
  ...['alembic', 'annotated-types', 'anyio', 'attrs', 'babel', 'beautifulsoup4', 'blinker', 'cachetools', 'certifi'],
  ...[
    'charset-normalizer',
    'click',
    'colorama',
    'decorator',
    'deprecated',
    'distlib',
    'docutils',
    'fastapi',
    'filelock',
  ],
  ...['flask', 'h11', 'httpcore', 'httpx', 'idna', 'iniconfig', 'itsdangerous', 'jinja2', 'jsonschema', 'mako'],
  ...['markdown', 'markdown-it-py', 'markupsafe', 'mdurl', 'packaging', 'platformdirs', 'pluggy', 'pydantic'],
  ...['pygments', 'pymysql', 'pyparsing', 'python-dateutil', 'pytz', 'pyyaml', 'referencing', 'requests', 'rich'],
  ...['shellingham', 'six', 'sniffio', 'soupsieve', 'sqlalchemy', 'sqlparse', 'starlette', 'tabulate', 'termcolor'],
  ...['tomlkit', 'tqdm', 'typer', 'urllib3', 'uvicorn', 'werkzeug'],
];

const MODULES = 12;
const FUNCTIONS = 20;

/** A project's directory, relative to the workspace. */
export function directoryOf(project) {
  return join(project === LIBRARY ? 'libs' : 'services', project);
}

/** The name of a project's package. */
export function packageOf(project) {
  return project.replaceAll('-', '_');
}

/** The file of a project that is changed, relative to the workspace. */
export function changedFile(project) {
  return join(directoryOf(project), 'src', packageOf(project), 'models.py');
}

/**
 * Writes the sources of all projects.
 *
 * @param uvWorkspace whether uv has to know that the library is in the workspace
 */
export function writeProjects(workspace, { uvWorkspace = false } = {}) {
  const projects = [LIBRARY, ...SERVICES, ...(uvWorkspace ? [] : STANDALONE)];
  for (const project of projects) {
    const write = (path, text) => writeFile(join(workspace, directoryOf(project), path), text);
    const name = packageOf(project);
    write('README.md', `# ${project}\n`);
    write('pyproject.toml', pyproject(project, uvWorkspace));
    write(`src/${name}/__init__.py`, `"""The package of ${project}."""\n`);
    write(`src/${name}/models.py`, moduleText(0));
    for (let module = 1; module <= MODULES; module += 1) write(`src/${name}/part_${module}.py`, moduleText(module));
    write(
      `tests/test_${name}.py`,
      `from ${name} import models\n\n\ndef test_compute():\n    assert models.compute_0([1, 2]) == 3\n`,
    );
  }
  writeFile(
    join(workspace, '.gitignore'),
    ['dist/', '.nx/', 'node_modules', '.venv/', 'build/', '*.egg-info/', ''].join('\n'),
  );
}

/** Makes it an Nx workspace with Wheelhouse. @param modules the node_modules with nx and the packages */
export function writeWheelhouse(workspace, modules) {
  writeNx(workspace, modules, [{ plugin: '@wheelhouse/build' }]);
}

/**
 * Makes an Nx workspace without plugins, whose tasks do nothing and are cached: what Nx alone takes for so many of them.
 *
 * @param modules the node_modules with nx @param count how many tasks `LAST_PLAIN:build` is, itself included
 */
export function writePlain(workspace, modules, count) {
  writeNx(workspace, modules, []);
  for (let index = 0; index < count; index += 1) {
    const name = index === count - 1 ? LAST_PLAIN : `plain-${index}`;
    writeJson(join(workspace, name, 'project.json'), {
      name,
      implicitDependencies: index === 0 ? [] : [`plain-${index - 1}`],
      targets: {
        build: {
          executor: 'nx:run-commands',
          cache: true,
          dependsOn: ['^build'],
          outputs: ['{projectRoot}/dist'],
          options: { command: `mkdir -p ${name}/dist && echo built > ${name}/dist/out` },
        },
      },
    });
  }
}

/** The project of {@link writePlain} that needs all others. */
export const LAST_PLAIN = 'plain-last';

/** Makes it an Nx workspace with @nxlv/python, as its generators of projects do. @param modules the one it is in */
export function writeNxlv(workspace, modules) {
  writeNx(workspace, modules, [{ plugin: '@nxlv/python', options: { packageManager: 'uv' } }]);
  writeFile(join(workspace, 'pyproject.toml'), '[tool.uv.workspace]\nmembers = ["libs/*", "services/*"]\n');
  for (const project of [LIBRARY, ...SERVICES]) {
    const directory = directoryOf(project);
    const options = {
      outputPath: `${directory}/dist`,
      publish: false,
      lockedVersions: true,
      bundleLocalDependencies: true,
      format: 'wheel',
    };
    writeJson(join(workspace, directory, 'project.json'), {
      name: project,
      projectType: project === LIBRARY ? 'library' : 'application',
      sourceRoot: `${directory}/src`,
      targets: { build: { executor: '@nxlv/python:build', outputs: ['{projectRoot}/dist'], cache: true, options } },
    });
  }
}

/** Commits what is there, so that what changes from now on is what Nx finds affected. */
export function commit(workspace) {
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', '-c', 'commit.gpgsign=false'];
  const commands = [
    ['init', '-q'],
    ['add', '-A'],
    [...identity, 'commit', '-q', '--allow-empty', '-m', 'bench'],
  ];
  for (const args of commands) {
    const { status, stderr } = spawnSync('git', args, { cwd: workspace, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  }
}

/** Services of one backend differ in their names alone: what one is locked to is what all are locked to. */
export function copyLocks(workspace) {
  const require = createRequire(import.meta.url);
  const { parseLock } = require(join(root, 'packages/python/dist/lockfile/parse.js'));
  const { formatLock } = require(join(root, 'packages/python/dist/lockfile/format.js'));
  const [first, ...others] = SERVICES;
  const from = join(workspace, directoryOf(first), 'locks');
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.txt'));
  for (const service of others) {
    for (const file of files) {
      const lock = parseLock(readFileSync(join(from, file), 'utf8'), file);
      const text = formatLock(lock.distribution === first ? { ...lock, distribution: service } : lock);
      writeFile(join(workspace, directoryOf(service), 'locks', file.replace(first, service)), text);
    }
  }
}

function writeNx(workspace, modules, plugins) {
  writeJson(join(workspace, 'nx.json'), { neverConnectToCloud: true, analytics: false, plugins });
  writeJson(join(workspace, 'package.json'), { name: 'bench', version: '0.0.0', private: true });
  symlinkSync(modules, join(workspace, 'node_modules'));
}

function pyproject(project, uvWorkspace) {
  const isAlone = STANDALONE.includes(project);
  const requires = project === WIDE ? SIXTY : [...(isAlone ? [] : [LIBRARY]), 'sqlparse>=0.5', 'pymysql>=1.1'];
  const backend =
    project === ALONE.setuptools
      ? ['requires = ["setuptools>=77"]', 'build-backend = "setuptools.build_meta"']
      : ['requires = ["hatchling>=1.27"]', 'build-backend = "hatchling.build"'];
  return [
    '[build-system]',
    ...backend,
    '',
    '[project]',
    `name = "${project}"`,
    'version = "1.0.0"',
    'description = "A project of the benchmark"',
    'readme = "README.md"',
    'license = "MIT"',
    'requires-python = ">=3.10"',
    `dependencies = ${JSON.stringify(project === LIBRARY ? [] : requires)}`,
    ...(isAlone ? ['', '[dependency-groups]', 'test = ["pytest>=8"]'] : []),
    ...(uvWorkspace && project !== LIBRARY ? ['', '[tool.uv.sources]', `${LIBRARY} = { workspace = true }`] : []),
    '',
  ].join('\n');
}

function moduleText(seed) {
  const functions = Array.from({ length: FUNCTIONS }, (_, index) =>
    [
      `def compute_${index}(values: list[int]) -> int:`,
      `    """The sum, and ${seed + index} for every value beyond the second."""`,
      `    return sum(values) + ${seed + index} * max(0, len(values) - 2)`,
    ].join('\n'),
  );
  return `${functions.join('\n\n\n')}\n`;
}

function writeJson(path, value) {
  writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

function writeFile(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
