/**
 * How each contender is run. A contender is told what to build and says how it is made ready for a case:
 * `{ name, isOurs, workspace, command, cwd, env, forget(), outputs() }`. `forget` takes away all that an earlier build
 * left, and no download; `outputs` are the directories of the wheels that the command makes.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { directoryOf, LIBRARY, SERVICES } from './bench-workspaces.mjs';
import { time } from './turns.mjs';

/** The contenders that are commands by themselves, for one project. */
export function commandsFor(project, place) {
  const { bin, bare, wheelhouse, wheels, env, snapshotOf } = place;
  const cwd = join(bare, directoryOf(project));
  const python = join(bin, 'python');
  const snapshot = snapshotOf(project);
  const other = (name, command, extra = {}) => {
    const out = join(wheels, name.replaceAll(' ', '-'), project);
    return {
      name,
      workspace: bare,
      command: command(out),
      cwd,
      env: { ...env, ...extra },
      forget: () => rmSync(out, { recursive: true, force: true }),
      outputs: () => [out],
    };
  };
  const fromSnapshot = { PIP_NO_INDEX: '1', PIP_FIND_LINKS: snapshot, PIP_CONFIG_FILE: '/dev/null' };
  return [
    wheelhouseCommand([project], place),
    other('uv build', (out) => [join(bin, 'uv'), 'build', '--wheel', '--out-dir', out, '.']),
    other('python -m build', (out) => [python, '-m', 'build', '--wheel', '--outdir', out, '.'], fromSnapshot),
    other('pip wheel', (out) => [python, '-m', 'pip', 'wheel', '--no-deps', '--wheel-dir', out, '.'], fromSnapshot),
  ].map((contender) => ({ ...contender, isOurs: contender.workspace === wheelhouse }));
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
      forget: () => rmSync(out, { recursive: true, force: true }),
      outputs: () => [out],
    },
  ];
}

function wheelhouseCommand(projects, { command, wheelhouse, env, store }) {
  return {
    name: projects.length === 1 ? 'wheelhouse build' : 'wheelhouse build of all',
    workspace: wheelhouse,
    command: [process.execPath, command, 'build', ...projects],
    cwd: wheelhouse,
    env,
    forget: () => {
      rmSync(store, { recursive: true, force: true });
      forgetOutputs(wheelhouse, projects);
    },
    outputs: () => projects.map((project) => join(wheelhouse, 'dist', directoryOf(project), 'wheelhouse')),
  };
}

/** The two that Nx runs. @param args what comes after `nx`, by the name of the target */
export function throughNx(projects, args, { wheelhouse, nxlv, store, env }) {
  const nx = (workspace, target) => ({
    workspace,
    command: [join(workspace, 'node_modules/.bin/nx'), ...args(target)],
    cwd: workspace,
    env: { ...env, NX_DAEMON: 'true' },
  });
  const reset = (contender) => time([contender.command[0], 'reset'], contender);
  const ours = nx(wheelhouse, 'build-wheel');
  const theirs = nx(nxlv, 'build');
  return [
    {
      ...ours,
      name: 'nx, @wheelhouse/build:build-wheel',
      isOurs: true,
      forget: () => {
        reset(ours);
        rmSync(store, { recursive: true, force: true });
        forgetOutputs(wheelhouse, projects);
      },
      outputs: () => projects.map((project) => join(wheelhouse, 'dist', directoryOf(project), 'wheelhouse')),
    },
    {
      ...theirs,
      name: 'nx, @nxlv/python:build',
      isOurs: false,
      forget: () => {
        reset(theirs);
        for (const project of [LIBRARY, ...projects]) {
          rmSync(join(nxlv, directoryOf(project), 'dist'), { recursive: true, force: true });
        }
      },
      outputs: () => projects.map((project) => join(nxlv, directoryOf(project), 'dist')),
    },
  ];
}

/** Snapshots stay: they are what was downloaded. */
function forgetOutputs(workspace, projects) {
  for (const project of new Set([LIBRARY, ...projects])) {
    for (const output of ['wheel', 'wheelhouse', 'manifest.json']) {
      rmSync(join(workspace, 'dist', directoryOf(project), output), { recursive: true, force: true });
    }
  }
}
