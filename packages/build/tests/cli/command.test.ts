import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wheelhouse, type CommandResult } from '../support/command.js';
import { ELEMENTS } from '../support/element-project.js';
import { gitInit, pyproject, temporaryDirectories } from '../support/workspace.js';

const directory = temporaryDirectories();
const project = directory({
  ...ELEMENTS,
  'odd/project.conf':
    'name: odd\nmin-version: 2.4\nplugins:\n- origin: local\n  path: odd.cjs\n  elements:\n  - odd\n  - late\n  - rash\n  sources:\n  - stuck\n',
  'odd/odd.cjs':
    `const { BuildElement, Source } = require(${JSON.stringify(require.resolve('@wheelhouse/element'))});\n` +
    "class Odd extends BuildElement { generateScript() { throw new Error('boom'); } }\n" +
    "class Late extends BuildElement { stage() { throw new TypeError('no stage'); } }\n" +
    'class Rash extends BuildElement { stage() { process.env.RASH === "exit" ? process.exit(0) : Promise.reject(new Error("rash")); } }\n' +
    'class Stuck extends Source { configure() {} getUniqueKey() { return 1; } consistency() { return new Promise(() => {}); } }\n' +
    "module.exports = { elements: [{ kind: 'odd', formatVersion: 1, create: (meta) => new Odd(meta) },\n" +
    "  { kind: 'late', formatVersion: 1, create: (meta) => new Late(meta) },\n" +
    "  { kind: 'rash', formatVersion: 1, create: (meta) => new Rash(meta) }],\n" +
    "  sources: [{ kind: 'stuck', formatVersion: 1, create: (meta) => new Stuck(meta) }] };\n",
  'odd/odd.bst': 'kind: odd\n',
  'odd/late.bst': 'kind: late\n',
  'odd/rash.bst': 'kind: rash\n',
  'odd/stuck.bst': 'kind: import\nsources:\n- kind: stuck\n',
});
const store = directory();

function run(...args: string[]): CommandResult {
  return wheelhouse(args, { cwd: project, environment: { WHEELHOUSE_CACHE_DIR: store } });
}

/** A directory with the programs of this machine, but for some. */
function programsWithout(names: RegExp): string {
  const path = directory();
  for (const name of readdirSync('/usr/bin'))
    if (!names.test(name)) symlinkSync(join('/usr/bin', name), join(path, name));
  return path;
}

const COMMANDS = [
  'build',
  'test',
  'venv',
  'show',
  'why',
  'snapshot',
  'script',
  'artifact',
  'lock',
  'verify',
  'image',
  'publish',
  'index',
  'doctor',
  'toolchain',
];

