import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './support/installation.js';
import { removeTree } from './support/remove-tree.js';
import { runWell, type Ended } from './support/users.js';
import { Workspace } from './support/workspace.js';

// Projects of other people as they published them, each with its metadata in another place.

const FIXTURE = join(REPOSITORY, 'e2e', 'fixtures', 'build-stage');

/** A project, and what is expected of it. */
interface PublicProject {
  readonly sdist: string;
  readonly version: string;
  readonly sha256: string;
  /** Files that are removed before the project is committed. */
  readonly without?: readonly string[];
  /** The new files, relative to the project, beside those that every project gets. */
  readonly added: readonly string[];
  readonly wheel: string;
  /** A file that its wheel has. */
  readonly holds: string;
}

const PROJECTS: Readonly<Record<string, PublicProject>> = {
  // No index has an sdist without metadata: its setup.py is removed, and requirements.txt stays.
  'requirements.txt alone': {
    sdist: 'wikipedia',
    version: '1.4.0',
    sha256: 'db0fad1829fdd441b1852306e9856398204dc0786d2996dd2e0c8bb8e26133b2',
    without: ['setup.py', 'PKG-INFO', 'wikipedia.egg-info'],
    added: ['pyproject.toml', 'setup.py'],
    wheel: 'wikipedia-0.1.0-py3-none-any.whl',
    holds: 'wikipedia/exceptions.py',
  },
  // Its setup.py is `setup()`.
  'setup.cfg': {
    sdist: 'cachetools',
    version: '5.3.3',
    sha256: 'ba29e2dfa0b8b556606f097407ed1aa62080ee108ab0dc5ec9d6a723a007d105',
    added: [],
    wheel: 'cachetools-5.3.3-py3-none-any.whl',
    holds: 'cachetools/keys.py',
  },
  // Built by flit.
  'PEP 621': {
    sdist: 'itsdangerous',
    version: '2.2.0',
    sha256: 'e0050c0b7da1eea53ffaf149c0cfbb5c6e2e2b69c4bef22c81fa6eb73e5f6173',
    added: [],
    wheel: 'itsdangerous-2.2.0-py3-none-any.whl',
    holds: 'itsdangerous/py.typed',
  },
  'src layout with data files': {
    sdist: 'text-unidecode',
    version: '1.3',
    sha256: 'bad6603bb14d279193107714b288be206cac565dfa49aa5b105294dd5c4aab93',
    added: ['pyproject.toml'],
    wheel: 'text_unidecode-1.3-py2.py3-none-any.whl',
    holds: 'text_unidecode/data.bin',
  },
};

/** What every project gets, sorted. */
const STAGE = [
  ...['docker/dev/Dockerfile', 'docker/dev/docker-compose.yml'],
  ...['docker/release/Dockerfile', 'docker/release/docker-compose.yml'],
  'project.json',
  ...['scripts/agent.sh', 'scripts/build.sh', 'scripts/cache.sh', 'scripts/test.sh', 'scripts/wheels.sh'],
];

let directory: string;
let workspace: Workspace;

/** What a program prints, by lines. */
async function lines(...words: readonly string[]): Promise<string[]> {
  const { stdout } = await runWell(words, { cwd: workspace.directory, env: workspace.environment });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Unpacks the sdist that the index of pip's settings has, if it is the one that is meant. */
async function unpack({ sdist, version, sha256, without = [] }: PublicProject): Promise<void> {
  const downloads = join(directory, 'downloads', sdist);
  mkdirSync(downloads, { recursive: true });
  const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  const words = ['--quiet', '--no-deps', '--no-binary', sdist, '--dest', downloads, `${sdist}==${version}`];
  await runWell(['python3', '-m', 'pip', 'download', ...words], { cwd: downloads, env });
  const [archive = ''] = readdirSync(downloads);
  const bytes = readFileSync(join(downloads, archive));
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  mkdirSync(workspace.path(sdist));
  const target = ['--directory', workspace.path(sdist), '--strip-components=1', '--no-same-owner'];
  await runWell(['tar', '--extract', '--file', join(downloads, archive), ...target], { cwd: directory, env });
  for (const name of without) workspace.remove(join(sdist, name));
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-stage-sdists-'));
  workspace = new Workspace({
    base: directory,
    source: FIXTURE,
    parts: ['nx.json', 'package.json', '.gitignore'],
    sharesStore: true,
  });
  for (const project of Object.values(PROJECTS)) await unpack(project);
  workspace.commit();
});

afterAll(() => {
  removeTree(directory);
});

describe('public projects', () => {
  const words = ['--pin', 'never', '--no-interactive'];
  const generate = async (sdist: string, ...more: readonly string[]): Promise<Ended> =>
    await workspace.nx(['g', '@wheelhouse/scaffold:build-stage', '--directory', sdist, ...words, ...more]);
  const all = Object.entries(PROJECTS);

  test.each(all)('with %s get new files, and no line of what was there changes', async (_what, { sdist, added }) => {
    expect(await generate(sdist, '--lock', 'false')).toHaveEndedWell();
    expect(await lines('git', 'diff', '--stat')).toEqual([]);
    const changes = await lines('git', 'status', '--porcelain', '--untracked-files=all');
    expect(changes).toEqual([...STAGE, ...added].sort().map((file) => `?? ${sdist}/${file}`));
    workspace.commit();
  });

  test('get locks, and their wheels are built', async () => {
    const projects = `--projects=${all.map(([, { sdist }]) => sdist).join(',')}`;
    expect(await workspace.nx(['run-many', '--targets=lock', projects])).toHaveEndedWell();
    expect(await lines('git', 'diff', '--stat')).toEqual([]);
    workspace.commit();
    expect(await workspace.nx(['run-many', '--targets=build-wheel', projects])).toHaveEndedWell();
    expect(await lines('git', 'status', '--porcelain')).toEqual([]);
  });

  test.each(all)('with %s have everything in their wheels', async (_what, { sdist, wheel, holds }) => {
    const files = readdirSync(workspace.path(`dist/${sdist}/wheel`));
    expect(files.filter((file) => file.endsWith('.whl'))).toEqual([wheel]);
    const packed = await lines('python3', '-m', 'zipfile', '--list', `dist/${sdist}/wheel/${wheel}`);
    expect(packed.map((line) => line.split(' ')[0])).toContain(holds);
  });

  test.each(all)('with %s are not changed the second time', async (_what, { sdist }) => {
    expect(await generate(sdist)).toHaveEndedWell();
    expect(await lines('git', 'status', '--porcelain')).toEqual([]);
  });
});

