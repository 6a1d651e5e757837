/**
 * `npm run bench`: whole-process times of Wheelhouse beside what a user would pick instead, in one run in which all take
 * turns: from nothing, after one changed line, with nothing changed, with twenty projects affected, and the tests. The
 * tables are printed and, with `--write`, go into docs/benchmarks.md, which says what is compared with what, and the plot
 * of the summary beside it.
 *
 * `--only WORDS` measures the groups whose names contain these words. BENCH_TURNS is how many turns are counted.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../build.mjs';
import { need, partsForBuilding } from '../set-up.mjs';
import { isMain, root } from '../workspace.mjs';
import { ALONE, LIBRARY, SERVICES, WIDE } from './bench-workspaces.mjs';
import { casesOf } from './cases.mjs';
import { commandsFor, commandsForAll, doubleBuilds, testsOf, throughNx } from './contenders.mjs';
import { caseTable, summary } from './page.mjs';
import { plotOf } from './plot.mjs';
import { benchParts, prepare } from './prepare.mjs';
import { time } from './turns.mjs';

const TURNS = Number(process.env.BENCH_TURNS ?? 7);
const [SERVICE] = SERVICES;
const AFFECTED = ['twenty projects affected'];

/** The groups of cases: a name, and what measures it. */
function groups(place) {
  const of = (group, contenders, changed, titles) => ({
    group,
    measure: () => casesOf({ group, contenders, changed, place, titles, turns: TURNS }),
  });
  const run = (target) => ['run', `${SERVICE}:${target}`];
  const affected = (target) => ['affected', '-t', target, '--base=HEAD'];
  return [
    ...Object.entries(ALONE).map(([backend, project]) =>
      of(`commands, ${backend}`, commandsFor(project, place), project),
    ),
    of('commands, 60 requirements', commandsFor(WIDE, place), WIDE),
    of('through Nx, hatchling', throughNx([SERVICE], run, place), SERVICE),
    of('tests, hatchling', testsOf(ALONE.hatchling, place), ALONE.hatchling, ['one line changed', 'nothing changed']),
    of('built twice, hatchling', doubleBuilds(ALONE.hatchling, place), ALONE.hatchling, ['one line changed']),
    of('through Nx, hatchling', throughNx(SERVICES, affected, place), LIBRARY, AFFECTED),
    of('commands, hatchling', commandsForAll(place), LIBRARY, AFFECTED),
  ];
}

function pageOf(cases) {
  const names = [...new Set(cases.map(({ group }) => group))];
  const machine = `${cpus().length} processors, Linux ${release().split('.').slice(0, 2).join('.')}, Node ${process.versions.node}`;
  return [
    summary(cases),
    ...names.flatMap((group) => [
      `### ${group[0].toUpperCase()}${group.slice(1)}`,
      '',
      ...cases.filter((each) => each.group === group).map(caseTable),
    ]),
    `${TURNS} ${TURNS === 1 ? 'turn' : 'turns'} after one that is not counted, on ${machine}.`,
    '',
  ].join('\n');
}

async function main() {
  const { values } = parseArgs({ options: { write: { type: 'boolean' }, only: { type: 'string' } } });
  if (values.write && values.only !== undefined) throw new Error('--write is for all groups: leave out --only');
  await need(benchParts(partsForBuilding));
  if ((await build()) !== 0) throw new Error('the packages do not build');
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-bench-'));
  const place = prepare(directory);
  try {
    const chosen = groups(place).filter(({ group }) => group.includes(values.only ?? ''));
    const cases = chosen.flatMap(({ measure }) => measure());
    const text = pageOf(cases);
    process.stdout.write(text);
    if (values.write) {
      const page = join(root, 'docs/benchmarks.md');
      const [head] = readFileSync(page, 'utf8').split('<!-- tables -->');
      writeFileSync(page, `${head}<!-- tables -->\n\n${text}`);
      writeFileSync(join(root, 'docs/benchmarks.svg'), await plotOf(cases));
      time([join(root, 'node_modules/.bin/prettier'), '--write', page], { cwd: root, env: process.env });
    }
  } finally {
    for (const workspace of [place.wheelhouse, place.nxlv, place.plain]) {
      time([join(workspace, 'node_modules/.bin/nx'), 'daemon', '--stop'], { cwd: workspace, env: place.env });
    }
    place.pants?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
