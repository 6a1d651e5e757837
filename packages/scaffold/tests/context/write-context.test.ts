import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trustedCertificates } from '../../src/context/certificates.js';
import { indexEnvironment } from '../../src/context/index-environment.js';
import { stageClosure } from '../../src/context/stage-closure.js';
import { writeContext } from '../../src/context/write-context.js';
import { TestWorkspace } from '../support/workspace.js';

const BACKEND =
  '[build-system]\nrequires = ["flit_core>=3"]\nbuild-backend = "flit_core.buildapi"\n\n[project]\nversion = "1"\n';

function lockText(kind: string, distribution: string): string {
  return [
    ...['# wheelhouse lock 1', `# kind: ${kind}`, `# distribution: ${distribution}`, '# python: 3.10', '# uv: 0.9.0'],
    `# requirements: sha256:${'0'.repeat(64)}`,
    '',
  ].join('\n');
}

function project(root: string, name: string, more = ''): Record<string, string> {
  return {
    [`${root}/pyproject.toml`]: `${BACKEND}name = "${name}"\n${more}`,
    [`${root}/${name}/__init__.py`]: '',
    [`${root}/tests/test_it.py`]: '',
    [`${root}/locks/test.txt`]: lockText('test', name),
    [`${root}/locks/runtime.txt`]: lockText('runtime', name),
    [`${root}/locks/build/${name}.txt`]: lockText('build', name),
  };
}

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = new TestWorkspace({
    LICENSE: 'free\n',
    ...project('apps/web', 'web', 'dependencies = ["common"]\n\n[project.optional-dependencies]\ntest = ["kit"]\n'),
    'apps/web/scripts/test.sh': 'true\n',
    ...project('libs/common', 'common'),
    'libs/common/notes/plan.md': 'secret\n',
    ...project('libs/kit', 'kit', 'dependencies = ["web"]\n'),
    ...project('libs/other', 'other'),
    'broken/setup.py': 'setup(\n',
    'nx.json': JSON.stringify({
      plugins: [
        { plugin: '@wheelhouse/build', options: {} },
        {
          plugin: '@wheelhouse/build',
          include: ['libs/common/**'],
          options: { exclude: ['notes/**'], shared: ['LICENSE'] },
        },
      ],
    }),
  });
});
afterEach(() => {
  workspace.remove();
});

async function write(certificates?: string): Promise<string[]> {
  const closure = await stageClosure(workspace.directory, 'apps/web', process.env);
  await writeContext(workspace.directory, closure, certificates);
  const context = join(workspace.directory, 'dist/apps/web/stage/context');
  return readdirSync(context, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(context.length + 1))
    .sort();
}

test('a context holds what a project, those it requires and those its tests require are made of', async () => {
  chmodSync(join(workspace.directory, 'apps/web/web/__init__.py'), 0o600);
  expect(await write()).toEqual([
    'libraries/files/libs/common/LICENSE',
    'libraries/files/libs/common/libs/common/common/__init__.py',
    'libraries/files/libs/common/libs/common/pyproject.toml',
    'libraries/projects.txt',
    'locks/build/web.txt',
    'locks/local/common/build/common.txt',
    'locks/local/common/runtime.txt',
    'locks/local/common/test.txt',
    'locks/local/kit/build/kit.txt',
    'locks/local/kit/runtime.txt',
    'locks/local/kit/test.txt',
    'locks/runtime.txt',
    'locks/test.txt',
    'project/locks/runtime.txt',
    'project/locks/test.txt',
    'project/pyproject.toml',
    'project/scripts/test.sh',
    'project/tests/test_it.py',
    'project/web/__init__.py',
    'scripts/test.sh',
    'source/files/pyproject.toml',
    'source/files/scripts/test.sh',
    'source/files/web/__init__.py',
    'source/projects.txt',
    'test-libraries/files/libs/kit/kit/__init__.py',
    'test-libraries/files/libs/kit/pyproject.toml',
    'test-libraries/projects.txt',
    'tools/projects.txt',
  ]);
  const context = join(workspace.directory, 'dist/apps/web/stage/context');
  const text = (file: string): string => readFileSync(join(context, file), 'utf8');
  expect(text('libraries/projects.txt')).toBe('common\tfiles/libs/common\tlibs/common\t-\n');
  expect(text('test-libraries/projects.txt')).toBe('kit\tfiles/libs/kit\t.\t-\n');
  expect(text('source/projects.txt')).toBe('web\tfiles\t.\t-\n');
  expect(statSync(join(context, 'source/files/web/__init__.py')).mode & 0o777).toBe(0o644);
});

/** A line of a file `projects.txt` of the context, as text. */
function words(file: string, name: string): string[] | undefined {
  const lines = readFileSync(join(workspace.directory, 'dist/apps/web/stage/context', file), 'utf8').split('\n');
  return lines.map((line) => line.split('\t')).find(([first]) => first === name);
}

