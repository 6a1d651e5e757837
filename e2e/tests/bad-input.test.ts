import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from './support/remove-tree.js';
import { sharedStore } from './support/shared-store.js';
import { giveTools } from './support/shared-tools.js';
import { ORDINARY_ID, ordinaryUser, type Ended } from './support/users.js';
import { EXAMPLE, Workspace, type RunOptions } from './support/workspace.js';

const BACKEND = 'apps/todobackend';
const COMMON = 'libs/todo-common';
const BUILD_LOCK = `${COMMON}/locks/build/todo-common.txt`;

let base: string;
let workspace: Workspace;
/** Everything that an error might have left half-written. */
let untouched: Record<string, string>;

function state(): Record<string, string> {
  return workspace.contents(`${BACKEND}/locks`, `${COMMON}/locks`, 'dist', 'reports');
}

/** Runs `wheelhouse build`, which fails, and looks that it left everything as it was. */
async function build(project: string, options: RunOptions = {}): Promise<Ended> {
  const before = state();
  const ended = await workspace.wheelhouse(['build', project], options);
  expect(state()).toEqual(before);
  return ended;
}

/** How the command ends for a user's error: with these lines, and nothing else. */
function complaint(...lines: readonly (string | undefined)[]): Ended {
  return { exitCode: 1, stdout: '', stderr: lines.map((line) => `${line ?? ''}\n`).join('') };
}

/** A directory with nothing but these programs of the machine. */
function directoryOf(name: string, ...programs: readonly string[]): string {
  const directory = join(base, name);
  mkdirSync(directory);
  for (const program of programs) symlinkSync(join('/usr/bin', program), join(directory, program));
  return directory;
}

/** The settings of the workspace, with other options of the plugin. */
function configure(options: Readonly<Record<string, unknown>>): void {
  workspace.write('nx.json', JSON.stringify({ plugins: [{ plugin: '@wheelhouse/build', options }] }));
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-bad-input-'));
  chmodSync(base, 0o755);
  workspace = new Workspace({ base, ...EXAMPLE });
  // An interpreter that every user can run.
  configure({ python: '/usr/bin/python3' });
  workspace.commit();
  const { exitCode, stdout, stderr } = await workspace.nx(['run', 'todo-common:test', '--output-style=static']);
  if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);
  untouched = state();
});

afterAll(() => {
  removeTree(base);
});

beforeEach(() => {
  workspace.restore();
});