describe('wheelhouse', () => {
  it('lists its commands', () => {
    const { exitCode, stdout, stderr } = run('--help');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout.match(/^ {2}\w+/gm)?.map((name) => name.trim())).toEqual(COMMANDS);
  });

  it('says how each command is used', () => {
    for (const name of COMMANDS) {
      const { exitCode, stdout } = run(name, '--help');
      expect([exitCode, stdout.split('\n')[0]]).toEqual([0, expect.stringContaining(`wheelhouse ${name} [OPTION]`)]);
    }
  }, 60_000);

  it.each<[string, string[], string]>([
    [
      'no command',
      [],
      'wheelhouse: no command given\nhint: the commands are `build`, `test`, `venv`, `show`, `why`, `snapshot`, `script`, `artifact`, `lock`, `verify`, `image`, `publish`, `index`, `doctor`, `toolchain`\n',
    ],
    [
      'a command that does not exist',
      ['make'],
      'wheelhouse: unknown command `make`\n' +
        'hint: the commands are `build`, `test`, `venv`, `show`, `why`, `snapshot`, `script`, `artifact`, `lock`, `verify`, `image`, `publish`, `index`, `doctor`, `toolchain`\n',
    ],
    [
      'an option that does not exist',
      ['build', '--fast'],
      "wheelhouse build: Unknown option '--fast'\nhint: `wheelhouse build --help` shows its usage\n",
    ],
    [
      'too few targets',
      ['verify'],
      'wheelhouse verify: expected one project or directory, got 0\nhint: `wheelhouse verify --help` shows its usage\n',
    ],
    [
      'no index to serve',
      ['index', 'serve'],
      'wheelhouse index: expected `serve DIR` or `build DIR`\n' + 'hint: `wheelhouse index --help` shows its usage\n',
    ],
    [
      'an address that is none',
      ['index', 'serve', 'somewhere', '--listen', '8080'],
      'wheelhouse index: --listen is `8080`; it must be an address such as `127.0.0.1:8080`\n' +
        'hint: `wheelhouse index --help` shows its usage\n',
    ],
    [
      'a way to treat errors that does not exist',
      ['build', '--on-error', 'stop'],
      'wheelhouse build: --on-error is one of continue, quit, terminate, not `stop`\n' +
        'hint: `wheelhouse build --help` shows its usage\n',
    ],
    [
      'a format that does not exist',
      ['show', '--format', 'xml', 'hello.bst'],
      'wheelhouse show: unknown format `xml`\nhint: `wheelhouse show --help` shows its usage\n',
    ],
  ])('ends with 1 on %s', (_what, args, text) => {
    expect(run(...args)).toEqual({ exitCode: 1, stdout: '', stderr: text });
  });

  it('ends with 1 outside of a workspace and of a project of elements', () => {
    const elsewhere = directory();
    expect(wheelhouse(['build', 'app'], { cwd: elsewhere })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        `\`${elsewhere}\` is not in an Nx workspace: neither it nor a directory above it has an nx.json\n` +
        'hint: change into a workspace, or create one: `npx create-nx-workspace`\n',
    });
    expect(wheelhouse(['build', 'app.bst'], { cwd: elsewhere })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        `\`${elsewhere}\` is not in an element project: neither it nor a directory above it has a project.conf\n` +
        'hint: change into the project, or pass `--directory`\n',
    });
  });

  it('ends with 1 on a store whose path is not absolute', () => {
    const result = wheelhouse(['build', 'hello.bst'], { cwd: project, environment: { WHEELHOUSE_CACHE_DIR: 'here' } });
    expect(result).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'WHEELHOUSE_CACHE_DIR is not an absolute path: `here`\nhint: set it to an absolute path\n',
    });
  });

  it("ends with 1 and the place on what a project's plugin throws", () => {
    const { exitCode, stderr } = run('script', '--directory', 'odd', 'odd.bst');
    const [message, at, ...rest] = stderr.split('\n');
    expect([exitCode, message]).toEqual([
      1,
      'odd.bst [line 1 column 0]: odd.bst: `generateScript` of kind `odd` threw Error: boom',
    ]);
    expect(at).toContain('odd.cjs:2');
    expect(rest).toContain("hint: this is a bug in the kind's plugin");
  });

  it('ends with 2 on an error that ends a build, names the element and counts up', () => {
    const { exitCode, stdout, stderr } = run('build', '--directory', 'odd', 'late.bst');
    expect([exitCode, stderr.split('\n')[0]]).toEqual([
      2,
      'late.bst [line 1 column 0]: late.bst: `stage` of kind `late` threw TypeError: no stage',
    ]);
    expect(stdout).toBe('0 built, 0 cached, 1 failed\n');
  });

  it('ends with 1 and names the source where a plugin promises what never comes', () => {
    expect(run('build', '--directory', 'odd', 'stuck.bst')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'stuck.bst [line 3 column 2]: stuck.bst sources[0]: `consistency` of kind `stuck` returned a promise that never ' +
        "settles\nhint: this is a bug in the kind's plugin\n",
    });
  });

  it('exits with 70 if a plugin exits the process, or has an unhandled rejection', () => {
    const build = ['build', '--directory', 'odd', 'rash.bst'];
    const ended = wheelhouse(build, { cwd: project, environment: { WHEELHOUSE_CACHE_DIR: store, RASH: 'exit' } });
    expect([ended.exitCode, ended.stderr]).toEqual([70, 'the process exited before its work was done\n']);
    const { exitCode, stderr } = run(...build);
    expect([exitCode, ...stderr.split('\n').slice(0, 2)]).toEqual([
      70,
      'This is a bug in Wheelhouse, or in the code of a plugin.',
      'Error: rash',
    ]);
  });

  it('ends with 1 and what was meant where a file of the project is a fifo', () => {
    const place = directory({ 'project.conf': 'name: p\nmin-version: 2.4\n' });
    execFileSync('mkfifo', [join(place, 'x.bst')]);
    expect(wheelhouse(['show', 'x.bst'], { cwd: place })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: '`x.bst` is a fifo, not a regular file\nhint: replace it with a file, or remove it\n',
    });
  });

  it('builds, reuses what is built, and shows the state of elements', () => {
    const states = (): string[] =>
      run('show', 'hello.bst')
        .stdout.trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0] ?? '');
    expect(states()).toEqual(['buildable', 'waiting']);
    const first = run('build', 'hello.bst');
    expect([first.exitCode, first.stderr]).toEqual([0, '']);
    expect(first.stdout.trimEnd().split('\n').at(-1)).toBe('2 built, 0 cached, 0 failed');
    expect(run('build', 'hello.bst')).toEqual({ exitCode: 0, stdout: '0 built, 1 cached, 0 failed\n', stderr: '' });
    expect(states()).toEqual(['cached', 'cached']);
  });

  it('exits with 2 if a build fails, reports that the next time, and retries it on request', () => {
    const first = run('build', 'broken.bst');
    const lines = first.stdout.trimEnd().split('\n');
    expect([first.exitCode, first.stderr]).toEqual([2, '']);
    expect(lines.slice(-6)).toEqual(
      [
        expect.stringMatching(/^failed {5}broken\.bst [0-9a-f]{8} after \d+\.\d s$/) as string,
        '           command `echo about to fail; exit 3` exited with code 3',
        '           | + echo about to fail; exit 3',
        '           | about to fail',
        "           | Command 'echo about to fail; exit 3' failed with exitcode 3",
        expect.stringMatching(/^ {11}log: \/.*\.log$/) as string,
        '0 built, 1 cached, 1 failed',
      ].slice(-6),
    );
    const log = lines.find((line) => line.startsWith('           log: '))?.slice('           log: '.length) ?? '';
    expect(readFileSync(log, 'utf8')).toContain('about to fail\n');

    const again = run('build', 'broken.bst');
    expect(again.exitCode).toBe(2);
    expect(again.stdout).toContain('before, and nothing has changed since\n');
    expect(again.stdout).toContain('hint: pass `--retry-failed` to retry it\n');
    expect(again.stdout).not.toContain('building');
    expect(run('show', 'broken.bst').stdout).toMatch(/^failed +[0-9a-f]{64} manual +broken\.bst$/m);

    const retried = run('build', '--retry-failed', 'broken.bst');
    expect([retried.exitCode, retried.stdout.includes('building   broken.bst')]).toEqual([2, true]);
  }, 60_000);

  it.each<[string, string[], string]>([
    ['starts nothing more by default', [], '0 built, 1 cached, 1 failed'],
    ['builds the others on demand', ['--on-error', 'continue'], '1 built, 1 cached, 1 failed'],
  ])(
    'where an element fails %s',
    (_what, options, summary) => {
      const good =
        'kind: manual\nbuild-depends: [toolchain.bst]\nconfig:\n  install-commands: ["mkdir -p %{install-root}/share"]\n';
      const elements = directory({ ...ELEMENTS, 'good.bst': good });
      const environment = { WHEELHOUSE_CACHE_DIR: directory() };
      const build = (...args: string[]): CommandResult =>
        wheelhouse(['build', ...args], { cwd: elements, environment });
      expect(build('broken.bst').exitCode).toBe(2);
      const { exitCode, stdout, stderr } = build(...options, 'broken.bst', 'good.bst');
      expect([exitCode, stdout.trimEnd().split('\n').at(-1), stderr]).toEqual([2, summary, '']);
    },
    60_000,
  );

  it('ends what takes longer than the time limit of the machine, which is not recorded', () => {
    const elements = directory({
      ...ELEMENTS,
      'slow.bst': 'kind: manual\nbuild-depends: [toolchain.bst]\nconfig:\n  build-commands: [sleep 60]\n',
    });
    const build = (limit: string): CommandResult =>
      wheelhouse(['build', 'slow.bst'], {
        cwd: elements,
        environment: { WHEELHOUSE_CACHE_DIR: store, WHEELHOUSE_TIME_LIMIT: limit },
      });
    const { exitCode, stdout, stderr } = build('1');
    expect([exitCode, stderr]).toEqual([2, "slow.bst: Command 'sleep 60' exceeded its time limit of 1 second\n"]);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0 built, 1 cached, 1 failed');
    expect(build('1m')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'WHEELHOUSE_TIME_LIMIT is not a time limit: `1m`\n' +
        'hint: set it to a whole number of seconds from 1 to 2147483, or unset it\n',
    });
  }, 60_000);

  it('prints events as JSON', () => {
    const { exitCode, stdout } = run('build', '--json', 'hello.bst');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(exitCode).toBe(0);
    expect(lines.at(-1)).toMatchObject({ type: 'finished', failed: 0 });
  });

  it('shows what elements were resolved to', () => {
    const [, hello] = JSON.parse(run('show', '--format', 'json', 'hello.bst').stdout) as Record<string, unknown>[];
    expect(hello).toMatchObject({
      name: 'hello.bst',
      kind: 'manual',
      key: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      'build-deps': ['toolchain.bst'],
      'runtime-deps': [],
      vars: { 'install-root': '/buildstream-install' },
      env: { GREETING: 'a b' },
      public: expect.any(Object) as object,
      config: expect.objectContaining({ 'build-commands': ['cc -o hello hello.c', 'test -f .hidden'] }) as object,
    });
  });

  it('says which locks a project lacks, and writes nothing', () => {
    const workspace = directory({ 'nx.json': '{}', 'app/pyproject.toml': pyproject('app') });
    const environment = { WHEELHOUSE_CACHE_DIR: store };
    for (const command of ['build', 'show', 'verify']) {
      const { exitCode, stdout, stderr } = wheelhouse([command, 'app'], { cwd: workspace, environment });
      const expected =
        command === 'verify'
          ? 'the manifest `dist/app/manifest.json` does not exist\nhint: run `nx run app:build-wheel`\n'
          : 'the lock `app/locks/test.txt` does not exist\nhint: run `nx run app:lock`\n';
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 1, stdout: '', stderr: expected });
    }
    expect(existsSync(join(workspace, 'dist'))).toBe(false);
  });

  it('says which projects there are where it is asked for another', () => {
    const workspace = directory({ 'nx.json': '{}', 'app/pyproject.toml': pyproject('app') });
    expect(wheelhouse(['build', 'shop'], { cwd: join(workspace, 'app') })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'this workspace has no Python project `shop`\nhint: its Python projects are `app`\n',
    });
  });

  it('ends with 1 where bubblewrap is not there', () => {
    const path = programsWithout(/^bwrap$/);
    const environment = { PATH: path, WHEELHOUSE_CACHE_DIR: directory() };
    const { exitCode, stdout, stderr } = wheelhouse(['build', 'hello.bst'], { cwd: project, environment });
    expect(exitCode).toBe(1);
    expect(stderr.split('`apt')[0]).toBe(
      `hello.bst: Did not find \`bwrap\` in PATH: ${path}\nhint: install bubblewrap: `,
    );
    expect(stdout).not.toMatch(/^built +hello/m);
  });

  it('tries what building needs, and says what is missing and how to get it', () => {
    const path = programsWithout(/^(bwrap|cc|git|python.*|docker.*)$/);
    const environment = { PATH: path, WHEELHOUSE_CACHE_DIR: directory() };
    const { exitCode, stdout, stderr } = wheelhouse(['doctor'], { cwd: directory(), environment });
    expect([exitCode, stderr]).toEqual([1, '']);
    const states = [...stdout.matchAll(/^(ok|note|missing) +(free space|\w+)/gm)].map(([, state, name]) => [
      name,
      state,
    ]);
    expect(Object.fromEntries(states)).toEqual({
      system: 'ok',
      sandbox: 'missing',
      store: 'ok',
      'free space': expect.stringMatching(/^(ok|note)$/) as string,
      locks: 'ok',
      git: 'note',
      compiler: 'note',
      tools: 'missing',
      docker: 'note',
      compose: 'note',
      workspace: 'note',
    });
    expect(stdout).toContain(`Did not find \`bwrap\` in PATH: ${path}\n`);
    expect(stdout).toContain('hint: install bubblewrap: `apt install bubblewrap`');
    expect(stdout).toContain('no Python `>=3.10` is on PATH');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 missing');
  });

  it('prints a digest of the toolchain that changes with the modes of files and the options of the plugin', () => {
    const workspace = directory({ 'nx.json': '{}', 'app/pyproject.toml': pyproject('app') });
    const digest = (): string => {
      const { exitCode, stdout } = wheelhouse(['toolchain', 'app'], {
        cwd: workspace,
        environment: { WHEELHOUSE_CACHE_DIR: store },
      });
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/)]);
      return stdout;
    };
    const first = digest();
    expect(digest()).toBe(first);
    chmodSync(join(workspace, 'app/pyproject.toml'), 0o755);
    const second = digest();
    writeFileSync(
      join(workspace, 'nx.json'),
      JSON.stringify({ plugins: [{ plugin: '@wheelhouse/build', options: { frontend: 'pip' } }] }),
    );
    expect(new Set([first, second, digest()]).size).toBe(3);
  });

  it('prints one digest for all projects, which knows the files of each', () => {
    const workspace = directory({
      'nx.json': '{}',
      '.gitignore': 'generated.py\n',
      'a/pyproject.toml': pyproject('a'),
      'b/pyproject.toml': pyproject('b'),
      'b/generated.py': '',
    });
    gitInit(workspace);
    execFileSync('git', ['add', '--force', 'b/generated.py'], { cwd: workspace });
    const digest = (): string => {
      const { exitCode, stdout, stderr } = wheelhouse(['toolchain'], {
        cwd: workspace,
        environment: { WHEELHOUSE_CACHE_DIR: store },
      });
      expect([exitCode, stdout, stderr]).toEqual([0, expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/), '']);
      return stdout;
    };
    const digests = [digest()];
    expect(digest()).toBe(digests[0]);
    // A mode, a file that git tracks and Nx ignores, a project without interpreter.
    chmodSync(join(workspace, 'a/pyproject.toml'), 0o755);
    digests.push(digest());
    writeFileSync(join(workspace, 'b/generated.py'), 'changed = True\n');
    digests.push(digest());
    writeFileSync(join(workspace, 'b/.python-version'), '2.0\n');
    digests.push(digest());
    expect(new Set(digests).size).toBe(4);
  }, 60_000);
});
