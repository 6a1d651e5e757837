import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { REPOSITORY } from './support/installation.js';
import { removeTree } from './support/remove-tree.js';
import { serveIndex, type SimpleIndex } from './support/simple-index.js';
import { runProgram, type Ended } from './support/users.js';
import { nxTasks, Workspace, type RunOptions } from './support/workspace.js';

const SERVICES = Array.from({ length: 20 }, (_, index) => `s${String(index + 1).padStart(2, '0')}`);
const TWIG_USERS = SERVICES.slice(0, 3);
const HEADER = ['[build-system]', 'requires = []', 'build-backend = "backend"', 'backend-path = ["."]', '[project]'];

const CREDENTIALS = 'anybody:ChairTable';

// Names that no public index has: they are looked up on this machine's own index, too.
let base: string;
let index: SimpleIndex;
let workspace: Workspace;
/** Everything that Nx and the command said. */
let said = '';

function projectFiles(name: string, dependencies: readonly string[]): [string, string][] {
  const lines = [...HEADER, `name = "${name}"`, 'version = "1.0"', 'requires-python = ">=3.11"'];
  return [
    ['pyproject.toml', [...lines, `dependencies = ${JSON.stringify(dependencies)}`, ''].join('\n')],
    [`src/${name.replaceAll('-', '_')}.py`, 'import houseleaf\n\nLEAF = houseleaf.VERSION\n'],
  ];
}

function writeProject(directory: string, root: string, files: readonly [string, string][]): void {
  for (const [file, text] of files) {
    mkdirSync(dirname(join(directory, root, file)), { recursive: true });
    writeFileSync(join(directory, root, file), text);
  }
  copyFileSync(join(__dirname, 'support', 'backend.py'), join(directory, root, 'backend.py'));
}

/** Adds wheels to what an index has. */
function publish(directory: string, wheels: readonly { name: string; version: string; requires?: string[] }[]): void {
  mkdirSync(directory, { recursive: true });
  const script = join(REPOSITORY, 'packages', 'python', 'src', 'testing', 'make_distributions.py');
  execFileSync('python3', [script, directory, JSON.stringify(wheels.map((wheel) => ({ ...wheel, format: 'wheel' })))]);
}

/** An address with the credentials in it. */
function authorized({ url }: SimpleIndex): string {
  return url.replace('//', `//${CREDENTIALS}@`);
}

/** A project whose test looks which version of `houseleaf` its wheel is with. */
function testedProject(name: string, version: string): [string, string][] {
  const test = ['import unittest', '', `import ${name}`, '', '', 'class LeafTest(unittest.TestCase):'];
  test.push('    def test_leaf(self):', `        self.assertEqual(${name}.LEAF, "${version}")`, '');
  return [...projectFiles(name, [`houseleaf==${version}`]), [`tests/test_${name}.py`, test.join('\n')]];
}

const NX_JSON = {
  neverConnectToCloud: true,
  analytics: false,
  plugins: [
    {
      plugin: '@wheelhouse/build',
      options: { python: '/usr/bin/python3', resolves: { services: ['services/*'], pair: ['left', 'right'] } },
    },
  ],
  sync: { globalGenerators: ['@wheelhouse/build:sync-locks'] },
};

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-resolves-'));
  publish(join(base, 'index'), [
    { name: 'houseleaf', version: '1.0' },
    { name: 'houseleaf', version: '2.0' },
    { name: 'housetwig', version: '1.0', requires: ['houseleaf'] },
    { name: 'housebark', version: '1.0' },
  ]);
  index = await serveIndex(join(base, 'index'), CREDENTIALS);
  const source = join(base, 'source');
  for (const [position, name] of SERVICES.entries()) {
    const own = TWIG_USERS.includes(name) ? ['housetwig'] : position % 2 === 0 ? ['housebark'] : [];
    writeProject(source, `services/${name}`, projectFiles(name, ['houseleaf', ...own]));
  }
  for (const name of ['left', 'right']) writeProject(source, `pair/${name}`, projectFiles(name, ['houseleaf']));
  writeProject(source, 'apps/older', testedProject('older', '1.0'));
  writeProject(source, 'apps/newer', testedProject('newer', '2.0'));
  writeFileSync(join(source, 'nx.json'), JSON.stringify(NX_JSON));
  workspace = new Workspace({ base, source, parts: readdirSync(source) });
}, 120_000);

afterAll(async () => {
  await index.stop();
  removeTree(base);
});

/** Runs Nx with the test's index before this machine's own. */
async function nx(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const environment = { UV_INDEX: authorized(index), ...options.environment };
  const style = words[0] === 'generate' ? [] : ['--output-style=static'];
  const ended = await workspace.nx([...words, ...style], { ...options, environment });
  said += ended.stdout + ended.stderr;
  return ended;
}

