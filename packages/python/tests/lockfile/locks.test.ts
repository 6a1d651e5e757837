import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import {
  evaluateMarker,
  formatRequirement,
  parseRequirement,
  type MarkerEnvironment,
} from '@wheelhouse/python/internal';
import {
  checkLocks,
  parseLock,
  readLocks,
  select,
  type Lock,
  type ProjectLocks,
  type ProjectRequirements,
  formatLock,
} from '@wheelhouse/python/lockfile';
import { anInterpreter, temporaryDirectory } from '@wheelhouse/python/testing';

const golden = join(__dirname, 'fixtures', 'test.txt');
const text = readFileSync(golden, 'utf8');
const lock = parseLock(text, 'app/locks/test.txt');

function thrown(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return formatError(error as ElementError);
  }
  return '';
}

test('a lock is read and written back as it was', () => {
  expect(formatLock(lock)).toBe(text);
  expect(lock).toMatchObject({
    file: 'app/locks/test.txt',
    kind: 'test',
    distribution: 'app',
    python: '3.10',
    uv: '0.13.9',
    requirements: ['django<5.3,>=5.2', 'pytest'],
    hookRequirements: [],
  });
  expect(
    lock.entries.map((entry) => [entry.normalizedName, entry.version, entry.hashes.length, entry.origin.line]),
  ).toEqual([
    ['colorama', '0.4.6', 1, 10],
    ['django', '5.2.1', 2, 12],
    ['pytest', '8.4.1', 1, 15],
  ]);
});

test('limits of the resolution and files beside the lock are in the header, and only if there are any', () => {
  const limited = {
    ...lock,
    constraints: ['sqlparse<1'],
    prereleases: 'allow',
    settings: ['exclude-newer = "2023-12-01"'],
    vendored: [
      { file: 'x-1.0.tar.gz', from: 'git+https://host/x@main', at: '0123' },
      { file: 'y-1.0-py3-none-any.whl', from: 'file:vendor/y-1.0-py3-none-any.whl' },
    ],
  };
  const written = formatLock(limited);
  expect(written.split('\n').slice(8, 13)).toEqual([
    '# requirement: pytest',
    '# constraint: sqlparse<1',
    '# prereleases: allow',
    '# setting: exclude-newer = "2023-12-01"',
    '# vendored: x-1.0.tar.gz from git+https://host/x@main at 0123',
  ]);
  expect(parseLock(written, lock.file)).toMatchObject({
    ...limited,
    entries: [{}, {}, {}],
    requirementsDigest: expect.not.stringMatching(lock.requirementsDigest) as string,
  });
  expect(thrown(() => parseLock(written.replace(' from file:', ' of file:'), 'test.txt'))).toContain(
    "test.txt [line 1 column 0]: the header's `y-1.0-py3-none-any.whl of file:vendor/y-1.0-py3-none-any.whl` is not `FILE from ADDRESS at COMMIT`",
  );
});

test('line ends, a byte order mark and comments of other tools make no difference', () => {
  const other = `\uFEFF${text.replaceAll('\n', '\r\n')}    # via app\r\n`;
  expect(parseLock(other, 'app/locks/test.txt')).toEqual(lock);
});

test('of a lock those entries apply whose markers hold', async () => {
  const { markers } = await anInterpreter();
  expect(select(lock, { ...markers, sys_platform: 'linux' }).map((entry) => entry.normalizedName)).toEqual([
    'django',
    'pytest',
  ]);
  expect(select(lock, { ...markers, sys_platform: 'win32' })).toHaveLength(3);
  expect(evaluateMarker(lock.entries[0]?.marker, { ...markers, sys_platform: 'win32' })).toBe(true);
});

test.each([
  ['x==1 \\\n    --hash=sha256:00\n', 'app/locks/test.txt [line 2 column 0]: the header has no `kind`'],
  [
    `${text}x>=1 \\\n    --hash=sha256:${'0'.repeat(64)}\n`,
    'app/locks/test.txt [line 17 column 0]: `x>=1` is not a locked distribution such as `name==1.0`',
  ],
  ...['x===1', 'x==1.*', 'x==-1'].map((entry) => [
    `${text}${entry} \\\n    --hash=sha256:${'0'.repeat(64)}\n`,
    `app/locks/test.txt [line 17 column 0]: \`${entry}\` is not a locked distribution such as \`name==1.0\``,
  ]),
  [`${text}x==1\n`, 'app/locks/test.txt [line 17 column 0]: `x==1` has no hash'],
  [
    `${text}x==1 \\\n    --hash=md5:00\n`,
    'app/locks/test.txt [line 18 column 0]: `--hash=md5:00` is not a `--hash=sha256:...`',
  ],
  [text.replace('kind: test', 'kind: nest'), 'app/locks/test.txt [line 1 column 0]: `nest` is not a kind of lock'],
])('an invalid lock is refused with its position (%#)', (broken, message) => {
  const head = broken.startsWith('#') ? broken : `# wheelhouse lock 1\n${broken}`;
  expect(thrown(() => parseLock(head, 'app/locks/test.txt'))).toBe(
    `${message.replace('line 2 column 0]: the header', 'line 1 column 0]: the header')}\nhint: locks are written only by the target \`lock\`: run it again`,
  );
});