describe('a lock', () => {
  test('that is not there', async () => {
    workspace.remove(`${COMMON}/locks/test.txt`);
    expect(await build('todo-common')).toEqual(
      complaint(`the lock \`${COMMON}/locks/test.txt\` does not exist`, 'hint: run `nx run todo-common:lock`'),
    );
  });

  test('that is not there for the build of the project itself', async () => {
    workspace.remove(`${BACKEND}/locks/build/todobackend.txt`);
    expect(await build('todobackend')).toEqual(
      complaint(
        `the lock \`${BACKEND}/locks/build/todobackend.txt\` does not exist`,
        'hint: run `nx run todobackend:lock`',
      ),
    );
  });

  test('that is out of date, with the requirement that changed and its place', async () => {
    workspace.edit(`${BACKEND}/setup.py`, '"django>=5.2,<5.3"', '"django>=5.2.1,<5.3"');
    const reason =
      'is out of date: `django<5.3,>=5.2` is now `django<5.3,>=5.2.1` (apps/todobackend/setup.py [line 20 column 8])';
    expect(await build('todobackend')).toEqual(
      complaint(
        `the lock \`${BACKEND}/locks/test.txt\` ${reason}`,
        'hint: run `nx run todobackend:lock`',
        `the lock \`${BACKEND}/locks/runtime.txt\` ${reason}`,
        'hint: run `nx run todobackend:lock`',
      ),
    );
  });

  test('of a dependency that is out of date', async () => {
    workspace.edit(
      `${COMMON}/pyproject.toml`,
      'requires = ["setuptools>=77"]',
      'requires = ["setuptools>=77", "wheel"]',
    );
    expect(await build('todobackend')).toEqual(
      complaint(
        `the lock \`${BUILD_LOCK}\` is out of date: \`wheel\` was added (${COMMON}/pyproject.toml [line 2 column 30])`,
        'hint: run `nx run todo-common:lock`',
      ),
    );
  });

  test('whose requirements were written by hand', async () => {
    workspace.edit(BUILD_LOCK, '# requirement: setuptools>=77\n', '# requirement: setuptools>=78\n');
    expect(await build('todo-common')).toEqual(
      complaint(
        `the lock \`${BUILD_LOCK}\` is out of date: its header was changed by hand`,
        'hint: run `nx run todo-common:lock`',
      ),
    );
  });

  test('that is no lock', async () => {
    workspace.edit(BUILD_LOCK, 'setuptools==', 'setuptools>=');
    const line =
      workspace
        .read(BUILD_LOCK)
        .split('\n')
        .findIndex((text) => text.startsWith('setuptools>=')) + 1;
    const entry = /^setuptools>=\S+/m.exec(workspace.read(BUILD_LOCK))?.[0] ?? '';
    expect(await build('todo-common')).toEqual(
      complaint(
        `${BUILD_LOCK} [line ${line} column 0]: \`${entry}\` is not a locked distribution such as \`name==1.0\``,
        'hint: run `nx run todo-common:lock`',
      ),
    );
  });

  test('of a build that holds more than the build requires', async () => {
    const other = workspace.read(`${BACKEND}/locks/test.txt`);
    const [unknown = '', version = ''] = /^sqlparse==(\S+)(?:.*\n)(?: {4}.*\n)+/m.exec(other) ?? [];
    const lock = workspace.read(BUILD_LOCK);
    workspace.write(BUILD_LOCK, `${lock}${unknown}`);
    const { exitCode, stderr } = await build('todo-common');
    expect({ exitCode, stderr }).toEqual(
      expect.objectContaining({
        exitCode: 1,
        stderr:
          `${BUILD_LOCK} [line ${lock.split('\n').length} column 0]: the locked \`sqlparse==${version}\` is not ` +
          'required by `todo-common` or by another entry\nhint: run `nx run todo-common:lock`\n',
      }),
    );
  });

  test('whose entries are not what its wheels require', async () => {
    const lock = `${COMMON}/locks/test.txt`;
    const [entry = ''] = /^iniconfig==(?:.*\n)(?: {4}.*\n)+/m.exec(workspace.read(lock)) ?? [];
    const other = workspace.read(`${BACKEND}/locks/test.txt`);
    const [unknown = '', version = ''] = /^sqlparse==(\S+)(?:.*\n)(?: {4}.*\n)+/m.exec(other) ?? [];
    workspace.edit(lock, entry, unknown);
    const place =
      workspace
        .read(lock)
        .split('\n')
        .findIndex((line) => line.startsWith('sqlparse')) + 1;
    const { exitCode, stderr } = await workspace.wheelhouse(['test', 'todo-common']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(
        `^the lock \`${lock}\` has no entry for \`iniconfig[^\`]*\`, which \`pytest-[^\`]*.whl\` requires\n` +
          'hint: run `nx run todo-common:lock`\n' +
          `${lock} \\[line ${place} column 0\\]: the locked \`sqlparse==${version}\` is not required by the project or by another entry\n` +
          'hint: run `nx run todo-common:lock`\n$',
      ) as string,
    });
  });
});

