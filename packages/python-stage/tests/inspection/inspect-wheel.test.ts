import { createHash } from 'node:crypto';
import { filesOfManifestIn } from '@wheelhouse/python/internal';
import type { PackagedPattern } from '@wheelhouse/python/metadata';
import { fileBytes, formatFinding, inspectWheel, type InspectedProject } from '@wheelhouse/python-stage/inspection';
import { makeArchives, type MadeMember } from '../testing/archives.js';

const INFO = 'app-1.0.dist-info';
const PURE = 'app-1.0-py3-none-any.whl';
const NATIVE = 'app-1.0-cp311-cp311-linux_x86_64.whl';
const METADATA = 'Metadata-Version: 2.4\nName: app\nVersion: 1.0\n';
const WHEEL = 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n';
const WHEEL_NATIVE = WHEEL.replace('true', 'false').replace('py3-none-any', 'cp311-cp311-linux_x86_64');

/** A wheel by what its files hold, over those of a good one; `undefined` leaves one out. */
interface Given {
  readonly name?: string;
  readonly files?: Readonly<Record<string, string | undefined>>;
  /** Members behind RECORD, which does not list them. */
  readonly more?: readonly MadeMember[];
  readonly project?: Partial<InspectedProject>;
  /** It is built from another user's sdist. */
  readonly foreign?: true;
}

function members({ files = {}, more = [] }: Given): MadeMember[] {
  const all: Record<string, string | undefined> = {
    'app/__init__.py': '',
    'app/cli.py': 'def main(): pass\n',
    [`${INFO}/METADATA`]: METADATA,
    [`${INFO}/WHEEL`]: WHEEL,
    ...files,
  };
  const made = Object.entries(all).flatMap(([name, text]) => (text === undefined ? [] : [{ name, text }]));
  const record = made.map(({ name, text }) => {
    const hash = createHash('sha256').update(Buffer.from(text, 'latin1')).digest('base64url');
    return `${name},sha256=${hash},${text.length}\n`;
  });
  if (!(`${INFO}/RECORD` in files)) {
    made.push({ name: `${INFO}/RECORD`, text: [...record, `${INFO}/RECORD,,\n`].join('') });
  }
  return [...made, ...more];
}

/** What is found, each with its severity. */
async function inspect(given: Given): Promise<string[]> {
  const [path = ''] = makeArchives([{ name: given.name ?? PURE, members: members(given) }]);
  const project = {
    name: 'app',
    files: [],
    backend: 'setuptools.build_meta',
    licenceFiles: [],
    ignored: [],
    pointers: [],
    licencesMayLack: false,
    shipped: [],
    patterns: [],
    all: [],
    hidden: [],
    ...given.project,
  };
  const found = await inspectWheel(fileBytes(path), given.foreign === true ? undefined : project);
  return found.map((finding) => `${finding.severity}: ${formatFinding(finding)}`);
}

const error = (text: string, name = PURE): string => `error: ${name}: ${text}`;
const warning = (text: string, name = PURE): string => `warning: ${name}: ${text}`;
const points = (text: string): Given => ({ files: { [`${INFO}/entry_points.txt`]: text } });
const EXTENSION = 'app/_x.cpython-311-x86_64-linux-gnu.so';
const GOOD_RECORD = `app/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n`;

/** A wheel of an extension module whose sources, and one other file, MANIFEST.in names. */
const FROM_SOURCES: Given = {
  name: NATIVE,
  files: { [`${INFO}/WHEEL`]: WHEEL_NATIVE, [EXTENSION]: '\x7fELF' },
  project: { manifestIn: 'graft app\n', files: ['app/_x.c', 'app/_x.h', 'app/table.dat'] },
};

