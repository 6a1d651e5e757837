/**
 * `node tools/bench/roots.mjs`: many small elements on one large root, built by Wheelhouse and by BuildStream from one
 * project in one run, one after the other. The table is printed and, with `--write`, goes into docs/benchmarks-roots.md,
 * which says what is compared.
 *
 * BENCH_ELEMENTS is how many elements there are, BENCH_TURNS how many turns are counted where nothing is built.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build } from '../build.mjs';
import { need, partsForBuilding, partsForTests, pipEnvironment } from '../set-up.mjs';
import { isMain, root } from '../workspace.mjs';
import { debianRoot, SHAPES, writeRootsProject } from './roots-project.mjs';
import { median, takeTurns, time } from './turns.mjs';

const ELEMENTS = Number(process.env.BENCH_ELEMENTS ?? 1000);
const TURNS = Number(process.env.BENCH_TURNS ?? 5);

const parts = {
  npm: partsForBuilding.npm,
  apt: ['bubblewrap', 'util-linux', 'mmdebstrap'],
  pip: { buildstream: partsForTests.pip.buildstream },
};

/** Both programs, each with a store of its own. */
function contendersOf(project, directory) {
  const at = (name) => {
    mkdirSync(join(directory, name));
    return join(directory, name);
  };
  const [store, cache, config] = ['wheelhouse', 'buildstream', 'config'].map(at);
  const program = join(root, 'packages/build/bin/wheelhouse.js');
  const bin = join(pipEnvironment('buildstream'), 'bin');
  const environment = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, NODE_EXTRA_CA_CERTS: undefined };
  const show = ['--deps', 'all', '--format', '%{name} %{full-key}'];
  return [
    {
      name: 'wheelhouse',
      isOurs: true,
      store,
      cwd: project,
      env: { ...environment, WHEELHOUSE_CACHE_DIR: store },
      commands: {
        build: [process.execPath, program, 'build', 'all.bst'],
        show: [process.execPath, program, 'show', 'all.bst'],
      },
    },
    {
      name: 'bst',
      isOurs: false,
      store: cache,
      cwd: project,
      env: { ...environment, XDG_CACHE_HOME: cache, XDG_CONFIG_HOME: config },
      commands: {
        build: ['bst', '--no-interactive', '--no-colors', 'build', 'all.bst'],
        show: ['bst', '--no-interactive', '--no-colors', 'show', ...show, 'all.bst'],
      },
    },
  ];
}

/** The cases of one shape, each with the figures of both. */
function measure(shape, base) {
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-roots-'));
  try {
    const project = join(directory, 'project');
    writeRootsProject(project, { base, count: ELEMENTS, shape });
    const contenders = contendersOf(project, directory);
    const turns = (title, command) => ({
      title,
      rows: takeTurns(
        contenders.map(({ commands, ...contender }) => ({
          ...contender,
          run: () => time(commands[command], contender),
          check: () => undefined,
        })),
        { turns: TURNS, start: 0 },
      ),
    });
    const first = contenders.map(({ name, commands, ...at }) => ({ name, times: [time(commands.build, at)] }));
    const disk = contenders.map(({ name, store }) => ({ name, times: [diskUse(store) / 1e9] }));
    return [
      { title: 'first build, s', rows: first },
      { title: 'disk after it, GB', rows: disk },
      turns('nothing changed, s', 'build'),
      turns('`show` with keys, s', 'show'),
    ].map((each) => ({ shape, ...each }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Bytes that a directory takes on the disk. */
function diskUse(directory) {
  return (
    1024 *
    Number(execFileSync('du', ['--summarize', '--block-size=1K', directory], { encoding: 'utf8' }).split('\t')[0])
  );
}

function rowOf({ shape, title, rows: [ours, theirs] }) {
  const [a, b] = [median(ours.times), median(theirs.times)];
  return `| ${shape} | ${title} | ${a.toFixed(2)} | ${b.toFixed(2)} | ${(a / b).toFixed(2)} |`;
}

async function main() {
  await need(parts);
  if ((await build()) !== 0) throw new Error('the packages do not build');
  const base = debianRoot(process.env);
  const cases = SHAPES.flatMap((shape) => measure(shape, base));
  const bytes = diskUse(base) / 1e6;
  const machine = `${cpus().length} processors, Linux ${release().split('.').slice(0, 2).join('.')}, Node ${process.versions.node}`;
  const text = [
    '| elements are | case | `wheelhouse` | `bst` | ratio |',
    '| --- | --- | --- | --- | --- |',
    ...cases.map(rowOf),
    '',
    `${ELEMENTS} elements on a root of ${Math.round(bytes)} MB. One first build; medians of ${TURNS} turns elsewhere. On ${machine}.`,
    '',
  ].join('\n');
  process.stdout.write(text);
  if (!process.argv.includes('--write')) return;
  const page = join(root, 'docs/benchmarks-roots.md');
  const [head] = readFileSync(page, 'utf8').split('<!-- tables -->');
  writeFileSync(page, `${head}<!-- tables -->\n\n${text}`);
  time([join(root, 'node_modules/.bin/prettier'), '--write', page], { cwd: root, env: process.env });
}

if (isMain(import.meta.url)) await main();