describe('a hash', () => {
  const hashes = (): string[] =>
    [...workspace.read(BUILD_LOCK).matchAll(/--hash=(sha256:[0-9a-f]{64})/g)].map(([, hash = '']) => hash);

  const lockedAt = (): string => {
    const line =
      workspace
        .read(BUILD_LOCK)
        .split('\n')
        .findIndex((text) => text.startsWith('setuptools==')) + 1;
    return `${BUILD_LOCK} [line ${line} column 0]`;
  };

  test('that no file of the snapshot has', async () => {
    const wrong = ['sha256:'.padEnd(71, '0'), 'sha256:'.padEnd(71, '1')];
    const locked = hashes();
    expect(locked).toHaveLength(2);
    locked.forEach((hash, index) => {
      workspace.edit(BUILD_LOCK, hash, wrong[index] ?? '');
    });
    const { stderr, ...rest } = await build('todo-common');
    expect(rest).toEqual({
      exitCode: 1,
      stdout: expect.stringMatching(/^0 built, \d+ cached, 1 failed\n$/) as unknown,
    });
    const [, file, got] = /: `(setuptools-\S+\.whl)` .* got `(sha256:[0-9a-f]{64})`$/m.exec(stderr) ?? [];
    expect(locked).toContain(got);
    expect(stderr).toBe(
      `${lockedAt()}: \`${file ?? ''}\` in \`${workspace.path(`dist/${COMMON}/snapshot`)}\` is not the locked file: ` +
        `expected \`${wrong.join('` or `')}\`, got \`${got ?? ''}\`\n` +
        'hint: if the lock is right, remove the snapshot and run the target `snapshot` again\n',
    );
  });

  test('of a file that was tampered with', async () => {
    const file = Object.keys(untouched).find((path) => path.includes('/snapshot/setuptools-')) ?? '';
    const bytes = untouched[file] ?? '';
    const path = workspace.path(file);
    execFileSync('sh', ['-c', 'printf x >> "$1"', 'sh', path]);
    const sha256 = execFileSync('sha256sum', [path], { encoding: 'utf8' }).slice(0, 64);
    const store = join(base, 'store without files');
    giveTools(store);
    const ended = await build('todo-common', {
      prefix: ['unshare', '--net'],
      environment: { WHEELHOUSE_CACHE_DIR: store, PIP_FIND_LINKS: undefined, PIP_RETRIES: '0' },
    });
    execFileSync('truncate', ['-s', String(bytes.length), path]);
    expect(state()).toEqual(untouched);
    expect(ended).toEqual({
      exitCode: 1,
      stdout: expect.stringMatching(/(^|\n)\d+ built, 0 cached, 1 failed\n$/) as unknown,
      stderr:
        `${lockedAt()}: \`${file.split('/').at(-1) ?? ''}\` in \`${workspace.path(`dist/${COMMON}/snapshot`)}\` is not the locked file: ` +
        `expected \`${hashes().join('` or `')}\`, got \`sha256:${sha256}\`\n` +
        'hint: if the lock is right, remove the snapshot and run the target `snapshot` again\n',
    });
  });
});

describe('an interpreter', () => {
  const hint = 'hint: install it, or choose another with the option `python` or a `.python-version` file';

  test('that is not there', async () => {
    configure({});
    const PATH = directoryOf('without python', 'git', 'sh');
    expect(await build('todo-common', { environment: { PATH } })).toEqual(
      complaint(
        `${COMMON}/pyproject.toml [line 11 column 0]: the project \`todo-common\` needs Python \`>=3.10\`, ` +
          'but PATH has no such interpreter: none',
        hint,
      ),
    );
  });

  test('in .python-version that is not installed', async () => {
    configure({});
    workspace.write('.python-version', '3.99\n');
    const { stderr, ...rest } = await build('todo-common');
    expect(rest).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^\.python-version \[line 1 column 0\]: the Python `3\.99`, which this file requests, is not on this machine; found: .*\/usr\/bin\/python3\S* is 3\./,
    );
    expect(stderr.endsWith(`${hint}\n`)).toBe(true);
  });

  test('of the wrong version', async () => {
    workspace.edit(`${COMMON}/pyproject.toml`, 'requires-python = ">=3.10"', 'requires-python = ">=3.99"');
    const version = execFileSync('/usr/bin/python3', ['-c', 'import platform; print(platform.python_version())'], {
      encoding: 'utf8',
    }).trim();
    const { stderr, ...rest } = await build('todo-common');
    expect(rest).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr.replace(/\/usr\/bin\/python3\.\d+/, '/usr/bin/python3')).toBe(
      `${COMMON}/pyproject.toml [line 11 column 0]: the project \`todo-common\` needs Python \`>=3.99\`, but ` +
        `/usr/bin/python3, set by the option \`python\`, is ${version}\n${hint}\n`,
    );
  });
});

