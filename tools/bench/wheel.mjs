/**
 * `npm run bench`: whole-process times of `wheelhouse build` beside `uv build` and `pip wheel` on the example's service,
 * with nothing to do and after one changed source line. The three take turns in one run, so that they meet the same
 * machine; medians and the ratios of medians are printed, and with `--write` go into docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../build.mjs';
import { need, partsForBuilding } from '../set-up.mjs';
import { isMain, root } from '../workspace.mjs';

const project = 'apps/todobackend';
const sourceFile = 'todo/models.py';
const runs = Number(process.env.BENCH_RUNS ?? 11);

/** Runs a program to its end. @returns its time in milliseconds @throws where it fails */
function time(program, args, options) {
  const start = process.hrtime.bigint();
  const result = spawnSync(program, args, { encoding: 'utf8', ...options });
  const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
  if (result.status !== 0) {
    throw new Error(`${program} ${args.join(' ')} failed (${result.status})\n${result.stdout}\n${result.stderr}`);
  }
  return { elapsed, output: result.stdout };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A copy of the example for each contender, a store of its own, and the snapshot that all three build from. */
function prepare(directory) {
  const [workspace, uvCopy, pipCopy] = ['workspace', 'uv', 'pip'].map((name) => join(directory, name));
  const examples = join(root, 'examples');
  cpSync(examples, workspace, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) =>
      !['node_modules', 'dist', 'reports', '.nx'].includes(path.slice(examples.length + 1).split('/')[0]),
  });
  time('git', ['init', '-q', workspace]);
  symlinkSync(join(examples, 'node_modules'), join(workspace, 'node_modules'));
  const env = { ...process.env, WHEELHOUSE_CACHE_DIR: join(directory, 'store'), NO_COLOR: '1' };
  const wheelhouse = [join(root, 'packages/build/bin/wheelhouse.js'), 'build', 'todobackend'];
  const nx = { ...env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true' };
  time(join(workspace, 'node_modules/.bin/nx'), ['run', 'todobackend:snapshot'], { cwd: workspace, env: nx });
  time(process.execPath, wheelhouse, { cwd: workspace, env });
  for (const copy of [uvCopy, pipCopy]) cpSync(join(workspace, project), copy, { recursive: true });
  const tools = join(directory, 'store/tools');
  const environment = readdirSync(tools)
    .map((name) => join(tools, name))
    .find((path) => existsSync(join(path, 'bin/uv')));
  return {
    env,
    workspace,
    uvCopy,
    pipCopy,
    wheelhouse,
    snapshot: join(workspace, 'dist', project, 'snapshot'),
    bin: join(environment, 'bin'),
  };
}

function contenders(place, directory) {
  const { env, workspace, uvCopy, pipCopy, wheelhouse, snapshot, bin } = place;
  const offline = { ...env, UV_OFFLINE: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  return [
    {
      name: 'wheelhouse build',
      source: join(workspace, project, sourceFile),
      run: () => time(process.execPath, wheelhouse, { cwd: workspace, env }),
    },
    {
      name: 'uv build --wheel --no-index -f snapshot',
      source: join(uvCopy, sourceFile),
      run: () =>
        time(
          join(bin, 'uv'),
          ['build', '--wheel', '--no-index', '-f', snapshot, '--out-dir', join(directory, 'uv-out'), '.'],
          { cwd: uvCopy, env: offline },
        ),
    },
    {
      name: 'pip wheel --no-index -f snapshot --no-deps',
      source: join(pipCopy, sourceFile),
      run: () =>
        time(
          join(bin, 'python'),
          [
            '-m',
            'pip',
            'wheel',
            '-q',
            '--no-index',
            '-f',
            snapshot,
            '--no-deps',
            '-w',
            join(directory, 'pip-out'),
            '.',
          ],
          { cwd: pipCopy, env: offline },
        ),
    },
  ];
}

function measure(all, before) {
  const times = new Map(all.map(({ name }) => [name, []]));
  for (let turn = -1; turn < runs; turn += 1) {
    for (const contender of all) {
      before(contender, turn);
      const { elapsed } = contender.run();
      // The first turn warms caches up.
      if (turn >= 0) times.get(contender.name).push(elapsed);
    }
  }
  return all.map(({ name }) => ({
    name,
    median: median(times.get(name)),
    least: Math.min(...times.get(name)),
    most: Math.max(...times.get(name)),
  }));
}

function table(title, rows) {
  const [ours] = rows;
  const lines = rows.map(
    ({ name, median: middle, least, most }) =>
      `| \`${name}\` | ${(middle / 1000).toFixed(2)} | ${(least / 1000).toFixed(2)} to ${(most / 1000).toFixed(2)} | ${(ours.median / middle).toFixed(2)} |`,
  );
  return [
    `### ${title}`,
    '',
    '| command | median, s | range, s | ours / this |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

async function main() {
  await need({ ...partsForBuilding, npm: ['.', 'examples'] });
  if (build() !== 0) throw new Error('the packages do not build');
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-bench-'));
  try {
    const all = contenders(prepare(directory), directory);
    const nothing = measure(all, () => undefined);
    const changed = measure(all, ({ source }, turn) => appendFileSync(source, `# turn ${turn}\n`));
    const text = [
      table('Nothing to do', nothing),
      table('One source line changed', changed),
      `${runs} turns after one that is not counted, on ${cpus().length} processors, Linux ${release().split('.').slice(0, 2).join('.')}, Node ${process.versions.node}.`,
      '',
    ].join('\n');
    process.stdout.write(text);
    if (process.argv.includes('--write')) {
      const page = join(root, 'docs/benchmarks.md');
      const head = readFileSync(page, 'utf8').split('<!-- tables -->')[0];
      writeFileSync(page, `${head}<!-- tables -->\n\n${text}`);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