const CASES: readonly (readonly [what: string, given: Given, found: readonly string[]])[] = [
  ['a good wheel', {}, []],
  ['good entry points', points('[console_scripts]\napp = app.cli:main\n\n[plugins]\nx = app\n'), []],
  ['a good native wheel', { name: NATIVE, files: { [`${INFO}/WHEEL`]: WHEEL_NATIVE, [EXTENSION]: '\x7fELF' } }, []],
  [
    'members that lead out of it, are there twice or are links',
    { more: [{ name: '../evil.py' }, { name: '/etc/evil' }, { name: 'app/cli.py' }, { name: 'App/cli.py' }] },
    [
      error("../evil.py: the member's name points outside of the wheel"),
      error("/etc/evil: the member's name is an absolute path"),
      error('app/cli.py: the wheel contains it more than once'),
      warning('App/cli.py: it is the same as `app/cli.py` on case-insensitive file systems'),
      error(
        `${INFO}/RECORD:2: \`app/cli.py\` has the hash \`sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\`, not \`sha256=${hashOf('def main(): pass\n')}\``,
      ),
      error(`${INFO}/RECORD:2: \`app/cli.py\` has 0 bytes, not \`17\``),
      error(`${INFO}/RECORD: \`../evil.py\` is not listed`),
      error(`${INFO}/RECORD: \`/etc/evil\` is not listed`),
      error(`${INFO}/RECORD: \`App/cli.py\` is not listed`),
    ],
  ],
  [
    'a RECORD that lists what is not there and has no hashes',
    { files: { [`${INFO}/RECORD`]: `${GOOD_RECORD}app/cli.py,,\napp/gone.py,sha256=x,1\n${INFO}/METADATA,md5=x,1\n` } },
    [
      error(`${INFO}/RECORD:2: \`app/cli.py\` has no hash of SHA-256 or stronger: \`\``),
      error(`${INFO}/RECORD:4: \`${INFO}/METADATA\` has no hash of SHA-256 or stronger: \`md5=x\``),
      error(`${INFO}/RECORD: \`${INFO}/WHEEL\` is not listed`),
      error(`${INFO}/RECORD:3: \`app/gone.py\` is listed, but not in the wheel`),
    ],
  ],
  ['no RECORD', { files: { [`${INFO}/RECORD`]: undefined } }, [error(`${INFO}/RECORD: the file does not exist`)]],
  [
    'metadata of another distribution',
    { files: { [`${INFO}/METADATA`]: 'Metadata-Version: 9.9\nName: other\nVersion: 2.0\nRequires-Dist: a b\n' } },
    [
      error(`${INFO}/METADATA: \`Metadata-Version\` is \`9.9\``),
      error(`${INFO}/METADATA: \`Name\` is \`other\`, but the file name has \`app\``),
      error(`${INFO}/METADATA: \`Version\` is \`2.0\`, but the file name has \`1.0\``),
      error(`${INFO}/METADATA: \`Requires-Dist\` is not a requirement: \`a b\``),
    ],
  ],
  [
    'a directory of another version',
    { name: 'app-2.0-py3-none-any.whl' },
    [
      error(`${INFO}: the directory is not that of \`app\` 2.0, as the file name says`, 'app-2.0-py3-none-any.whl'),
      error(`${INFO}/METADATA: \`Version\` is \`1.0\`, but the file name has \`2.0\``, 'app-2.0-py3-none-any.whl'),
    ],
  ],
  [
    'a licence file that is not where PEP 639 has it',
    { files: { [`${INFO}/METADATA`]: `${METADATA}License-File: LICENSE\n` } },
    [error(`${INFO}/METADATA: the licence file \`LICENSE\` is not at \`${INFO}/licenses/LICENSE\` (PEP 639)`)],
  ],
  [
    'tags of a compiled module as if it ran everywhere',
    { files: { [EXTENSION]: '\x7fELF' } },
    [
      error(`${EXTENSION}: it is compiled for one platform, but the file name has \`any\``),
      error(`${EXTENSION}: CPython 3.11 alone can import it, but the wheel is tagged \`py3-none\``),
    ],
  ],
  [
    'the tags of the machine on pure Python',
    { name: NATIVE, files: { [`${INFO}/WHEEL`]: WHEEL_NATIVE } },
    [warning('it is tagged `linux_x86_64`, but contains nothing compiled', NATIVE)],
  ],
  [
    'nothing in the short form of tags, in WHEEL as in the file name',
    {
      name: 'app-1.0-py2.py3-none-any.whl',
      files: { [`${INFO}/WHEEL`]: WHEEL.replace('py3-none-any', 'py2.py3-none-any') },
    },
    [],
  ],
  [
    'the short form of tags in WHEEL that are not those of the file name',
    { files: { [`${INFO}/WHEEL`]: WHEEL.replace('py3-none-any', 'py2.py3-none-any') } },
    [error(`${INFO}/WHEEL: its tags are \`py2-none-any py3-none-any\`, but the file name has \`py3-none-any\``)],
  ],
  [
    'what an extension module is not made from, of what MANIFEST.in names',
    FROM_SOURCES,
    [warning('MANIFEST.in lists `app/table.dat`, which the wheel lacks', NATIVE)],
  ],
  [
    'tags in WHEEL that the file name does not say',
    { files: { [`${INFO}/WHEEL`]: WHEEL.replace('py3-none-any', 'py2-none-any') } },
    [error(`${INFO}/WHEEL: its tags are \`py2-none-any\`, but the file name has \`py3-none-any\``)],
  ],
  [
    'a path in the sandbox that METADATA requires',
    {
      files: {
        [`${INFO}/METADATA`]: `${METADATA}Requires-Dist: lib @ file:///lib\nRequires-Dist: x @ https://host/x.zip\n`,
      },
    },
    [
      warning(
        `${INFO}/METADATA: \`Requires-Dist\` is \`lib @ file:///lib\`, a path in the sandbox: installers cannot use it, and indexes refuse it`,
      ),
    ],
  ],
  [
    'entry points that are none, or name modules that are not there',
    points('[console_scripts]\na = app.gone:main\nb = app\nc app\na = app.cli:main\nd = elsewhere:run\n'),
    [
      warning(`${INFO}/entry_points.txt:2: the wheel has no module \`app.gone\``),
      error(`${INFO}/entry_points.txt:3: \`b\` does not name a callable: \`b = app\``),
      error(`${INFO}/entry_points.txt:4: this is not an entry point: \`c app\``),
      error(`${INFO}/entry_points.txt:5: \`a\` occurs twice in the group \`console_scripts\``),
      warning(`${INFO}/entry_points.txt:6: the wheel has no module \`elsewhere\``),
    ],
  ],
  [
    'tests and a setup.py beside the package',
    { files: { 'tests/__init__.py': '', 'setup.py': '' } },
    ['setup.py', 'tests'].map((name) =>
      warning(`${name}: it would be installed at the top level, where it conflicts with other distributions`),
    ),
  ],
  [
    'package data that MANIFEST.in names and the wheel lacks',
    {
      project: {
        manifestIn: 'graft app\ninclude README.md\nprune app/private\n',
        files: ['README.md', 'app/__init__.py', 'app/cli.py', 'app/data.json', 'app/private/x.json'],
      },
    },
    [warning('MANIFEST.in lists `app/data.json`, which the wheel lacks')],
  ],
  [
    'a MANIFEST.in that nobody reads',
    { project: { manifestIn: 'graft app\n', backend: 'hatchling.build' } },
    [warning('the project has a MANIFEST.in, which `hatchling.build` does not read')],
  ],
  [
    'licence files that the project declares',
    { project: { licenceFiles: ['LICEN[CS]E*'], files: ['LICENSE'] } },
    [error('the licence file `LICENSE` that the project declares is not in the wheel')],
  ],
  [
    'licence files that of `[project]` that nobody has',
    { project: { licenceFiles: ['COPYING'] } },
    [error('no source file of the wheel matches the declared licence files: `COPYING`')],
  ],
  [
    'licence files of a setup.cfg that nobody has',
    { project: { licenceFiles: ['COPYING'], licencesMayLack: true } },
    [warning('no source file of the wheel matches the declared licence files: `COPYING`')],
  ],
  [
    'a licence that lies beside METADATA, as before PEP 639',
    { files: { [`${INFO}/LICENSE`]: '' }, project: { licenceFiles: ['docs/LICENSE'], files: ['docs/LICENSE'] } },
    [],
  ],
  [
    'what somebody else packaged: errors of installing alone',
    { foreign: true, files: { 'tests/__init__.py': '', [`${INFO}/WHEEL`]: undefined } },
    [error(`${INFO}/WHEEL: the file does not exist`)],
  ],
];