describe('a machine', () => {
  /** What nobody has built yet. */
  const change = (text: string): void => {
    workspace.write(`${COMMON}/todo_common/more.py`, text);
  };

  test('without bubblewrap', async () => {
    change('# Without bubblewrap.\n');
    const PATH = directoryOf('without bubblewrap', ...readdirSync('/usr/bin').filter((name) => name !== 'bwrap'));
    const before = state();
    const { exitCode, stdout, stderr } = await workspace.wheelhouse(['build', 'todo-common'], {
      environment: { PATH },
    });
    expect(state()).toEqual(before);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        `wheel/todo-common.bst: Did not find \`bwrap\` in PATH: ${PATH}\n` +
        'hint: install bubblewrap: `apt install bubblewrap` (Debian, Ubuntu), `dnf install bubblewrap` (Fedora), ' +
        '`apk add bubblewrap` (Alpine), `pacman -S bubblewrap` (Arch), `zypper install bubblewrap` (openSUSE)\n',
    });
    expect(stdout).not.toMatch(/^built /m);
  });

  test('with user namespaces off', async () => {
    change('# Without user namespaces.\n');
    const { exitCode, stderr, stdout } = await build('todo-common', { prefix: withoutNamespaces() });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: `wheel/todo-common.bst: ${NAMESPACES_ARE_OFF}` });
    expect(stdout).not.toMatch(/^built /m);
  });

  test('with user namespaces off, and an ordinary user', async () => {
    const store = join(base, 'store of another user');
    mkdirSync(store);
    chownSync(store, ORDINARY_ID, ORDINARY_ID);
    const { exitCode, stderr, stdout } = await build('todo-common', {
      prefix: [...ordinaryUser(), ...withoutNamespaces()],
      environment: {
        WHEELHOUSE_CACHE_DIR: store,
        HOME: store,
        PATH: '/usr/bin:/bin',
        // The workspace is another user's.
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'safe.directory',
        GIT_CONFIG_VALUE_0: '*',
      },
    });
    // Two elements are begun at once.
    const messages = stderr.split(/^[\w./-]+\.bst: /m).filter((message) => message !== '');
    expect({ exitCode, messages: [...new Set(messages)] }).toEqual({ exitCode: 1, messages: [NAMESPACES_ARE_OFF] });
    expect(stdout).not.toMatch(/^(built|installed) +(env|wheel)\//m);
  });

  /** A user namespace in which no more of them can be made. */
  function withoutNamespaces(): string[] {
    const script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"';
    return ['unshare', '--user', '--map-root-user', 'sh', '-c', script, 'sh'];
  }

  const NAMESPACES_ARE_OFF =
    'bubblewrap cannot create a sandbox on this machine: bwrap: Creating new namespace failed: ' +
    'nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)\n' +
    'hint: user namespaces are disabled: `sysctl -w user.max_user_namespaces=15000` as root\n';
});

describe('a command', () => {
  test('that fails while a wheel is built is shown with its exit code and its last output, and exits with 2', async () => {
    workspace.edit(`${COMMON}/pyproject.toml`, 'packages = ["todo_common"]', 'packages = ["todo_uncommon"]');
    const { exitCode, stdout, stderr } = await build('todo-common');
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    const command =
      '/venv/bin/python -s -B /opt/wheelhouse/helpers/hook.py --tools /opt/wheelhouse/tools build-wheel /buildstream-install/wheelhouse';
    const [, key = ''] = /^building {3}wheel\/todo-common\.bst ([0-9a-f]{8})$/m.exec(stdout) ?? [];
    const log = /^ {11}log: (.*)$/m.exec(stdout)?.[1] ?? '';
    expect(stdout.replace(/after \d+\.\d s/, 'after a while')).toBe(
      `${[
        `building   wheel/todo-common.bst ${key}`,
        `failed     wheel/todo-common.bst ${key} after a while`,
        `           command \`${command}\` exited with code 1`,
        `           | + ${command}`,
        '           | running bdist_wheel',
        '           | running build',
        '           | running build_py',
        "           | error: package directory 'todo_uncommon' does not exist",
        `           | Command '${command}' failed with exitcode 1`,
        `           log: ${log}`,
      ].join('\n')}\n${stdout.trimEnd().split('\n').at(-1) ?? ''}\n`,
    );
    expect(stdout).toMatch(/\n0 built, \d+ cached, 1 failed\n$/);
    expect(log.startsWith(join(workspace.store, 'logs'))).toBe(true);
    expect(execFileSync('cat', [log], { encoding: 'utf8' })).toContain(
      "package directory 'todo_uncommon' does not exist",
    );
  });

  test('that failed before is not run again unless that is asked for', async () => {
    workspace.edit(`${COMMON}/pyproject.toml`, 'packages = ["todo_common"]', 'packages = ["todo_uncommon"]');
    const { exitCode, stdout } = await build('todo-common');
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^failed {5}wheel\/todo-common\.bst [0-9a-f]{8} before, and nothing has changed since$/m);
    expect(stdout).toMatch(/^ {11}hint: pass `--retry-failed` to retry it$/m);
    const again = await workspace.wheelhouse(['build', '--retry-failed', 'todo-common']);
    expect(again.stdout).toMatch(/^failed {5}wheel\/todo-common\.bst [0-9a-f]{8} after \d+\.\d s$/m);
    expect(again.exitCode).toBe(2);
  });

  test('of a test that fails ends the task, and the reports come out', async () => {
    workspace.write(`${COMMON}/tests/test_wrong.py`, 'def test_wrong():\n    assert 1 == 2\n');
    const { exitCode, stdout } = await workspace.nx(['run', 'todo-common:test', '--output-style=static']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^ +command `\/venv\/bin\/pytest .*` exited with code 1$/m);
    expect(stdout).toMatch(/^ +\| FAILED tests\/test_wrong\.py::test_wrong - assert 1 == 2$/m);
    const { passed, failed } = JSON.parse(workspace.read(`reports/${COMMON}/record.json`)) as Record<string, number>;
    expect(failed).toBe(1);
    expect(stdout).toContain(`tests: ${passed ?? 0} passed, 1 failed, 0 skipped\n`);
    expect(workspace.read(`reports/${COMMON}/junit.xml`)).toContain('test_wrong');
  });
});

describe('a requirement', () => {
  test('that cannot be resolved is named with its place, and the locks stay', async () => {
    workspace.edit(`${BACKEND}/setup.py`, '"django>=5.2,<5.3"', '"django>=999"');
    const before = state();
    const { exitCode, stdout } = await workspace.nx(['run', 'todobackend:lock', '--output-style=static']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      new RegExp(
        [
          '',
          `${BACKEND}/setup.py \\[line 20 column 8\\]: the requirements of \`todobackend\` and its tests cannot be resolved: ` +
            'no version satisfies `django>=999`',
          '.*No solution found when resolving dependencies.*',
          "(.*\n)+hint: change the requirement, or check the indexes in pip's configuration \\(`pip config list`\\)",
          '',
        ].join('\n'),
      ),
    );
    expect(state()).toEqual(before);
  });

  test('that is an address makes the locks stale until what is there is vendored', async () => {
    workspace.edit(
      `${COMMON}/pyproject.toml`,
      'dependencies = []',
      'dependencies = ["other @ file:///elsewhere/other"]',
    );
    const stale = (name: string): readonly string[] => [
      `the lock \`${COMMON}/locks/${name}.txt\` is out of date: \`other @ file:///elsewhere/other\` was added (${COMMON}/pyproject.toml [line 12 column 16])`,
      'hint: run `nx run todo-common:lock`',
    ];
    expect(await build('todo-common')).toEqual(complaint(...stale('test'), ...stale('runtime')));
  });
});

