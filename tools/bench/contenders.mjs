/**
 * How each contender is run. A contender knows what it builds, and how it is made ready for a case: `{ name, isOurs,
 * workspace, command, cwd, env, coldEnv, forget(), outputs(), only }`. `forget` removes all that an earlier build left,
 * and no download; after it a contender is run with `coldEnv`. `outputs` are the directories of the wheels that the
 * command makes, if it makes any. `only` names the cases that it takes part in; without it, it takes part in all. One
 * that `isFloor` is not a contender: it is the programs alone that nothing of this kind can do without.
 */
import { mkdirSync, mkdtempSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ALONE, directoryOf, LAST_PLAIN, LIBRARY, SERVICES } from './bench-workspaces.mjs';
import { pantsContender } from './pants.mjs';
import { time } from './turns.mjs';

/** The name of the contender that is Nx alone. */
export const PLAIN = 'nx, as many cached tasks that do nothing';

/** The contenders that are commands by themselves, for one project. */
export function commandsFor(project, place) {
  const { bin, bare, wheelhouse, wheels, env, snapshotOf } = place;
  const cwd = join(bare, directoryOf(project));
  const python = join(bin, 'python');
  const snapshot = snapshotOf(project);
  const other = (name, command, extra = {}) => {
    const out = join(wheels, name.replaceAll(' ', '-'), project);
    const itsEnv = { ...env, ...extra };
    return {
      name,
      workspace: bare,
      command: command(out),
      cwd,
      env: itsEnv,
      coldEnv: { ...itsEnv, ...coldUv(place, snapshot) },
      forget: () => forgetAll([out, place.uvColdCache], place),
      outputs: () => [out],
    };
  };
  const fromSnapshot = { PIP_NO_INDEX: '1', PIP_FIND_LINKS: snapshot, PIP_CONFIG_FILE: '/dev/null' };
  return [
    wheelhouseCommand([project], place),
    other('uv build', (out) => [join(bin, 'uv'), 'build', '--wheel', '--out-dir', out, '.']),
    other('python -m build', (out) => [python, '-m', 'build', '--wheel', '--outdir', out, '.'], fromSnapshot),
    other('pip wheel', (out) => [python, '-m', 'pip', 'wheel', '--no-deps', '--wheel-dir', out, '.'], fromSnapshot),
    ...(place.pants !== undefined && Object.values(ALONE).includes(project)
      ? [pantsContender(project, place.pants)]
      : []),
    ...floors(project, place),
  ].map((contender) => ({ ...contender, isOurs: contender.workspace === wheelhouse }));
}

/** Node, and where something is built also bubblewrap, Python and the backend's hook. */
function floors(project, { bare, wheels, env, backendOf }) {
  const out = join(wheels, 'floor', project);
  const cwd = join(bare, directoryOf(project));
  const { python, module } = backendOf(project);
  const hook = `import ${module} as backend; backend.build_wheel(${JSON.stringify(out)})`;
  const sandboxed = ['bwrap', '--dev-bind', '/', '/', '--unshare-all', python, '-c', hook];
  const floor = { isFloor: true, workspace: bare, cwd, env };
  return [
    {
      ...floor,
      name: 'node, bwrap and the backend',
      only: ['one line changed'],
      command: ['sh', '-c', 'node -e 0 && exec "$@"', 'sh', ...sandboxed],
      outputs: () => [out],
    },
    { ...floor, name: 'node', only: ['nothing changed'], command: ['node', '-e', '0'], outputs: () => [] },
  ];
}

/** The same for all services and their library: what is there beside Nx is a loop. */
export function commandsForAll(place) {
  const { bin, bare, wheels, env } = place;
  const out = join(wheels, 'uv-build-loop');
  const projects = [LIBRARY, ...SERVICES];
  return [
    { ...wheelhouseCommand(projects, place), isOurs: true },
    {
      name: 'uv build in a loop, 2 at a time',
      isOurs: false,
      workspace: bare,
      command: [
        'sh',
        '-c',
        `printf '%s\\n' "$@" | xargs -P 2 -I '{}' '${join(bin, 'uv')}' build --quiet --wheel --out-dir '${out}' '{}'`,
        'sh',
        ...projects.map(directoryOf),
      ],
      cwd: bare,
      env,
      outputs: () => [out],
    },
  ];
}

/** What makes uv start from the files of a snapshot alone, as Wheelhouse and pip do, with nothing in its cache. */
function coldUv({ uvColdCache }, snapshot) {
  return { UV_CACHE_DIR: uvColdCache, UV_NO_INDEX: '1', UV_FIND_LINKS: snapshot };
}

/**
 * Moves away what is there. It is not removed before all is over: for minutes, ext4 passes over the inodes of what was
 * removed, one by one for every new file, so that who makes many files would be measured by what the turn before left.
 */