test.each(CASES)('%s', async (_what, given, found) => {
  expect(await inspect(given)).toEqual(found);
});

test.each([
  ['include *.md', ['README.md']],
  ['recursive-include app *.json', ['app/a.json', 'app/deep/b.json']],
  ['graft app\nrecursive-exclude app *.json', ['app/x.py']],
  ['graft .\nglobal-exclude *.json *.md', ['app/x.py']],
  ['# graft app\nrecursive-include \\\n  app *.py', ['app/x.py']],
  ['graft app\nprune app/deep', ['app/a.json', 'app/x.py']],
])('MANIFEST.in: %j', (text, expected) => {
  const files = ['README.md', 'app/a.json', 'app/deep/b.json', 'app/x.py'];
  expect([...filesOfManifestIn(text, files)].sort()).toEqual(expected);
});

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function pattern(text: string, line: number, more: Partial<PackagedPattern> = {}): PackagedPattern {
  return { pattern: text, globs: [text], origin: { file: 'app/setup.cfg', line, column: 0 }, ...more };
}

describe('the bytes of a wheel', () => {
  /** The offsets from which they are read. */
  async function reads(path: string): Promise<number[]> {
    const offsets: number[] = [];
    const bytes = fileBytes(path);
    const read = (offset: number): AsyncIterable<Uint8Array> => {
      offsets.push(offset);
      return bytes.read(offset);
    };
    expect(await inspectWheel({ ...bytes, read })).toEqual([]);
    return offsets;
  }

  test('are read once, however many files are in it', async () => {
    const [path = ''] = makeArchives([{ name: PURE, members: members({}) }]);
    expect(await reads(path)).toEqual([0]);
  });

  test('are not held where they are many: each file is read from its place', async () => {
    const files = { 'app/data.bin': '\0'.repeat(17 * 1024 * 1024) };
    const stored = members({ files }).map((member) => ({ ...member, stored: true }));
    const [path = ''] = makeArchives([{ name: PURE, members: stored }]);
    expect((await reads(path)).length).toBeGreaterThan(stored.length);
  });
});