describe('a project', () => {
  test('whose setup.py computes what it requires', async () => {
    const text = workspace.read(`${BACKEND}/setup.py`);
    workspace.write(
      `${BACKEND}/setup.py`,
      text.replace(/install_requires=\[.*?\n {4}\],/s, 'install_requires=open("requirements.in").read().split(),'),
    );
    const lines = [
      `${BACKEND}/setup.py [line 19 column 21]: \`open("requirements.in").read().split()\` in \`install_requires\` opens the file \`requirements.in\`, which the project does not have`,
      'hint: write it as a literal, or move it to pyproject.toml or setup.cfg; or list its requirements files in the option `requirements`, or exclude the project (option `exclude`)',
    ];
    expect(await build('todobackend')).toEqual(complaint(...lines));
    const { exitCode, stdout } = await workspace.nx(['show', 'projects']);
    expect({ exitCode, projects: stdout.trim().split('\n').sort() }).toEqual({
      exitCode: 0,
      projects: ['todo-common', 'todobackend'],
    });
  });

  test('with the distribution name of another', async () => {
    workspace.edit(`${COMMON}/pyproject.toml`, 'name = "todo-common"', 'name = "Todobackend"');
    const lines = [
      `${BACKEND}/setup.py [line 4 column 9]: the distribution \`todobackend\` is also the project \`${COMMON}\``,
      `hint: rename one of them, or exclude what is not a project of yours: \`"exclude": ["${BACKEND}/**"]\` beside the plugin's \`options\` in nx.json`,
    ];
    expect(await build('todobackend')).toEqual(complaint(...lines));
    const { exitCode, stdout } = await workspace.nx(['show', 'projects']);
    expect({ exitCode, projects: stdout.trim().split('\n').sort() }).toEqual({
      exitCode: 0,
      projects: ['todo-common', 'todobackend'],
    });
  });

  test('that nobody has', async () => {
    expect(await build('todofrontend')).toEqual(
      complaint(
        'this workspace has no Python project `todofrontend`',
        'hint: its Python projects are `todobackend`, `todo-common`',
      ),
    );
  });
});

