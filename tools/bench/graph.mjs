/**
 * `npm run bench:graph`: what the plugin takes of Nx's project graph, in real processes of Nx without its daemon, so that
 * each computes the graph: processor time of `createNodes` and `createDependencies` with no memo, with nothing changed and
 * with one pyproject.toml that was changed just before, and the bytes that the graph has a project. The table is printed and, with `--write`,
 * goes into docs/benchmarks-graph.md.
 *
 * BENCH_PROJECTS are the numbers of projects, separated by commas; BENCH_TURNS is how many turns are counted;
 * BENCH_PROFILE is a directory for the processor profiles of the last turns.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../build.mjs';
import { need, partsForBuilding } from '../set-up.mjs';
import { isMain, root } from '../workspace.mjs';
import { commit } from './bench-workspaces.mjs';
import { directoryOf, DISTRIBUTIONS, writeGraphWorkspace } from './graph-workspace.mjs';
import { median, time } from './turns.mjs';

const TURNS = Number(process.env.BENCH_TURNS ?? 5);
const COUNTS = (process.env.BENCH_PROJECTS ?? '1000,5000').split(',').map(Number);

/** What one computation of the graph takes, in seconds of processor. */
function computeGraph(workspace, profile) {
  const times = join(workspace, '.nx', 'bench-times');
  mkdirSync(join(workspace, '.nx'), { recursive: true });
  rmSync(times, { force: true });
  // No directory of the machine's is to decide what is remembered.
  const env = {
    ...process.env,
    NX_WORKSPACE_DATA_DIRECTORY: undefined,
    NX_PROJECT_GRAPH_CACHE_DIRECTORY: undefined,
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NO_COLOR: '1',
    NODE_EXTRA_CA_CERTS: undefined,
    BENCH_GRAPH_TIMES: times,
    NODE_OPTIONS: `--require=${join(root, 'tools/bench/graph-times.cjs')}`,
    // A worker is ended by a signal, and leaves no profile.
    ...(profile === undefined ? {} : { NX_ISOLATE_PLUGINS: 'false' }),
  };
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const nx = join(workspace, 'node_modules/.bin/nx');
  const wall = time([process.execPath, ...profiling, nx, 'show', 'projects', '--json'], { cwd: workspace, env });
  const lines = readFileSync(times, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const sum = (what) =>
    lines.filter((line) => line.what === what).reduce((all, { own, children }) => all + own + children, 0);
  return { load: sum('load'), createNodes: sum('createNodes'), createDependencies: sum('createDependencies'), wall };
}

/** The phases, each with what comes before a turn. */
function phases(workspace, count) {
  return [
    ['cold', () => rmSync(join(workspace, '.nx'), { recursive: true, force: true })],
    ['nothing changed', () => undefined],
    [
      'one pyproject.toml changed',
      (turn) => {
        const file = join(workspace, directoryOf(count - 1), 'pyproject.toml');
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replace(/^description = .*$/m, `description = "As of turn ${turn}"`));
      },
    ],
  ];
}

/** A row a phase: medians of the turns. */
async function measure(count, directory, profiles) {
  const workspace = join(directory, String(count));
  writeGraphWorkspace(workspace, count, join(root, 'examples/node_modules'));
  commit(workspace);
  // What was written less than two seconds ago is not remembered (docs/adr/0100).
  await settled();
  const rows = [];
  for (const [phase, before] of phases(workspace, count)) {
    const turns = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      await before(turn);
      turns.push(computeGraph(workspace));
    }
    const of = (what) => median(turns.map((each) => each[what]));
    rows.push({
      count,
      phase,
      load: of('load'),
      createNodes: of('createNodes'),
      createDependencies: of('createDependencies'),
      together: median(turns.map((each) => each.createNodes + each.createDependencies)),
      wall: of('wall'),
    });
    if (profiles !== undefined) {
      await before(TURNS);
      computeGraph(workspace, join(profiles, `${count}-${phase.replaceAll(' ', '-')}`));
    }
  }
  return { count, rows, bytes: graphBytes(workspace) / count };
}

function settled() {
  return new Promise((done) => setTimeout(done, 2100));
}

function graphBytes(workspace) {
  const file = join(workspace, '.nx/workspace-data/project-graph.json');
  if (!existsSync(file)) throw new Error(`Nx left no graph at ${file}`);
  return JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))).length;
}

function pageOf(results) {
  const machine = `${cpus().length} processors, Linux ${release().split('.').slice(0, 2).join('.')}, Node ${process.versions.node}`;
  return [
    '| projects | phase | load, s | createNodes, s | createDependencies, s | both, s | `nx show projects`, s |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...results.flatMap(({ rows }) =>
      rows.map((row) => {
        const seconds = ['load', 'createNodes', 'createDependencies', 'together'].map((what) => row[what].toFixed(2));
        return `| ${row.count} | ${row.phase} | ${seconds.join(' | ')} | ${row.wall.toFixed(2)} |`;
      }),
    ),
    '',
    '| projects | bytes of the graph a project |',
    '| --- | --- |',
    ...results.map(({ count, bytes }) => `| ${count} | ${Math.round(bytes)} |`),
    '',
    `Medians of ${TURNS} turns, on ${machine}; ${DISTRIBUTIONS} distributions are locked.`,
    '',
  ].join('\n');
}

async function main() {
  await need({ ...partsForBuilding, npm: ['.', 'examples'] });
  if ((await build()) !== 0) throw new Error('the packages do not build');
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-bench-graph-'));
  try {
    const results = [];
    for (const count of COUNTS) results.push(await measure(count, directory, process.env.BENCH_PROFILE));
    const text = pageOf(results);
    process.stdout.write(text);
    if (process.argv.includes('--write')) {
      const page = join(root, 'docs/benchmarks-graph.md');
      const [head] = readFileSync(page, 'utf8').split('<!-- tables -->');
      writeFileSync(page, `${head}<!-- tables -->\n\n${text}`);
      time([join(root, 'node_modules/.bin/prettier'), '--write', page], { cwd: root, env: process.env });
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
