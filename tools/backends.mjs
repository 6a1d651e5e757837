/**
 * `node tools/backends.mjs`: builds the project of each build backend in e2e/fixtures/backends twice without a network,
 * in surroundings that differ (double-build.mjs). Prints a table; with `--write` it goes into docs/guide/backends.md.
 *
 * `--lock` makes the locks of the fixtures anew and leaves them there.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { doubleBuild, outcomeOf, PACKAGES, seconds, writeBetween } from './double-build.mjs';
import { need, partsForBuilding, pathOfTests } from './set-up.mjs';
import { isMain, root } from './workspace.mjs';

const FIXTURES = join(root, 'e2e', 'fixtures', 'backends');

function rowOf({ name, requirements = [], elapsed, ...outcome }) {
  return `| ${name} | ${requirements.join(', ')} | ${seconds(elapsed)} | ${outcomeOf(outcome)} |`;
}

/** The table as Markdown. */
export function tableOf(rows) {
  return [
    '| project | built with | time | built twice |',
    '| ------- | ---------- | ---- | ----------- |',
    ...rows.map(rowOf),
  ].join('\n');
}

async function main() {
  const { values } = parseArgs({
    options: { directory: { type: 'string' }, lock: { type: 'boolean' }, write: { type: 'boolean' } },
  });
  await need({ ...partsForBuilding, apt: [...partsForBuilding.apt, ...PACKAGES] });
  process.env.PATH = pathOfTests();
  if ((await build()) !== 0) throw new Error('the packages do not compile');
  const base = values.directory ?? mkdtempSync(join(tmpdir(), 'wheelhouse-backends-'));
  const workspace = join(base, 'workspace');
  cpSync(FIXTURES, workspace, { recursive: true });
  const names = readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const rows = [];
  for (const { name } of names) {
    const directory = join(workspace, name);
    if (existsSync(join(directory, 'Cargo.toml'))) spawnSync('cargo', ['generate-lockfile'], { cwd: directory });
    try {
      rows.push({ name, ...(await doubleBuild({ name, root: name }, { base, lock: values.lock })) });
    } catch (error) {
      rows.push({ name, error });
      console.error(`${name}: ${error.message}`);
    }
    if (values.lock) cpSync(join(directory, 'locks'), join(FIXTURES, name, 'locks'), { recursive: true });
    console.log(rowOf(rows.at(-1)));
  }
  if (values.directory === undefined) rmSync(base, { recursive: true, force: true });
  if (values.write) writeBetween(join(root, 'docs', 'guide', 'backends.md'), 'backends', tableOf(rows));
  const failed = rows.filter(({ error }) => error !== undefined).length;
  console.log(`${rows.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

if (isMain(import.meta.url)) await main();