test('a repository that git does not read for this user is not taken for one without git', async () => {
  const store = join(base, 'store of a stranger');
  mkdirSync(store);
  chownSync(store, ORDINARY_ID, ORDINARY_ID);
  const { exitCode, stdout, stderr } = await build('todo-common', {
    prefix: ordinaryUser(),
    environment: { WHEELHOUSE_CACHE_DIR: store, HOME: store, PATH: '/usr/bin:/bin' },
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toContain(
    `git does not list the files of \`${workspace.directory}\`\nfatal: detected dubious ownership`,
  );
  expect(stderr).toContain(
    "hint: sources exclude what git ignores, so git must work here; change the owner of the repository, or add it to git's `safe.directory`",
  );
});

describe('a path outside of the workspace', () => {
  test('in an option of the plugin', async () => {
    configure({ exclude: ['../other/**'] });
    const lines = [
      'nx.json [line 1 column 64]: @wheelhouse/build: the option `exclude[0]` points outside the project: `../other/**`',
      'hint: globs are relative to the project',
    ];
    expect(await build('todo-common')).toEqual(complaint(...lines));
    // The targets of the projects say it; other projects, and Nx itself, are not concerned.
    expect((await workspace.nx(['show', 'projects'])).exitCode).toBe(0);
    const { exitCode, stdout } = await workspace.nx(['run', 'todo-common:build-wheel', '--output-style=static']);
    expect(exitCode).toBe(1);
    for (const line of lines) expect(stdout).toContain(line);
  });

  test('behind a link to metadata', async () => {
    const elsewhere = join(base, 'elsewhere.toml');
    const path = workspace.path(`${COMMON}/pyproject.toml`);
    renameSync(path, elsewhere);
    symlinkSync(elsewhere, path);
    const ended = await build('todo-common');
    rmSync(path);
    renameSync(elsewhere, path);
    expect(ended).toEqual(
      complaint(
        `\`${COMMON}/pyproject.toml\` points outside the workspace, to \`${elsewhere}\``,
        `hint: sandboxes contain only files of the workspace: move the file into it; if \`${COMMON}\` is not a project of yours, exclude it: \`"exclude": ["${COMMON}/**"]\` beside the plugin's \`options\` in nx.json`,
      ),
    );
  });

  test('behind a link among the sources', async () => {
    const path = workspace.path(`${COMMON}/todo_common/passwd`);
    symlinkSync('/etc/passwd', path);
    const ended = await build('todo-common');
    rmSync(path);
    expect(ended).toEqual(
      complaint(
        `\`${COMMON}/todo_common/passwd\` is a symbolic link to \`/etc/passwd\`, an absolute path`,
        'hint: paths in the sandbox differ from this machine: make the link relative',
      ),
    );
  });

  test('in an element', async () => {
    workspace.write('project.conf', 'name: outside\nmin-version: 2.4\n');
    workspace.write('outside.bst', 'kind: import\nsources:\n- kind: local\n  path: ../elsewhere\n');
    expect(await build('outside.bst')).toEqual(
      complaint("outside.bst [line 4 column 8]: Specified path '../elsewhere' first component must not be '..'"),
    );
  });
});

test('a wheel whose metadata is not what was read of the project ends every command that would use it', async () => {
  workspace.write(
    `${COMMON}/setup.py`,
    `from setuptools import setup
from setuptools.command.egg_info import egg_info


class Other(egg_info):
    def run(self):
        self.distribution.metadata.install_requires = ["left-pad>=1"]
        super().run()


setup(cmdclass={"egg_info": Other})
`,
  );
  const error = [
    `${COMMON}/pyproject.toml [line 12 column 0]: \`Requires-Dist\` of the wheel \`todo_common-1.0.0-py3-none-any.whl\` differs from the metadata of the project: expected nothing, got \`left-pad>=1\``,
    'hint: a plugin or hook of the backend, or a setup.py, sets another value when the wheel is built: set it only in the metadata of the project; add files that are missing in the build to the option `include`',
  ].join('\n');
  // The other project is built beside it, as far as that goes: with a program in C, which other files build, too.
  const { exitCode, stderr } = await build('todobackend', { environment: { WHEELHOUSE_CACHE_DIR: sharedStore() } });
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(error) as string });
  const tested = await workspace.wheelhouse(['test', 'todo-common']);
  expect(tested.exitCode).toBe(1);
  expect(tested.stderr).toContain(error);
});