test('versions from git and projects that wheels are built with are in the context', async () => {
  const { directory } = workspace;
  const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: directory, encoding: 'utf8' });
  git('init', '--quiet');
  git('add', '--all');
  git('-c', 'user.name=Tests', '-c', 'user.email=tests@example.org', 'commit', '--quiet', '--message', 'one');
  git('tag', 'v2.5.0');
  workspace.write(
    'libs/common/pyproject.toml',
    '[build-system]\nrequires = ["setuptools-scm", "maker"]\nbuild-backend = "setuptools.build_meta"\n\n[project]\nname = "common"\ndynamic = ["version"]\n\n[tool.setuptools_scm]\nlocal_scheme = "no-local-version"\n',
  );
  for (const [file, text] of Object.entries({
    ...project('libs/maker', 'maker', 'dependencies = ["part"]\n'),
    ...project('libs/part', 'part'),
  })) {
    workspace.write(file, text);
  }
  const files = await write();
  expect(files).toContain('tools/files/libs/part/part/__init__.py');
  expect(files).toContain('locks/local/maker/build/maker.txt');
  expect(words('tools/projects.txt', 'maker')).toEqual(['maker', 'files/libs/maker', '.', '-']);
  const version = 'SETUPTOOLS_SCM_PRETEND_VERSION=2.5.1.dev0';
  expect(words('libraries/projects.txt', 'common')).toEqual([
    ...['common', 'files/libs/common', 'libs/common', 'part,maker', version],
  ]);
  expect(words('source/projects.txt', 'web')).toEqual(['web', 'files', '.', '-']);
});

test('a project that a marker excludes in the images is left out, and so are files of a project inside', async () => {
  const markers = [`common ; python_version < '3.12'`, `other ; sys_platform == 'win32'`];
  workspace.write('apps/web/pyproject.toml', `${BACKEND}name = "web"\ndependencies = ${JSON.stringify(markers)}\n`);
  for (const [file, text] of Object.entries(project('apps/web/inner', 'inner'))) workspace.write(file, text);
  workspace.write('apps/web/docker/dev/Dockerfile', 'ARG BASE=docker.io/library/python:3.11-slim\nFROM ${BASE}\n');
  const files = await write();
  expect(words('libraries/projects.txt', 'common')).toBeDefined();
  expect(files.filter((file) => file.includes('/other/') || file.startsWith('source/files/inner/'))).toEqual([]);
  workspace.write('apps/web/docker/dev/Dockerfile', 'ARG BASE=python:3.12-slim\nFROM ${BASE}\n');
  await write();
  expect(words('libraries/projects.txt', 'common')).toBeUndefined();
});

test('what is not there any more is not in the next context, and certificates are', async () => {
  const before = await write();
  rmSync(join(workspace.directory, 'apps/web/tests'), { recursive: true });
  workspace.write('ca.pem', 'CERTIFICATE\n');
  const certificates = trustedCertificates(workspace.directory, { PIP_CERT: 'ca.pem' });
  const after = await write(certificates);
  expect(after.filter((file) => !before.includes(file))).toEqual(['certificates/index.pem']);
  expect(before.filter((file) => !after.includes(file))).toEqual(['project/tests/test_it.py']);
});

test('the first variable that is set names the certificates, and a file that is not there is an error', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-certificates-'));
  expect(trustedCertificates(directory, { PIP_CERT: '' })).toBeUndefined();
  expect(() => trustedCertificates(directory, { PIP_CERT: '', SSL_CERT_FILE: 'gone.pem' })).toThrow(
    'the file `gone.pem`, which the variable `SSL_CERT_FILE` names, does not exist',
  );
  expect(() => trustedCertificates(directory, {}, '/gone/ca.pem')).toThrow(
    "the file `/gone/ca.pem`, which pip's `cert` names, does not exist",
  );
  rmSync(directory, { recursive: true });
});

test("the service `cache` gets the settings of pip's configuration files", async () => {
  workspace.write(
    'pip.conf',
    '[global]\nindex-url = https://index.example.org/simple\nextra-index-url = https://other.example.org/simple\ntrusted-host = index.example.org\ncert = /etc/company.pem\n',
  );
  const environment = {
    PATH: process.env.PATH,
    PIP_CONFIG_FILE: join(workspace.directory, 'pip.conf'),
    HOME: '/nonexistent',
  };
  expect(await indexEnvironment(environment)).toEqual({
    variables: {
      PIP_INDEX_URL: 'https://index.example.org/simple',
      PIP_EXTRA_INDEX_URL: 'https://other.example.org/simple',
      PIP_TRUSTED_HOST: 'index.example.org',
    },
    certificates: '/etc/company.pem',
  });
  const over = { ...environment, PIP_INDEX_URL: 'https://mine.example.org/simple' };
  expect((await indexEnvironment(over)).variables.PIP_INDEX_URL).toBe('https://mine.example.org/simple');
  expect(await indexEnvironment({ PATH: '/nonexistent' })).toEqual({ variables: {} });
});

test('a library without locks is named, with the command that makes them', async () => {
  rmSync(join(workspace.directory, 'libs/common/locks'), { recursive: true });
  await expect(write()).rejects.toMatchObject({
    message: expect.stringContaining('the lock `libs/common/locks/test.txt` does not exist') as string,
    hint: 'run `nx run common:lock`',
  });
});