describe('a flat project whose packages setuptools discovers', () => {
  const SETUPTOOLS =
    '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n\n[project]\nversion = "1.0"\n';

  test('is built natively and by pip alone, beside directories that are not packages', async () => {
    workspace.write('flat/pyproject.toml', `${SETUPTOOLS}name = "flat"\n`);
    workspace.write('flat/flat/__init__.py', '');
    workspace.write('flat/tests/__init__.py', '');
    const words = ['--directory', 'flat', '--pin', 'never', '--no-interactive'];
    expect(await workspace.nx(['g', '@wheelhouse/scaffold:build-stage', ...words])).toHaveEndedWell();
    expect(readdirSync(workspace.path('flat'))).toEqual(expect.arrayContaining(['docker', 'locks']));
    expect(await workspace.nx(['run', 'flat:build-wheel'])).toHaveEndedWell();
    const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
    const target = join(directory, 'flat-by-pip');
    await runWell(['python3', '-m', 'pip', 'wheel', '--quiet', '--no-deps', '--wheel-dir', target, '.'], {
      cwd: workspace.path('flat'),
      env,
    });
    const [file = ''] = readdirSync(target);
    const listed = await lines('python3', '-m', 'zipfile', '--list', join(target, file));
    expect(listed.map((line) => line.split(' ')[0]).filter((name) => name?.endsWith('.py'))).toEqual([
      'flat/__init__.py',
    ]);
    expect(await lines('python3', '-m', 'zipfile', '--list', `dist/flat/wheel/${file}`)).toHaveLength(listed.length);
    workspace.remove('flat');
  });

  test('which no generator has touched is built beside its locks', async () => {
    workspace.write('module/pyproject.toml', `${SETUPTOOLS}name = "module"\n`);
    workspace.write('module/module.py', '');
    workspace.write('module/docker/dev/Dockerfile', 'FROM scratch\n');
    const locked = await workspace.nx(['run', 'module:lock']);
    expect(locked).toHaveEndedWell();
    expect(locked.stdout).toContain(
      'note: setuptools discovers the packages of module automatically and would include the directory locks',
    );
    expect(await workspace.nx(['run', 'module:build-wheel'])).toHaveEndedWell();
    const listed = await lines('python3', '-m', 'zipfile', '--list', 'dist/module/wheel/module-1.0-py3-none-any.whl');
    expect(listed.map((line) => line.split(' ')[0])).toContain('module.py');
    workspace.remove('module');
  });
});

describe('nx sync', () => {
  const CHANGED = '`wikipedia/requirements.txt` requires `requests<3.0.0,>=2.31`, and `install_requires` of';
  const NEW = '`wikipedia/requirements.txt` requires `six`, but `install_requires` of `wikipedia/setup.py` does not';

  test('checks the projects, which are in sync', async () => {
    expect(await workspace.nx(['g', '@wheelhouse/scaffold:init', '--no-interactive'])).toHaveEndedWell();
    expect(await lines('git', 'diff', '--name-only')).toEqual(['nx.json']);
    // The workspace used the plugin before, without its generator.
    const own = '"@wheelhouse/scaffold:sync-setup"';
    workspace.edit('nx.json', own, `${own}, "@wheelhouse/build:sync-locks"`);
    workspace.commit();
    const { exitCode, stdout, stderr } = await workspace.nx(['sync:check']);
    expect({ exitCode, stdout, stderr }).toHaveEndedWell();
  });

  test('lists the requirements that setup.py lacks, and adds them', async () => {
    workspace.edit('wikipedia/requirements.txt', 'requests>=2.0.0', 'six\nrequests>=2.31');
    const checked = await workspace.nx(['sync:check']);
    expect(checked.exitCode).toBe(1);
    for (const text of [CHANGED, NEW]) expect(checked.stdout + checked.stderr).toContain(text);
    expect(await workspace.nx(['sync'])).toHaveEndedWell();
    expect(await lines('git', 'diff', '--name-only')).toEqual(['wikipedia/requirements.txt', 'wikipedia/setup.py']);
    expect(workspace.read('wikipedia/setup.py')).toContain('"requests<3.0.0,>=2.31",\n        "six",\n');
  });

  test('reports afterwards that the locks are out of date', async () => {
    const { exitCode, stdout, stderr } = await workspace.nx(['sync:check']);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('the locks of `wikipedia` are out of date');
    expect(stdout + stderr).not.toContain('setup.py does not match');
  });

  test('refuses what only a user can decide', async () => {
    workspace.restore();
    workspace.edit('wikipedia/requirements.txt', 'beautifulsoup4\n', '');
    const { exitCode, stdout, stderr } = await workspace.nx(['sync:check']);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain(
      '`beautifulsoup4` is required, but `wikipedia/requirements.txt` does not have it\n',
    );
    expect(await lines('git', 'diff', '--name-only')).toEqual(['wikipedia/requirements.txt']);
  });
});