describe('what a wheel lacks', () => {
  test.each<[string, Partial<InspectedProject>, string[]]>([
    [
      'files that git ignores',
      { ignored: ['app/static/a.js', 'app/cli.py', 'src/app/b.mo'] },
      [warning('git ignores `app/static/a.js`, `src/app/b.mo`, which the wheel lacks')],
    ],
    [
      'many of them, of which some are named',
      { ignored: ['g', 'f', 'e', 'd', 'c', 'b', 'a'].map((name) => `app/${name}`) },
      [warning('git ignores `app/a`, `app/b`, `app/c`, `app/d`, `app/e` and 2 more, which the wheel lacks')],
    ],
    ['none that the build made', { ignored: ['app/cli.py'] }, []],
    [
      'a file of which it has a pointer',
      { pointers: ['app/model.bin'] },
      [warning('`app/model.bin` is a pointer of Git LFS instead of the file itself')],
    ],
    [
      'files that an sdist ships and git ignores',
      { shipped: ['lib/x.c', 'app/_version.py'] },
      [
        warning(
          'the project was unpacked from an sdist, and git ignores `app/_version.py`, `lib/x.c`: they are not sources of the wheel',
        ),
      ],
    ],
    [
      'what package data names, in every package or in one of the wheel',
      {
        patterns: [
          pattern('static/*', 4, { package: 'app', globs: ['app/static/*'] }),
          pattern('*.py', 5, { package: 'app', globs: ['app/*.py'] }),
          pattern('*.txt', 6, { package: '', globs: ['**/*.txt'] }),
          pattern('x', 7, { package: 'other', globs: ['other/x'] }),
        ],
      },
      [warning('`*.txt` (app/setup.cfg:6), `static/*` of `app` (app/setup.cfg:4) match no file')],
    ],
    [
      'what other patterns name, but for what is there, in the wheel, or asked for together with what is',
      {
        all: ['docs/a.rst', 'app/cli.py'],
        patterns: [
          pattern('LICENSE', 1),
          pattern('docs', 2, { globs: ['docs/**'] }),
          pattern('src/app/__init__.py', 3),
          pattern('docs *.rst', 4, { globs: ['docs/**/*.rst'], together: 'a' }),
          pattern('docs *.png', 4, { globs: ['docs/**/*.png'], together: 'a' }),
          pattern('web *.js', 5, { globs: ['web/**/*.js'], together: 'b' }),
        ],
      },
      [warning('`LICENSE` (app/setup.cfg:1), `web *.js` (app/setup.cfg:5) match no file')],
    ],
    [
      'what git ignores, which is told once',
      {
        ignored: ['app/static/a.js', 'app/b.mo'],
        hidden: ['src/app/static/a.js', 'app/static/a.js', 'web/b.js'],
        patterns: [
          pattern('static/*', 4, { package: 'app', globs: ['app/static/*'] }),
          pattern('web', 5, { globs: ['web', 'web/**'] }),
          pattern('gone', 6),
        ],
      },
      [
        warning(
          '`static/*` of `app` (app/setup.cfg:4), `web` (app/setup.cfg:5) match only files that git ignores: `app/static/a.js`, `src/app/static/a.js`, `web/b.js`',
        ),
        warning('`gone` (app/setup.cfg:6) matches no file'),
        warning('git ignores `app/b.mo`, which the wheel lacks'),
      ],
    ],
  ])('%s', async (_what, project, expected) => {
    expect(await inspect({ project })).toEqual(expected);
  });
});