function forgetAll(paths, { aside }) {
  mkdirSync(aside, { recursive: true });
  for (const path of paths) {
    try {
      renameSync(path, join(mkdtempSync(join(aside, 'forgotten-')), basename(path)));
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
}

function wheelhouseCommand(projects, place) {
  const { command, wheelhouse, env, store } = place;
  return {
    name: projects.length === 1 ? 'wheelhouse build' : 'wheelhouse build of all',
    workspace: wheelhouse,
    command: [process.execPath, command, 'build', ...projects],
    cwd: wheelhouse,
    env,
    coldEnv: env,
    forget: () => {
      forgetAll([store], place);
      forgetOutputs(projects, place);
    },
    outputs: () => projects.map((project) => join(wheelhouse, 'dist', directoryOf(project), 'wheelhouse')),
  };
}

/** The tests of a service: ours run on its wheel, in a sandbox; pytest's in the development environment on the sources. */
export function testsOf(project, { bare, wheelhouse, command, env, development }) {
  const ours = { isOurs: true, workspace: wheelhouse, cwd: wheelhouse, outputs: () => [] };
  return [
    {
      ...ours,
      name: 'nx, @wheelhouse/build:test',
      command: [join(wheelhouse, 'node_modules/.bin/nx'), 'run', `${project}:test`],
      env: { ...env, NX_DAEMON: 'true' },
    },
    {
      ...ours,
      name: 'wheelhouse test',
      isOurs: false,
      isAside: true,
      command: [process.execPath, command, 'test', project],
      env,
    },
    {
      name: 'pytest, development environment',
      isOurs: false,
      workspace: bare,
      command: [development.python, '-m', 'pytest', '--quiet'],
      cwd: development.cwd,
      env,
      outputs: () => [],
    },
  ];
}

/** What builds a wheel twice in surroundings that differ in the same things, and compares both. */
export function doubleBuilds(project, { bin, bare, wheelhouse, command, env }) {
  const varied = ['path', 'umask', 'hash-seed', 'timezone', 'locale', 'home'].flatMap((what) => ['--vary', what]);
  // A home that does not exist has no cache of uv's.
  const build = [join(bin, 'uv'), 'build', '--cache-dir', env.UV_CACHE_DIR, '--wheel', '--out-dir', 'out', '.'];
  const variations = 'environment,build_path,umask,exec_path,timezone,locales,home';
  return [
    {
      name: 'wheelhouse build --verify',
      isOurs: true,
      workspace: wheelhouse,
      command: [process.execPath, command, 'build', project, '--verify', ...varied],
      cwd: wheelhouse,
      env,
      outputs: () => [join(wheelhouse, 'dist', directoryOf(project), 'wheelhouse')],
    },
    {
      name: 'reprotest, uv build',
      isOurs: false,
      workspace: bare,
      command: ['reprotest', '--min-cpus', '1', `--variations=${variations}`, build.join(' '), 'out/*.whl'],
      cwd: join(bare, directoryOf(project)),
      env,
      outputs: () => [],
    },
  ];
}

/** What Nx runs: both plugins, and tasks that do nothing, as many as ours. @param args what comes after `nx`, by the name of the target */
export function throughNx(projects, args, place) {
  const { wheelhouse, nxlv, plain, store, env, snapshotOf } = place;
  const nx = (workspace, target, cold = {}) => {
    const itsEnv = { ...env, NX_DAEMON: 'true' };
    return {
      workspace,
      command: [join(workspace, 'node_modules/.bin/nx'), ...args(target)],
      cwd: workspace,
      env: itsEnv,
      coldEnv: { ...itsEnv, ...cold },
    };
  };
  const reset = (contender) => time([contender.command[0], 'reset'], contender);
  const ours = nx(wheelhouse, 'build-wheel');
  const theirs = nx(nxlv, 'build', coldUv(place, snapshotOf(projects[0])));
  return [
    {
      ...ours,
      name: 'nx, @wheelhouse/build:build-wheel',
      isOurs: true,
      forget: () => {
        reset(ours);
        forgetAll([store], place);
        forgetOutputs(projects, place);
      },
      outputs: () => projects.map((project) => join(wheelhouse, 'dist', directoryOf(project), 'wheelhouse')),
    },
    {
      ...theirs,
      name: 'nx, @nxlv/python:build',
      isOurs: false,
      forget: () => {
        reset(theirs);
        const outputs = [LIBRARY, ...projects].map((project) => join(nxlv, directoryOf(project), 'dist'));
        forgetAll([place.uvColdCache, ...outputs], place);
      },
      outputs: () => projects.map((project) => join(nxlv, directoryOf(project), 'dist')),
    },
    {
      ...nx(plain, 'build'),
      name: PLAIN,
      isOurs: false,
      command: [join(plain, 'node_modules/.bin/nx'), 'run', `${LAST_PLAIN}:build`],
      only: projects.length === 1 ? ['nothing changed'] : [],
      outputs: () => [],
    },
  ];
}

/** Snapshots stay: they are what was downloaded. */
function forgetOutputs(projects, place) {
  for (const project of new Set([LIBRARY, ...projects])) {
    const dist = join(place.wheelhouse, 'dist', directoryOf(project));
    const outputs = ['wheel', 'wheelhouse', 'manifest.json'].map((output) => join(dist, output));
    forgetAll(outputs, place);
  }
}
