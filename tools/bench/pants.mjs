/**
 * Pants as a contender. The last version that PyPI has is 2.17.1 of October 2023, which needs Python 3.9; where the
 * machine has none, Pants is not measured. Later versions are only on GitHub.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { ALONE, commit, directoryOf, writeProjects } from './bench-workspaces.mjs';
import { time } from './turns.mjs';

const PANTS = '2.17.1';
const PEX = '2.1.137';

/** @returns the workspace and the program, or `undefined` if there is no Python 3.9 */
export function preparePants({ directory, env }) {
  const python = python39(env);
  if (python === undefined) return undefined;
  const venv = join(directory, 'venv');
  const workspace = join(directory, 'workspace');
  mkdirSync(directory);
  const here = { cwd: directory, env };
  time([python, '-m', 'venv', venv], here);
  const program = (name) => join(venv, 'bin', name);
  time([program('pip'), 'install', '--quiet', `pantsbuild.pants==${PANTS}`, `pex==${PEX}`], here);
  // Pants downloads pex from GitHub, unless it is told of another file.
  const pex = join(directory, 'pex');
  time([program('pex'), `pex==${PEX}`, '--console-script', 'pex', '--output-file', pex], here);
  writeProjects(workspace);
  writeFileSync(join(workspace, 'pants.toml'), settings({ directory, pex, indexes: indexes(env) }));
  for (const project of Object.values(ALONE)) {
    writeFileSync(join(workspace, directoryOf(project), 'BUILD'), buildFile(project));
  }
  commit(workspace);
  const itsEnv = { ...env, PATH: `${join(venv, 'bin')}:${env.PATH}` };
  return { workspace, program: program('pants'), env: itsEnv, stop: () => stopDaemon(join(directory, 'processes')) };
}

/** Ends Pants's daemon, whose process ID is in a file. */
function stopDaemon(directory) {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.name !== 'pid' || basename(entry.parentPath) !== 'pantsd') continue;
    process.kill(Number(readFileSync(join(entry.parentPath, entry.name), 'utf8')));
  }
}

/** Pants starts from its own stores of downloads, which no option makes empty but for them: it has no cold case. */
export function pantsContender(project, { workspace, program, env }) {
  return {
    name: `pants ${PANTS}`,
    workspace,
    only: ['one line changed', 'nothing changed'],
    command: [program, 'package', `${directoryOf(project)}:dist`],
    cwd: workspace,
    env,
    outputs: () => [join(workspace, 'dist', project)],
  };
}

/** A Python 3.9 on `PATH` or of pyenv. */
function python39({ PATH: path = '', PYENV_ROOT: pyenv = join(homedir(), '.pyenv') }) {
  const versions = join(pyenv, 'versions');
  const installed = existsSync(versions) ? readdirSync(versions).filter((version) => version.startsWith('3.9.')) : [];
  const directories = [...path.split(':'), ...installed.map((version) => join(versions, version, 'bin'))];
  return directories
    .map((directory) => join(directory, 'python3.9'))
    .find((candidate) => spawnSync(candidate, ['-c', '']).status === 0);
}

function settings({ directory, pex, indexes: addresses }) {
  const bytes = readFileSync(pex);
  const known = `v${PEX}|linux_x86_64|${createHash('sha256').update(bytes).digest('hex')}|${bytes.length}`;
  const lines = {
    GLOBAL: [
      `pants_version = "${PANTS}"`,
      'backend_packages = ["pants.backend.python"]',
      `local_store_dir = "${join(directory, 'store')}"`,
      `named_caches_dir = "${join(directory, 'caches')}"`,
      `pants_subprocessdir = "${join(directory, 'processes')}"`,
    ],
    python: ['interpreter_constraints = ["CPython>=3.10"]'],
    'python-infer': ['use_rust_parser = false'],
    ...(addresses.length === 0 ? {} : { 'python-repos': [`indexes = ${JSON.stringify(addresses)}`] }),
    'pex-cli': [`version = "v${PEX}"`, `known_versions = ["${known}"]`, `url_template = "file://${pex}"`],
    source: ['root_patterns = ["src", "/services/*", "/libs/*"]'],
    'anonymous-telemetry': ['enabled = false'],
  };
  return Object.entries(lines)
    .map(([name, settings]) => [`[${name}]`, ...settings, ''].join('\n'))
    .join('');
}

/** The index that pip is configured for. */
function indexes(env) {
  const { stdout } = spawnSync('pip', ['config', 'get', 'global.index-url'], { env, encoding: 'utf8' });
  return stdout.trim() === '' ? [] : [stdout.trim()];
}

function buildFile(project) {
  return [
    'python_sources(name="src", sources=["src/**/*.py"])',
    'files(name="files", sources=["pyproject.toml", "README.md"])',
    'python_distribution(',
    `    name="dist", dependencies=[":src", ":files"], provides=python_artifact(name="${project}"),`,
    `    generate_setup=False, sdist=False, output_path="${project}",`,
    ')',
    '',
  ].join('\n');
}
