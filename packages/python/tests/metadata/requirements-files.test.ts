import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import {
  findPython,
  formatRequirement,
  readProjects,
  type ProjectMetadata,
  type ReadOptions,
} from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';

type Settings = NonNullable<ReturnType<NonNullable<ReadOptions['settings']>>>;

class Workspace {
  readonly directory = temporaryDirectory();

  constructor(files: Readonly<Record<string, string>>) {
    this.write({
      'app/setup.py': 'from setuptools import setup\nsetup(name="app", version="1")\n',
      ...files,
    });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.directory, name)), { recursive: true });
      writeFileSync(join(this.directory, name), text);
    }
  }

  async read(settings: Settings = {}, environment: NodeJS.ProcessEnv = {}): Promise<ProjectMetadata> {
    const [metadata] = await readProjects(['app'], {
      workspace: this.directory,
      memo: join(this.directory, 'memo.json'),
      python: () => findPython(process.env),
      settings: () => settings,
      environment,
    });
    return metadata!;
  }

  async failure(settings: Settings = {}, environment: NodeJS.ProcessEnv = {}): Promise<string> {
    const error: unknown = await this.read(settings, environment).catch((reason: unknown) => reason);
    return formatError(error as ElementError);
  }
}

function lines(requirements: ProjectMetadata['dependencies'] | undefined): string[] {
  return (requirements ?? []).map(formatRequirement);
}

test('a setup.py without requirements has those of requirements.txt, and of the first of the tests’ files', async () => {
  const workspace = new Workspace({
    'app/requirements.txt': 'Django>=5\n',
    'app/requirements_test.txt': '-r requirements.txt\n-e .\npytest\n',
    'app/requirements-dev.txt': 'ruff\n',
  });
  const { dependencies, fromFiles } = await workspace.read();
  expect(lines(dependencies)).toEqual(['django>=5']);
  expect(lines(fromFiles?.test)).toEqual(['django>=5', 'file:app', 'pytest']);
  expect(fromFiles?.files).toEqual(['app/requirements.txt', 'app/requirements_test.txt']);
});

test('a project that declares its requirements has those of files only where options name them', async () => {
  const workspace = new Workspace({
    'app/setup.py':
      'from setuptools import setup\nsetup(name="app", install_requires=[], extras_require={"test": ["x"]})\n',
    'app/requirements.txt': 'django\n',
    'app/requirements_test.txt': 'pytest\n',
    'shared/base.txt': 'attrs\n',
  });
  const declared = await workspace.read();
  expect([lines(declared.dependencies), declared.fromFiles]).toEqual([[], undefined]);
  const chosen = await workspace.read({ requirements: ['requirements.txt', '{workspaceRoot}/shared/base.txt'] });
  expect(lines(chosen.dependencies)).toEqual(['django', 'attrs']);
  expect(await workspace.failure({ requirements: ['base.txt'] })).toBe(
    'requirements file not found: `app/base.txt`\n' +
      "hint: it is listed in the plugin's options in nx.json; a plugin entry with `include` applies only to some projects",
  );
});

test('files in options replace a list that is only known by running setup.py', async () => {
  const workspace = new Workspace({
    'app/setup.py': 'from setuptools import setup\nsetup(name="app", install_requires=computed())\n',
    'app/requirements.txt': 'django\n',
  });
  expect(await workspace.failure()).toContain('in `install_requires`');
  expect(lines((await workspace.read({ requirements: ['requirements.txt'] })).dependencies)).toEqual(['django']);
});

