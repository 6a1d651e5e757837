/** The copies of the benchmark's workspace, the stores and the caches: everything is downloaded before anything is timed. */
import { mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pipEnvironment } from '../set-up.mjs';
import { root } from '../workspace.mjs';
import {
  ALONE,
  commit,
  copyLocks,
  directoryOf,
  LIBRARY,
  SERVICES,
  WIDE,
  writeNxlv,
  writePlain,
  writeProjects,
  writeWheelhouse,
} from './bench-workspaces.mjs';
import { preparePants } from './pants.mjs';
import { time } from './turns.mjs';

const STANDALONE = [...Object.values(ALONE), WIDE];

/** What `need` installs for the benchmark. */
export const benchParts = (partsForBuilding) => ({
  ...partsForBuilding,
  apt: [...partsForBuilding.apt, 'reprotest'],
  npm: ['.', 'examples', 'tools/bench/nxlv', 'tools/bench/plots'],
  pip: { bench: ['build==1.6.1', 'pip==26.3', 'uv==0.13.9'] },
});

/**
 * Makes everything in an empty directory.
 *
 * @returns where things are, the environment of all contenders, and how to find what belongs to a project
 */
export function prepare(directory) {
  const at = (name) => join(directory, name);
  const bin = join(pipEnvironment('bench'), 'bin');
  const [wheelhouse, nxlv, bare, plain] = ['wheelhouse', 'nxlv', 'bare', 'plain'].map(at);
  const online = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    WHEELHOUSE_CACHE_DIR: at('store'),
    UV_CACHE_DIR: at('uv-cache'),
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    NX_NO_CLOUD: 'true',
    NO_COLOR: '1',
  };
  for (const workspace of [wheelhouse, bare]) writeProjects(workspace);
  writeProjects(nxlv, { uvWorkspace: true });
  const modules = join(root, 'examples/node_modules');
  writeWheelhouse(wheelhouse, modules);
  writeNxlv(nxlv, join(root, 'tools/bench/nxlv/node_modules'));
  commit(wheelhouse);

  const nx = join(wheelhouse, 'node_modules/.bin/nx');
  const first = [LIBRARY, SERVICES[0], ...STANDALONE].join(',');
  const here = { cwd: wheelhouse, env: { ...online, NX_DAEMON: 'false' } };
  time([nx, 'run-many', '-t', 'lock', '-p', first], here);
  copyLocks(wheelhouse);
  commit(wheelhouse);
  time([nx, 'run-many', '-t', 'snapshot'], here);
  time([join(bin, 'uv'), 'lock'], { cwd: nxlv, env: online });
  time([nx, 'run', `${SERVICES[0]}:build-wheel`, `--graph=${at('tasks.json')}`], here);
  const { tasks } = JSON.parse(readFileSync(at('tasks.json'), 'utf8')).tasks;
  writePlain(plain, modules, Object.keys(tasks).length);
  for (const workspace of [nxlv, bare, plain]) commit(workspace);
  for (const name of ['wheels', 'backends']) mkdirSync(at(name));
  // uv keeps what it downloads for a build when it builds.
  for (const project of STANDALONE) {
    const options = { cwd: join(bare, directoryOf(project)), env: online };
    time([join(bin, 'uv'), 'build', '--wheel', '--out-dir', at('wheels/first'), '.'], options);
  }
  const snapshotOf = (project) => join(wheelhouse, 'dist', directoryOf(project), 'snapshot');
  // Node reads these certificates at each of its starts, 0.05 s for what Debian trusts, and nothing is downloaded.
  const env = { ...online, UV_OFFLINE: '1', NODE_EXTRA_CA_CERTS: undefined };
  return {
    ...{ bin, wheelhouse, nxlv, bare, plain, env, snapshotOf },
    store: at('store'),
    uvColdCache: at('uv-cold-cache'),
    aside: at('aside'),
    wheels: at('wheels'),
    command: join(root, 'packages/build/bin/wheelhouse.js'),
    backendOf: backends({ bin, directory: at('backends'), snapshotOf, env: online }),
    development: development({ bin, directory: at('development'), bare, env: online }),
    pants: preparePants({ directory: at('pants'), env: online }),
  };
}

/** An environment for each backend, installed from a snapshot. @returns the interpreter and the backend's module */
function backends({ bin, directory, snapshotOf, env }) {
  const modules = { hatchling: 'hatchling.build', setuptools: 'setuptools.build_meta' };
  const made = new Map();
  for (const [backend, project] of Object.entries(ALONE)) {
    const at = join(directory, backend);
    time([join(bin, 'uv'), 'venv', '--quiet', at], { cwd: directory, env });
    const python = join(at, 'bin/python');
    const from = ['--no-index', '--find-links', snapshotOf(project)];
    time([join(bin, 'uv'), 'pip', 'install', '--quiet', '--compile-bytecode', '--python', python, ...from, backend], {
      cwd: directory,
      env,
    });
    made.set(project, { python, module: modules[backend] });
  }
  return (project) => made.get(project) ?? made.get(ALONE.hatchling);
}

/** The environment in which a developer of the service for hatchling runs pytest: the project is installed as editable. */
function development({ bin, directory, bare, env }) {
  const options = { cwd: bare, env };
  time([join(bin, 'uv'), 'venv', '--quiet', directory], options);
  const python = join(directory, 'bin/python');
  const project = join(bare, directoryOf(ALONE.hatchling));
  const group = ['--group', `${join(project, 'pyproject.toml')}:test`];
  time([join(bin, 'uv'), 'pip', 'install', '--quiet', '--python', python, '--editable', project, ...group], options);
  return { python, cwd: project };
}