async function nxWell(...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await nx(words);
  if (exitCode !== 0) throw new Error(`nx ${words.join(' ')} ended with ${String(exitCode)}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** The files that a run of `lock` says it wrote. */
function written(stdout: string): string[] {
  return stdout.split('\n').flatMap((line) => /^wrote (.*)$/.exec(line)?.[1] ?? []);
}

describe('two versions of one distribution in two projects', () => {
  test('are both locked, built and tested', async () => {
    await nxWell('run-many', '-t', 'lock', '-p', 'older,newer');
    workspace.commit();
    await nxWell('run-many', '-t', 'test', '-p', 'older,newer');
    for (const [name, version] of [
      ['older', '1.0'],
      ['newer', '2.0'],
    ] as const) {
      expect(JSON.parse(workspace.read(`reports/apps/${name}/record.json`))).toMatchObject({ passed: 1, failed: 0 });
      expect(readdirSync(workspace.path(`dist/apps/${name}/wheelhouse`))).toContain(
        `houseleaf-${version}-py3-none-any.whl`,
      );
    }
  });

  test('are two external nodes', async () => {
    const inputsOf = async (name: string): Promise<string[]> => {
      const project = JSON.parse((await nx(['show', 'project', name, '--json'])).stdout) as {
        namedInputs: Record<string, { externalDependencies?: string[] }[]>;
      };
      return project.namedInputs.wheelhouse?.flatMap(({ externalDependencies = [] }) => externalDependencies) ?? [];
    };
    const leaves = (names: readonly string[]): string[] => names.filter((name) => name.startsWith('pypi:houseleaf@'));
    expect(leaves(await inputsOf('older'))).toEqual(['pypi:houseleaf@1.0']);
    expect(leaves(await inputsOf('newer'))).toEqual(['pypi:houseleaf@2.0']);
  });
});

describe('a resolve that twenty projects share', () => {
  beforeAll(async () => {
    const stdout = await nxWell('run', 's20:lock');
    expect(stdout).toContain(`the resolve services is locked together: ${SERVICES.join(', ')}\n`);
    expect(written(stdout)).toHaveLength(60);
    workspace.commit();
  });

  test('a new version on the index changes nothing', async () => {
    publish(join(base, 'index'), [{ name: 'housetwig', version: '1.1', requires: ['houseleaf'] }]);
    expect(await nxWell('run', 's07:lock')).toContain('the locks are up to date\n');
  });

  test('a bump of one name changes the locks of its users alone, and nx affected runs them alone', async () => {
    await nxWell('run-many', '-t', 'build-wheel', '-p', 's01,s20');
    const changed = written(await nxWell('run', 's20:lock', '--upgrade=housetwig'));
    expect(changed).toEqual(
      TWIG_USERS.flatMap((name) => [`services/${name}/locks/test.txt`, `services/${name}/locks/runtime.txt`]),
    );
    workspace.commit();
    const tasks = nxTasks({ stdout: await nxWell('affected', '-t', 'build-wheel', '--base=HEAD~1', '--head=HEAD') });
    expect(Object.keys(tasks).sort()).toEqual(
      TWIG_USERS.flatMap((name) => [`${name}:build-wheel`, `${name}:snapshot`]).sort(),
    );
    for (const name of TWIG_USERS) {
      expect(readdirSync(workspace.path(`dist/services/${name}/wheelhouse`))).toContain(
        'housetwig-1.1-py3-none-any.whl',
      );
    }
  });
});

describe('locks are kept fresh', () => {
  beforeEach(() => {
    workspace.restore();
  });

  const locks = ['pair/left/locks', 'pair/right/locks'];
  const requirement = (name: string, from: string, to: string): void => {
    workspace.edit(`pair/${name}/pyproject.toml`, `dependencies = ["${from}"]`, `dependencies = ["${to}"]`);
  };

  test('two projects of one resolve may be locked at once', async () => {
    await nxWell('run-many', '-t', 'lock', '-p', 'left,right', '--parallel=2');
    expect(Object.keys(workspace.contents(...locks))).toEqual(
      ['left', 'right'].flatMap((name) => [
        ...[`build/${name}`, 'runtime', 'test'].map((file) => `pair/${name}/locks/${file}.txt`),
      ]),
    );
    workspace.commit();
    expect(await nxWell('sync:check')).toContain('The workspace is up to date');
  });

  test('nx sync:check names the project, the lock and the requirement that changed; nx sync fixes it', async () => {
    requirement('left', 'houseleaf', 'houseleaf<2');
    const before = workspace.contents(...locks);
    const { exitCode, stdout, stderr } = await nx(['sync:check']);
    expect([exitCode, workspace.contents(...locks)]).toEqual([1, before]);
    const text = stdout + stderr;
    expect(text).toContain('the locks of `left` are out of date');
    const reason = 'is out of date: `houseleaf` is now `houseleaf<2` (pair/left/pyproject.toml [line 9 column 16])';
    expect(text).toContain(`the lock \`pair/left/locks/test.txt\` ${reason}`);
    expect(text).toContain('hint: run `nx run left:lock`');

    await nxWell('sync');
    expect(workspace.read('pair/left/locks/runtime.txt')).toMatch(/^houseleaf==1\.0 /m);
    expect(workspace.read('pair/right/locks/runtime.txt')).toMatch(/^houseleaf==1\.0 /m);
    expect(await nxWell('sync:check')).toContain('The workspace is up to date');
    workspace.commit();
  });

  test('a project whose requirements did not change is not stale because of another', async () => {
    requirement('left', 'houseleaf<2', 'housebark');
    await nxWell('run', 'right:build-wheel');
    await nxWell('generate', '@wheelhouse/build:sync-locks');
    expect(workspace.read('pair/left/locks/runtime.txt')).toMatch(/^housebark==1\.0 /m);
    workspace.commit();
  });

  test('nx sync also updates the files of URL requirements', async () => {
    publish(workspace.path('third-party'), [{ name: 'housefile', version: '1.0' }]);
    const wheel = 'housefile-1.0-py3-none-any.whl';
    requirement('left', 'housebark', `housefile @ file://${workspace.path('third-party')}/${wheel}`);
    await nxWell('sync');
    const vendored = readFileSync(workspace.path(`pair/left/locks/vendor/${wheel}`));
    expect(vendored.equals(readFileSync(workspace.path(`third-party/${wheel}`)))).toBe(true);
  });

  test('one run locks a project and all of the workspace that it requires', async () => {
    for (const [name, dependency] of [
      ['upper', 'middle'],
      ['middle', 'lower'],
      ['lower', 'housebark'],
    ] as const) {
      writeProject(workspace.directory, `apps/${name}`, projectFiles(name, [dependency]));
    }
    const stdout = await nxWell('run', 'upper:lock');
    expect(stdout).toContain('lower, which upper requires, has no locks yet: locking it, too\n');
    expect(written(stdout)).toEqual(
      ['lower', 'middle', 'upper'].flatMap((name) =>
        ['test', 'runtime', `build/${name}`].map((file) => `apps/${name}/locks/${file}.txt`),
      ),
    );
    expect(written(await nxWell('run', 'upper:lock'))).toEqual([]);
  });

  test('what cannot be resolved leaves the locks as they were', async () => {
    requirement('left', 'housebark', 'housebark>=9');
    const before = workspace.contents(...locks);
    const { exitCode, stdout, stderr } = await nx(['sync']);
    expect([exitCode, workspace.contents(...locks)]).toEqual([1, before]);
    expect(stdout + stderr).toContain(
      '`housebark` is now `housebark>=9` (pair/left/pyproject.toml [line 9 column 16])',
    );
    expect(stdout + stderr).toContain('the requirements of the projects of the resolve `pair` cannot be resolved');
  });
});