test('everything that pip understands and a lock needs is read', async () => {
  const workspace = new Workspace({
    'app/requirements.txt': `\uFEFF# a comment
--index-url https://user:\${TOKEN}@host/simple
--extra-index-url=https://other/simple
-f wheels --trusted-host host
--pre
-r requirements/more.txt
-c constraints.txt
Django >= 5 , \\
  < 6  # a comment behind
pinned==\${VERSION} ; python_version < "3.14" \\
  --hash=sha256:${'b'.repeat(64)} \\
  --hash sha256:${'a'.repeat(64)}
x @ git+https://\${TOKEN}@host/x.git@main#subdirectory=libs/x
git+ssh://git@host/y.git@v1#egg=Y[fast,all]
-e ../libs/local[extra] ; os_name == "posix"
./vendor/Some_Thing-1.0-py3-none-any.whl
https://host/z-2.0.tar.gz#sha256=00
`,
    'app/requirements/more.txt': '-c ../constraints.txt\nmore\n',
    'app/constraints.txt': 'urllib3<2\n# nothing\n',
  });
  const { dependencies, fromFiles } = await workspace.read({}, { TOKEN: 's3cret', VERSION: '1.2' });
  expect(lines(dependencies)).toEqual([
    'more',
    'django<6,>=5',
    'pinned==1.2 ; python_version < "3.14"',
    'x @ git+https://host/x.git@main#subdirectory=libs/x',
    'y[all,fast] @ git+ssh://git@host/y.git@v1#egg=Y',
    'file:libs/local[extra] ; os_name == "posix"',
    'some-thing @ file:app/vendor/Some_Thing-1.0-py3-none-any.whl',
    'z @ https://host/z-2.0.tar.gz#sha256=00',
  ]);
  expect(dependencies[2]).toMatchObject({
    hashes: [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`],
    origin: { file: 'app/requirements.txt', line: 10, column: 0 },
  });
  expect(fromFiles).toMatchObject({
    files: ['app/constraints.txt', 'app/requirements.txt', 'app/requirements/more.txt'],
    variables: ['VERSION'],
    prereleases: true,
    indexes: {
      indexUrl: 'https://user:${TOKEN}@host/simple',
      extraIndexUrls: ['https://other/simple'],
      findLinks: ['app/wheels'],
      trustedHosts: ['host'],
      noIndex: false,
    },
  });
  expect(lines(fromFiles?.constraints)).toEqual(['urllib3<2', 'urllib3<2']);
  expect(readFileSync(join(workspace.directory, 'memo.json'), 'utf8')).not.toMatch(/s3cret|TOKEN/);
});

test('what is remembered is read anew when a file that was included, a variable or the options change', async () => {
  const workspace = new Workspace({
    'app/requirements.txt': '-r more.txt\nx==${VERSION}\n',
    'app/more.txt': 'a\n',
    'app/other.txt': 'o\n',
  });
  const dependencies = async (version: string, settings: Settings = {}): Promise<string[]> =>
    lines((await workspace.read(settings, { VERSION: version })).dependencies);
  expect(await dependencies('1')).toEqual(['a', 'x==1']);
  expect(await dependencies('2')).toEqual(['a', 'x==2']);
  workspace.write({ 'app/more.txt': 'b\n' });
  expect(await dependencies('2')).toEqual(['b', 'x==2']);
  expect(await dependencies('2', { requirements: ['other.txt'] })).toEqual(['o']);
});

test('constraints of the options are those of everything, and those of builds come on top', async () => {
  const workspace = new Workspace({ 'app/c.txt': 'a<2\n', 'build.txt': '-c app/c.txt\nsetuptools<80\n' });
  const { fromFiles } = await workspace.read({
    constraints: ['c.txt'],
    buildConstraints: ['{workspaceRoot}/build.txt'],
  });
  expect(lines(fromFiles?.constraints)).toEqual(['a<2']);
  expect(lines(fromFiles?.buildConstraints)).toEqual(['a<2', 'a<2', 'setuptools<80']);
});

test.each([
  [
    '  --no-such x',
    '[line 1 column 2]: `--no-such` is not an option of requirements files\n' +
      'hint: the options are `--requirement`, `--constraint`, `--editable`, `--index-url`, `--extra-index-url`, `--find-links`, `--trusted-host`, `--hash`, `--no-index`, `--pre`, `--require-hashes`',
  ],
  [
    'a \\\n   --no-binary x',
    '[line 2 column 3]: `--no-binary` is not supported: requirements files cannot configure here how distributions are built\n' +
      'hint: use the option `noBinary` to build distributions from source',
  ],
  [
    '--config-settings=a=b',
    '[line 1 column 0]: `--config-settings` is not supported: requirements files cannot configure here how distributions are built\n' +
      'hint: remove it: a wheel is used if there is one, and sdists are built in a sandbox without options',
  ],
  ['-r', '[line 1 column 0]: `-r` has no value'],
  ['--pre=yes', '[line 1 column 0]: `--pre` takes no value'],
  [
    '-r absent.txt',
    '[line 1 column 0]: requirements file not found: `app/absent.txt`\n' +
      'hint: included files are relative to the file that includes them',
  ],
  [
    '\n-r again.txt',
    'app/again.txt [line 1 column 0]: the requirements files `app/requirements.txt` -> `app/again.txt` -> `app/requirements.txt` include one another',
  ],
  ['-r ../../x.txt', 'OUTSIDE'],
  [
    'a --hash=md5:00',
    '[line 1 column 2]: `--hash=md5:00` is not `--hash=sha256:...`\nhint: locks only support SHA-256',
  ],
  ['--require-hashes\na==1', '[line 2 column 0]: `a` has no hash, but `--require-hashes` requires one'],
  [
    'a==${NONE}',
    '[line 1 column 0]: the environment variable `NONE` is not set\nhint: set it, or write its value instead of `${NONE}`',
  ],
])('%j is refused', async (text, message) => {
  const workspace = new Workspace({
    'app/requirements.txt': `${text}\n`,
    'app/again.txt': '-r requirements.txt\n',
  });
  const expected = message.startsWith('[') ? `app/requirements.txt ${message}` : message;
  expect(await workspace.failure()).toBe(
    message === 'OUTSIDE'
      ? `\`../x.txt\` points outside the workspace, to \`${join(workspace.directory, '../x.txt')}\`\nhint: sandboxes contain only files of the workspace: move the file into it`
      : expected,
  );
});

const VERSIONS = 'hint: constraints only limit versions, such as `name<2`;';

test.each([
  [
    '-e ../lib',
    '`-e ../lib` is not a constraint: constraints cannot be editable',
    'projects of the workspace need none',
  ],
  ['six[x]<1.16', 'the constraint `six[x]<1.16` has extras', 'extras belong to a requirement'],
  [
    'six @ https://user:secret@host/six-1.tar.gz',
    'the constraint `six @ https://host/six-1.tar.gz` is a URL',
    'a URL belongs to a requirement, or to `override-dependencies` in `[tool.uv]`',
  ],
  [
    './six-1-py3-none-any.whl',
    'the constraint `./six-1-py3-none-any.whl` is a URL',
    'a URL belongs to a requirement, or to `override-dependencies` in `[tool.uv]`',
  ],
])('the constraint %j is refused in its file, as included and as an option', async (line, message, hint) => {
  const workspace = new Workspace({ 'app/requirements.txt': '-c c.txt\n', 'app/c.txt': `idna<9\n${line}\n` });
  const expected = `app/c.txt [line 2 column 0]: ${message}\n${VERSIONS} ${hint}`;
  expect(await workspace.failure()).toBe(expected);
  workspace.write({ 'app/requirements.txt': '' });
  expect(await workspace.failure({ constraints: ['c.txt'] })).toBe(expected);
});

test('all errors in all files are reported at once', async () => {
  const workspace = new Workspace({ 'app/requirements.txt': 'a b\n--what\n', 'app/requirements-test.txt': '-x\n' });
  const text = await workspace.failure();
  expect(text).toContain('app/requirements.txt [line 1 column 0]: `a b` is not a valid requirement');
  expect(text).toContain('app/requirements.txt [line 2 column 0]: `--what` is not an option of requirements files');
});

test('an index with an invalid URL is reported with its position', async () => {
  const workspace = new Workspace({ 'app/requirements.txt': 'six\n-i $INDEX\n--extra-index-url team\n' });
  expect(await workspace.failure({}, { INDEX: 'https://index/simple' })).toBe(
    [
      'app/requirements.txt [line 2 column 0]: `$INDEX` is not the URL of an index',
      'hint: pip only expands variables with braces: `${INDEX}`',
      'app/requirements.txt [line 3 column 0]: `team` is not the URL of an index',
    ].join('\n'),
  );
});