describe('a project', () => {
  const place = { workspace: temporaryDirectory(), command: 'nx run app:lock' };
  const project = { root: 'apps/app', normalizedName: 'app' };
  const write = (name: string, content: string): void => {
    const path = join(place.workspace, 'apps/app/locks', name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
  };

  test('without its locks gets an error that says which is missing and how to create it', () => {
    const message = (file: string): string =>
      `the lock \`apps/app/locks/${file}\` does not exist\nhint: run \`nx run app:lock\``;
    expect(thrown(() => readLocks(project, place))).toBe(message('test.txt'));
    write('test.txt', text);
    expect(thrown(() => readLocks(project, place))).toBe(message('runtime.txt'));
    write('runtime.txt', text.replace('kind: test', 'kind: runtime'));
    expect(thrown(() => readLocks(project, place))).toBe(message('build/app.txt'));
    write('build/app.txt', text.replace('kind: test', 'kind: build'));
    expect([...readLocks(project, place).build.keys()]).toEqual(['app']);
  });

  const wrong = (file: string, what: string): string =>
    `the lock \`apps/app/locks/${file}\` does not belong there: ${what}\nhint: run \`nx run app:lock\``;
  test.each([
    ['runtime.txt', text, 'it is a lock of the kind `test`, not `runtime`'],
    [
      'runtime.txt',
      text.replace('kind: test', 'kind: runtime').replace('distribution: app', 'distribution: other'),
      'it is the lock of `other`, not of `app`',
    ],
    [
      'build/copy.txt',
      text.replace('kind: test', 'kind: build'),
      'it is the lock of `app`, like `apps/app/locks/build/app.txt`',
    ],
  ])('with a lock in the place of another gets an error: %s', (file, content, what) => {
    write('test.txt', text);
    write('runtime.txt', text.replace('kind: test', 'kind: runtime'));
    write('build/app.txt', text.replace('kind: test', 'kind: build'));
    write(file, content);
    expect(thrown(() => readLocks(project, place))).toBe(wrong(file, what));
    rmSync(join(place.workspace, 'apps/app/locks/build'), { recursive: true });
  });

  test('with an unresolved merge in a lock gets an error with the position', () => {
    write('test.txt', text.replace('pytest==', '<<<<<<< HEAD\npytest=='));
    expect(thrown(() => readLocks(project, place))).toBe(
      'apps/app/locks/test.txt [line 15 column 0]: `<<<<<<< HEAD` is a git conflict marker: the merge is not resolved\n' +
        'hint: take the locks of one side, for example with `git checkout --ours`, and run the target `lock`',
    );
    write('test.txt', text.replace('django==5.2.1 \\', 'django==5.2.1'));
    expect(thrown(() => readLocks(project, place))).toBe(
      'apps/app/locks/test.txt [line 12 column 0]: `django==5.2.1` has no hash\nhint: run `nx run app:lock`',
    );
  });
});

/** An entry without a place. */
const ENTRY = { hashes: [`sha256:${'0'.repeat(64)}`], origin: { file: 'build.txt', line: 1, column: 0 } };

/** An interpreter of Linux. */
const LINUX: MarkerEnvironment = {
  os_name: 'posix',
  sys_platform: 'linux',
  platform_machine: 'x86_64',
  platform_python_implementation: 'CPython',
  platform_release: '',
  platform_system: 'Linux',
  platform_version: '',
  python_version: '3.11',
  python_full_version: '3.11.2',
  implementation_name: 'cpython',
  implementation_version: '3.11.2',
};

const DOES_NOT_ANSWER =
  'app/locks/test.txt [line 13 column 0]: the locked `django==5.2.1` does not satisfy `django==4.2`';

describe('locks are out of date', () => {
  const locks: ProjectLocks = {
    test: lock,
    runtime: asked('runtime', ['django<5.3,>=5.2']),
    build: new Map([
      ['app', asked('build', ['setuptools>=77'], [{ ...ENTRY, normalizedName: 'setuptools', version: '80' }])],
    ]),
  };
  const expected: ProjectRequirements = {
    test: ['Django>=5.2,<5.3', 'pytest'].map((line) => parseRequirement(line)),
    runtime: [parseRequirement('Django>=5.2,<5.3')],
    build: [parseRequirement('setuptools >= 77')],
    python: '3.10',
  };
  const context = { workspace: '/w', command: 'nx run app:lock', interpreter: '3.11.2', markers: LINUX };
  const check = (changed: Partial<ProjectRequirements>, over: Partial<typeof context> = {}): string =>
    thrown(() => {
      checkLocks({ normalizedName: 'app' }, locks, { ...expected, ...changed }, { ...context, ...over });
    });
  const origin = { file: 'apps/app/setup.py', line: 21, column: 8 };

  test('never when they answer what is required', () => {
    expect(check({})).toBe('');
  });

  test.each([
    [
      { test: [parseRequirement('django>=5.2,<5.3')] },
      'the lock `app/locks/test.txt` is out of date: `pytest` was removed',
    ],
    [
      { test: [...expected.test, parseRequirement('attrs>=1', origin)] },
      'the lock `app/locks/test.txt` is out of date: `attrs>=1` was added (apps/app/setup.py [line 21 column 8])',
    ],
    [
      { runtime: [parseRequirement('Django>=5.3', origin)] },
      'the lock `runtime.txt` is out of date: `django<5.3,>=5.2` is now `django>=5.3` (apps/app/setup.py [line 21 column 8])',
    ],
    [{ build: [] }, 'the lock `build.txt` is out of date: `setuptools>=77` was removed'],
  ])('naming the requirement that changed (%#)', (changed, message) => {
    expect(check(changed)).toBe(`${message}\nhint: run \`nx run app:lock\``);
  });

  test('when Python is another', () => {
    expect(check({ python: '3.11' }).split('\n')[0]).toBe(
      'the lock `app/locks/test.txt` is out of date: it is for Python 3.10 and later, but the project is for 3.11 and later',
    );
    expect(check({}, { interpreter: '3.9.1' }).split('\n')[0]).toBe(
      'the lock `app/locks/test.txt` is out of date: it is for Python 3.10 and later, but the interpreter is 3.9.1',
    );
  });

  test.each([
    [
      { constraints: [parseRequirement('sqlparse<1', origin)] },
      'the constraint `sqlparse<1` was added (apps/app/setup.py [line 21 column 8])',
    ],
    [
      { prereleases: 'allow' } as const,
      "its pre-releases are `if-necessary-or-explicit`, but the project's are `allow`",
    ],
    [
      { settings: ['override-dependencies = ["six==1.15.0"]'] },
      'a setting of uv was not set and is now `override-dependencies = ["six==1.15.0"]`',
    ],
    [
      { test: [...expected.test, { ...parseRequirement('pytest', origin), hashes: [`sha256:${'0'.repeat(64)}`] }] },
      '`pytest==8.4.1` has a file that is not among the hashes of `pytest` (apps/app/setup.py [line 21 column 8])',
    ],
  ])('when what limits the answer is another (%#)', (changed, message) => {
    expect(check(changed).split('\n')[0]).toBe(`the lock \`app/locks/test.txt\` is out of date: ${message}`);
  });

  test('when a constraint of what sdists are built with is another', () => {
    const build = new Map(locks.build).set('six==1', {
      ...parseLock(formatLock({ ...lock, kind: 'build', distribution: 'six==1', requirements: [] }), 'six.txt'),
    });
    expect(() => {
      checkLocks(
        { normalizedName: 'app' },
        { ...locks, build },
        { ...expected, buildConstraints: [parseRequirement('setuptools<80')] },
        context,
      );
    }).toThrow('the lock `six.txt` is out of date: the constraint `setuptools<80` was added');
  });

  test('when a date that bounds builds too is another, of build locks also', () => {
    expect(check({ settings: ['exclude-newer = "2023-12-01"'] })).toContain(
      'the lock `build.txt` is out of date: a setting of uv was not set and is now `exclude-newer = "2023-12-01"`',
    );
  });

  test('when a header was changed by hand', () => {
    const forged = parseLock(text.replace('requirement: pytest', 'requirement: pytest>=9'), 'app/locks/test.txt');
    expect(
      thrown(() => {
        checkLocks({ normalizedName: 'app' }, { ...locks, test: forged }, expected, context);
      }),
    ).toBe('the lock `app/locks/test.txt` is out of date: its header was changed by hand\nhint: run `nx run app:lock`');
  });

  test.each([
    ['test', /^pytest==/m, 'pytst==', 'the lock `app/locks/test.txt` has no entry for `pytest`'],
    [
      'test',
      'pytest==8.4.1',
      'pytest==8.4.1 ; sys_platform == "win32"',
      'app/locks/test.txt [line 15 column 0]: the locked `pytest==8.4.1` is only for `sys_platform == "win32"`, but `pytest` is required here, too',
    ],
    [
      'test',
      'django==5.2.1',
      'django==5.3',
      'app/locks/test.txt [line 12 column 0]: the locked `django==5.3` does not satisfy `django<5.3,>=5.2`',
    ],
    [
      'test',
      /^pytest==8[^]*/m,
      '$&$&',
      'app/locks/test.txt [line 17 column 0]: the locked `pytest==8.4.1` conflicts with `pytest==8.4.1` in line 15',
    ],
    [
      'runtime',
      'django==5.2.1',
      'django==5.2.2',
      'runtime.txt [line 11 column 0]: the locked `django==5.2.2` is `django==5.2.1` in `app/locks/test.txt [line 12 column 0]`',
    ],
    [
      'runtime',
      /b{64}/,
      'e'.repeat(64),
      'runtime.txt [line 11 column 0]: the locked `django==5.2.1` has different hashes in `app/locks/test.txt [line 12 column 0]`',
    ],
    [
      'runtime',
      'pytest==',
      'nobody==',
      'runtime.txt [line 14 column 0]: the locked `nobody==8.4.1` is not in `app/locks/test.txt`',
    ],
  ] as const)('when an entry of %s.txt was changed alone: %s', (kind, from, to, message) => {
    const edited = parseLock(formatLock(locks[kind]).replace(from, to), locks[kind].file);
    expect(checked({ ...locks, [kind]: edited }).split('\n')[0]).toBe(message);
  });

  test('never where a bot changed a pin in both alike, to what is required', () => {
    const bumped = (each: Lock): Lock =>
      parseLock(formatLock(each).replace('django==5.2.1', 'django==5.2.9'), each.file);
    const both = { ...locks, test: bumped(locks.test), runtime: bumped(locks.runtime) };
    expect(checked(both)).toBe('');
  });

  test.each([
    ['a version against what is required', 'django==4.2', 'django==4.2', ''],
    ['a version that the entry does not have', 'django==5.2.1', 'django==4.2', DOES_NOT_ANSWER],
    ['a requirement that it drops', 'pytest==8.4.1', "pytest ; sys_platform == 'never'", ''],
    ['a name that nothing requires', 'django==5.2.1', 'attrs==25.1', ''],
  ])('never for what the lock overrides: %s', (_, entry, override, message) => {
    const settings = [`override-dependencies = ${JSON.stringify([override])}`];
    const [name = ''] = entry.split('==');
    const dropped = override.includes('never');
    const overridden = (each: Lock): Lock => {
      const entries = each.entries.filter(({ normalizedName }) => !dropped || normalizedName !== name);
      const written = formatLock({ ...each, settings, entries });
      return parseLock(written.replace(new RegExp(`^${name}==[^ ]+`, 'm'), entry), each.file);
    };
    const both = { ...locks, test: overridden(locks.test), runtime: overridden(locks.runtime) };
    expect(
      thrown(() => {
        checkLocks({ normalizedName: 'app' }, both, { ...expected, settings }, context);
      }).split('\n')[0],
    ).toBe(message);
  });

  test('when the build lock of an sdist is that of another version', () => {
    const left = { ...lock, kind: 'build', distribution: 'pytest==8.4.0', requirements: [], entries: [] } as const;
    const build = new Map(locks.build).set(left.distribution, parseLock(formatLock(left), 'pytest.txt'));
    expect(checked({ ...locks, build })).toBe(
      'the lock `pytest.txt` is out of date: it is the build lock of `pytest==8.4.0`, but `app/locks/test.txt [line 15 column 0]` has `pytest==8.4.1`\nhint: run `nx run app:lock`',
    );
  });

  function asked(kind: 'runtime' | 'build', requirements: readonly string[], entries = lock.entries): Lock {
    return parseLock(formatLock({ ...lock, kind, requirements, entries }), `${kind}.txt`);
  }

  function checked(changed: ProjectLocks): string {
    return thrown(() => {
      checkLocks({ normalizedName: 'app' }, changed, expected, context);
    });
  }
});

test('requirements in locks are in one spelling', () => {
  expect(lock.requirements.map((line) => formatRequirement(parseRequirement(line)))).toEqual(lock.requirements);
});