describe('indexes', () => {
  beforeEach(() => {
    workspace.restore();
  });

  test('a name that two of them have different files of is refused, and may be pinned to one', async () => {
    publish(join(base, 'other'), [{ name: 'housebark', version: '6.6' }]);
    const other = await serveIndex(join(base, 'other'), CREDENTIALS);
    try {
      const run = async (): Promise<Ended> =>
        await nx(['run', 'left:lock'], {
          environment: { UV_INDEX: `${authorized(index)} ${authorized(other)}` },
        });
      const before = workspace.contents('pair');
      const { exitCode, stdout, stderr } = await run();
      expect([exitCode, workspace.contents('pair')]).toEqual([1, before]);
      expect(stdout + stderr).toContain(
        `\`housebark\` is not the same on \`${index.url}\` and \`${other.url}\`: their files differ\n` +
          `hint: pin it to the right index with the option \`"indexes": {"<name>": {"url": "${index.url}", "packages": ["housebark"]}}\`\n`,
      );

      const [plugin] = NX_JSON.plugins;
      const indexes = { other: { url: other.url, packages: ['housebark'] } };
      const options = { ...plugin?.options, indexes };
      workspace.write('nx.json', JSON.stringify({ ...NX_JSON, plugins: [{ ...plugin, options }] }));
      workspace.edit('pair/left/pyproject.toml', '"housebark"', '"housebark>=6"');
      expect((await run()).exitCode).toBe(0);
      const bytes = readFileSync(join(base, 'other', 'housebark-6.6-py3-none-any.whl'));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect(workspace.read('pair/left/locks/runtime.txt')).toContain(
        `housebark==6.6 \\\n    --hash=sha256:${sha256}\n`,
      );
    } finally {
      await other.stop();
    }
  });

  test('their credentials are in no file that was written, and nowhere in what was said', async () => {
    const words = ['ChairTable', Buffer.from(CREDENTIALS).toString('base64').replace(/=+$/, '')];
    const places = [workspace.directory, workspace.store, workspace.home];
    const found = await runProgram(['grep', '-rlaF', ...words.flatMap((word) => ['-e', word]), ...places], {
      cwd: base,
      env: process.env,
    });
    expect(found).toEqual({ exitCode: 1, stdout: '', stderr: '' });
    for (const word of words) expect(said).not.toContain(word);
  });
});
