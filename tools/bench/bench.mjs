/**
 * `npm run bench`: whole-process times of Wheelhouse beside what a user would pick instead, in one run in which all take
 * turns: from nothing, after one changed line, with nothing changed, and with twenty projects affected. The tables are
 * printed and, with `--write`, go into docs/benchmarks.md, which says what is compared with what.
 *
 * BENCH_TURNS is how many turns are counted.
 */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build } from '../build.mjs';
import { need, partsForBuilding, pipEnvironment } from '../set-up.mjs';
import { isMain, root } from '../workspace.mjs';
import {
  ALONE,
  changedFile,
  commit,
  copyLocks,
  directoryOf,
  LIBRARY,
  packageOf,
  SERVICES,
  writeNxlv,
  writeProjects,
  writeWheelhouse,
} from './bench-workspaces.mjs';
import { commandsFor, commandsForAll, throughNx } from './contenders.mjs';
import { caseTable, summary } from './page.mjs';
import { takeTurns, time } from './turns.mjs';

const TURNS = Number(process.env.BENCH_TURNS ?? 7);
const [SERVICE] = SERVICES;

const parts = {
  ...partsForBuilding,
  npm: ['.', 'examples', 'tools/bench/nxlv'],
  pip: { bench: ['build==1.6.1', 'pip==26.3', 'uv==0.13.9'] },
};

/** The copies of the workspace, the store and the caches, with everything downloaded. */
function prepare(directory) {
  const at = (name) => join(directory, name);
  const bin = join(pipEnvironment('bench'), 'bin');
  const [wheelhouse, nxlv, bare] = ['wheelhouse', 'nxlv', 'bare'].map(at);
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
  writeWheelhouse(wheelhouse, join(root, 'examples/node_modules'));
  writeNxlv(nxlv, join(root, 'tools/bench/nxlv/node_modules'));
  commit(wheelhouse);

  const nx = join(wheelhouse, 'node_modules/.bin/nx');
  const first = [LIBRARY, SERVICE, ...Object.values(ALONE)].join(',');
  const here = { cwd: wheelhouse, env: { ...online, NX_DAEMON: 'false' } };
  time([nx, 'run-many', '-t', 'lock', '-p', first], here);
  copyLocks(wheelhouse);
  commit(wheelhouse);
  time([nx, 'run-many', '-t', 'snapshot'], here);
  time([join(bin, 'uv'), 'lock'], { cwd: nxlv, env: online });
  for (const workspace of [nxlv, bare]) commit(workspace);
  for (const name of ['wheels', 'backends']) mkdirSync(at(name));
  // uv keeps what it downloads for a build when it builds.
  for (const project of Object.values(ALONE)) {
    const options = { cwd: join(bare, directoryOf(project)), env: online };
    time([join(bin, 'uv'), 'build', '--wheel', '--out-dir', at('wheels/first'), '.'], options);
  }
  const snapshotOf = (project) => join(wheelhouse, 'dist', directoryOf(project), 'snapshot');
  return {
    bin,
    wheelhouse,
    nxlv,
    bare,
    store: at('store'),
    uvColdCache: at('uv-cold-cache'),
    aside: at('aside'),
    wheels: at('wheels'),
    // Node reads these certificates at each of its starts, 0.05 s for what Debian trusts, and nothing is downloaded.
    env: { ...online, UV_OFFLINE: '1', NODE_EXTRA_CA_CERTS: undefined },
    command: join(root, 'packages/build/bin/wheelhouse.js'),
    snapshotOf,
    backendOf: backends({ bin, directory: at('backends'), snapshotOf, env: online }),
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
  return (project) => made.get(project);
}

/** The cases of one list of contenders. @param changed the project in which a line is changed */
function casesOf({ group, contenders, changed, place, affected = false }) {
  const last = new Map();
  const change =
    ({ workspace }) =>
    (turn) => {
      last.set(workspace, `# turn ${turn}`);
      appendFileSync(join(workspace, changedFile(changed)), `# turn ${turn}\n`);
    };
  const check =
    ({ workspace, outputs }) =>
    () => {
      const member = `${packageOf(changed)}/models.py`;
      if (outputs().length === 0) return;
      const script = join(root, 'tools/bench/check_wheel.py');
      time(['python3', script, member, last.get(workspace) ?? '', ...outputs()], { cwd: workspace, env: place.env });
    };
  const measured = (title, bar, before, envOf = ({ env }) => env) => ({
    group,
    title,
    bar,
    rows: takeTurns(
      contenders
        .filter(({ only = title }) => only === title)
        .map((contender) => ({
          ...contender,
          before: before(contender),
          run: () => time(contender.command, { cwd: contender.cwd, env: envOf(contender) }),
          check: check(contender),
        })),
      { turns: TURNS, start: Date.now() },
    ),
  });
  if (affected) return [measured('twenty projects affected', 'affected', change)];
  return [
    measured(
      'cold',
      'cold',
      ({ forget }) =>
        () =>
          forget(),
      ({ coldEnv }) => coldEnv,
    ),
    measured('one line changed', 'changed', change),
    measured('nothing changed', 'nothing', () => () => undefined),
  ];
}

function measureAll(place) {
  const one = (project, group) => casesOf({ group, contenders: commandsFor(project, place), changed: project, place });
  const run = (target) => ['run', `${SERVICE}:${target}`];
  const affected = (target) => ['affected', '-t', target, '--base=HEAD'];
  return [
    ...Object.entries(ALONE).flatMap(([backend, project]) => one(project, `commands, ${backend}`)),
    ...casesOf({
      group: 'through Nx, hatchling',
      contenders: throughNx([SERVICE], run, place),
      changed: SERVICE,
      place,
    }),
    ...casesOf({
      group: 'through Nx, hatchling',
      contenders: throughNx(SERVICES, affected, place),
      changed: LIBRARY,
      place,
      affected: true,
    }),
    ...casesOf({
      group: 'commands, hatchling',
      contenders: commandsForAll(place),
      changed: LIBRARY,
      place,
      affected: true,
    }),
  ];
}

function pageOf(cases) {
  const groups = [...new Set(cases.map(({ group }) => group))];
  const machine = `${cpus().length} processors, Linux ${release().split('.').slice(0, 2).join('.')}, Node ${process.versions.node}`;
  return [
    summary(cases),
    ...groups.flatMap((group) => [
      `### ${group[0].toUpperCase()}${group.slice(1)}`,
      '',
      ...cases.filter((each) => each.group === group).map(caseTable),
    ]),
    `${TURNS} ${TURNS === 1 ? 'turn' : 'turns'} after one that is not counted, on ${machine}.`,
    '',
  ].join('\n');
}

async function main() {
  await need(parts);
  if ((await build()) !== 0) throw new Error('the packages do not build');
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-bench-'));
  const place = prepare(directory);
  try {
    const text = pageOf(measureAll(place));
    process.stdout.write(text);
    if (process.argv.includes('--write')) {
      const page = join(root, 'docs/benchmarks.md');
      const [head] = readFileSync(page, 'utf8').split('<!-- tables -->');
      writeFileSync(page, `${head}<!-- tables -->\n\n${text}`);
      time([join(root, 'node_modules/.bin/prettier'), '--write', page], { cwd: root, env: process.env });
    }
  } finally {
    for (const workspace of [place.wheelhouse, place.nxlv]) {
      time([join(workspace, 'node_modules/.bin/nx'), 'daemon', '--stop'], { cwd: workspace, env: place.env });
    }
    rmSync(directory, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
