/**
 * `node tools/sdists.mjs`: locks real sdists with `noBinary`, and builds the wheel of each twice without a network, in
 * surroundings that differ (double-build.mjs). Prints a table; with `--write` it goes into docs/guide/backends.md.
 *
 * `--only NAME,NAME` takes some of them; `--directory DIR` keeps what is made.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { doubleBuild, outcomeOf, PACKAGES, seconds, writeBetween } from './double-build.mjs';
import { need, partsForBuilding, pathOfTests } from './set-up.mjs';
import { isMain, root } from './workspace.mjs';

/** Distributions whose sdists are built: pure and compiled ones, and build backends themselves. */
export const SDISTS = [
  ...['docopt', 'six', 'munch', 'pyfiglet', 'markupsafe', 'psutil', 'cffi', 'murmurhash', 'flask', 'httpx'],
  ...['attrs', 'rich', 'typer', 'narwhals', 'pybind11', 'meson-python', 'rpds-py', 'pyyaml', 'frozenlist', 'uwsgi'],
];

/** A project that requires one distribution, and is built by nothing. */
function writeProject(base, name) {
  const directory = join(base, 'workspace', 'apps', name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, 'pyproject.toml'),
    [
      '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
      `[project]\nname = "app-of-${name}"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["${name}"]\n`,
    ].join(''),
  );
  writeFileSync(join(directory, 'backend.py'), '');
  return { name, root: `apps/${name}`, settings: { noBinary: [name] } };
}

function rowOf({ name, version = '', requirements = [], elapsed, ...outcome }) {
  return `| ${name} | ${version} | ${requirements.join(', ')} | ${seconds(elapsed)} | ${outcomeOf(outcome)} |`;
}

/** The table as Markdown. */
export function tableOf(rows) {
  return [
    '| sdist | version | built with | time | built twice |',
    '| ----- | ------- | ---------- | ---- | ----------- |',
    ...rows.map(rowOf),
  ].join('\n');
}

async function main() {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, directory: { type: 'string' }, write: { type: 'boolean' } },
  });
  await need({ ...partsForBuilding, apt: [...partsForBuilding.apt, ...PACKAGES, 'libffi-dev', 'libyaml-dev'] });
  process.env.PATH = pathOfTests();
  if ((await build()) !== 0) throw new Error('the packages do not compile');
  const base = values.directory ?? mkdtempSync(join(tmpdir(), 'wheelhouse-sdists-'));
  const rows = [];
  for (const name of values.only?.split(',') ?? SDISTS) {
    try {
      rows.push({ name, ...(await doubleBuild(writeProject(base, name), { base, sdist: name, lock: true })) });
    } catch (error) {
      rows.push({ name, error });
      console.error(`${name}: ${error.message}`);
    }
    console.log(rowOf(rows.at(-1)));
  }
  if (values.directory === undefined) rmSync(base, { recursive: true, force: true });
  if (values.write) writeBetween(join(root, 'docs', 'guide', 'backends.md'), 'sdists', tableOf(rows));
  const failed = rows.filter(({ error }) => error !== undefined).length;
  console.log(`${rows.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

if (isMain(import.meta.url)) await main();
