import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { findPython, formatRequirement, readProjects, type ProjectMetadata } from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { writeFiles } from '../testing/files-below.js';

let workspace: string;
beforeEach(() => {
  workspace = temporaryDirectory();
});

function write(files: Readonly<Record<string, string>>): void {
  writeFiles(workspace, files);
}

const python = (): Promise<string> => findPython(process.env);

async function read(code: string, memo?: string): Promise<ProjectMetadata> {
  write({ 'app/setup.py': code });
  const [metadata] = await readProjects(['app'], { workspace, python, memo });
  return metadata!;
}

async function failure(code: string): Promise<string> {
  const error: unknown = await read(code).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return formatError(error as ElementError);
}

const lines = (list: ProjectMetadata['dependencies'] | undefined): string[] => (list ?? []).map(formatRequirement);

test('conditions on interpreter and platform become markers, for locks are for all of them', async () => {
  const metadata = await read(`import os, platform, sys
from setuptools import setup
R = ["a"]
if sys.version_info < (3, 9): R.append("old")
if sys.platform == "win32":
    R += ["w1", 'w2; python_version < "4"']
elif sys.platform.startswith("linux"):
    R.extend(["l"])
else:
    R = R + ["other"]
PY2 = sys.version_info.major == 2
if PY2: R.append("never")
if platform.python_implementation() != "PyPy" and os.name in ("nt", "posix"): R.append("c")
setup(name="a", version="1", install_requires=R, extras_require={"x": ["y" if sys.version_info[:2] > (3, 9) else "z"],
      "d": ["i"] if platform.system().lower() == "darwin" else []})
`);
  expect(lines(metadata.dependencies)).toEqual([
    'a',
    'old ; python_version < "3.9"',
    'w1 ; sys_platform == "win32"',
    'w2 ; python_version < "4" and sys_platform == "win32"',
    'l ; sys_platform == "linux" and sys_platform != "win32"',
    'other ; sys_platform != "linux" and sys_platform != "win32"',
    'c ; platform_python_implementation != "PyPy" and (os_name == "nt" or os_name == "posix")',
  ]);
  expect(lines(metadata.optionalDependencies.x)).toEqual(['y ; python_version > "3.9"', 'z ; python_version <= "3.9"']);
  expect(lines(metadata.optionalDependencies.d)).toEqual(['i ; platform_system == "Darwin"']);
});

test.each([
  ['sys.version_info >= (3, 8)', 'python_version >= "3.8"'],
  // A longer tuple that begins with a shorter one is greater than it.
  ['sys.version_info > (3, 8)', 'python_version >= "3.8"'],
  ['sys.version_info <= (3, 8)', 'python_version < "3.8"'],
  ['sys.version_info[:2] <= (3, 8)', 'python_version <= "3.8"'],
  ['(3, 10) > sys.version_info', 'python_version < "3.10"'],
  ['sys.version_info < (3, 8, 2)', 'python_full_version < "3.8.2"'],
  ['sys.version_info[0] == 3 and sys.version_info[1] < 9', 'python_version < "3.9"'],
  ['not (sys.version_info.minor < 9)', 'python_version >= "3.9"'],
  ['(3, 6) <= sys.version_info < (3, 9)', 'python_version >= "3.6" and python_version < "3.9"'],
  ['hasattr(sys, "pypy_version_info")', 'implementation_name == "pypy"'],
])('%s is the marker %s', async (condition, marker) => {
  const metadata = await read(
    `import sys\nfrom setuptools import setup\nR = []\nif ${condition}:\n  R.append("x")\nsetup(name="a", version="1", install_requires=R)\n`,
  );
  expect(lines(metadata.dependencies)).toEqual([`x ; ${marker}`]);
});

const CURE = '\nhint: write it as a literal, or move it to pyproject.toml or setup.cfg';
const REQUIREMENTS = `${CURE}; or list its requirements files in the option \`requirements\`, or exclude the project (option \`exclude\`)`;

test.each([
  [
    'setup(name="a", install_requires=open("r").read())',
    'line 2 column 33',
    '`open("r").read()` in `install_requires` opens the file `r`, which the project does not have',
    REQUIREMENTS,
  ],
  [
    'import os\nR = ["a"]\nif os.environ.get("X"):\n  R.append("x")\nsetup(name="a", install_requires=R)',
    'line 4 column 3',
    '`os.environ.get("X")` in `install_requires` decides its value, and is only known when setup.py runs',
    REQUIREMENTS,
  ],
  [
    'import os\nR = ["a"]\nS = R\ndef f(x):\n  while x: x.append("b")\nf(S)\nsetup(name="a", install_requires=R)',
    'line 6 column 2',
    '`while x: x.append("b")` in `install_requires` is not supported, and may change it',
    REQUIREMENTS,
  ],
  [
    'from pip.req import parse_requirements\nsetup(name="a", install_requires=[str(r.req) for r in parse_requirements("r", session=1)])',
    'line 3 column 54',
    '`parse_requirements("r", session=1)` in `install_requires` is computed when setup.py runs',
    REQUIREMENTS,
  ],
  [
    'import os\nsetup(name="a", install_requires=["b @ file://" + os.getcwd() + "/b"])',
    'line 3 column 33',
    '`["b @ file://" + os.getcwd() + "/b"]` in `install_requires` contains the path of the build directory',
    REQUIREMENTS,
  ],
  [
    'setup(name="a", install_requires=open("../../etc/x").read().split())',
    'line 2 column 33',
    '`open("../../etc/x")` in `install_requires` opens a file outside of the project',
    REQUIREMENTS,
  ],
  [
    'import sys\nsetup(name="a" if sys.platform == "win32" else "b")',
    'line 3 column 11',
    '`"a" if sys.platform == "win32" else "b"` in `name` depends on the interpreter or the platform',
    `${CURE}; or exclude the project (option \`exclude\`)`,
  ],
  [
    'setup(name="a", extras_require={"t": reqs()})',
    'line 2 column 37',
    '`reqs` in `extras_require` is not a known name',
    `${CURE}; or exclude the project (option \`exclude\`)`,
  ],
  [
    'if undefined:\n  setup(name="a")\nelse:\n  setup(name="b")',
    'line 5 column 2',
    '`setup(name="b")` in `name` is one of several calls with different values',
    `${CURE}; or exclude the project (option \`exclude\`)`,
  ],
])('%j cannot be read without running it', async (code, place, why, hint) => {
  expect(await failure(`from setuptools import setup\n${code}\n`)).toBe(`app/setup.py [${place}]: ${why}${hint}`);
});

test('what a call takes from elsewhere is wrong in each field that may be in it', async () => {
  expect((await failure('import setuptools, x\nsetuptools.setup(name="a", **x.settings())\n')).split('\n')).toEqual(
    ['python_requires', 'install_requires', 'extras_require'].flatMap((name) => [
      `app/setup.py [line 2 column 29]: \`x.settings()\` in \`${name}\` is computed when setup.py runs`,
      expect.stringMatching(/^hint: /) as string,
    ]),
  );
});

test('a computation without an end is ended', async () => {
  const code =
    'from setuptools import setup\nfor a in range(9999):\n  for b in range(9999):\n    x = a\nsetup(name="a")\n';
  expect((await failure(code)).split('\n')[0]).toBe(
    'app/setup.py [line 5 column 0]: `setup(name="a")` in `name` takes too long to be evaluated',
  );
});

test('files that it reads are named by the metadata, and a change of one is noticed', async () => {
  const memo = join(workspace, 'memo.json');
  const code = `from setuptools import setup
try:
    version = open("OTHER").read()
except FileNotFoundError:
    version = open("VERSION").read()
setup(name="a", version=version.strip(), long_description=open("docs/README.md").read())
`;
  write({ 'app/VERSION': '1.0\n', 'app/docs/README.md': 'x' });
  const metadata = await read(code, memo);
  expect(metadata.version).toBe('1.0');
  expect(metadata.namedFiles).toEqual([
    { path: 'VERSION', origin: { file: 'app/setup.py', line: 5, column: 14 } },
    { path: 'docs/README.md', origin: { file: 'app/setup.py', line: 6, column: 58 } },
  ]);
  write({ 'app/VERSION': '1.1\n' });
  expect((await read(code, memo)).version).toBe('1.1');
  write({ 'app/OTHER': '2.0\n' });
  expect((await read(code, memo)).version).toBe('2.0');
});

test('settings of `use_scm_version` are read but for the places of files', async () => {
  const metadata = await read(`import os
from setuptools import setup
HERE = os.path.dirname(os.path.abspath(__file__))
setup(name="a", setup_requires=["setuptools_scm"], use_scm_version={
    "root": os.path.join(HERE, ".."), "relative_to": __file__, "write_to": os.path.join("a", "_version.py"),
    "local_scheme": "no-local-version"})
`);
  expect(metadata.vcsVersion).toMatchObject({ tool: 'setuptools-scm', localSchemes: ['no-local-version'] });
  expect(await failure('from setuptools import setup\nsetup(name="a", use_scm_version=lambda: {})\n')).toContain(
    'app/setup.py [line 2 column 32]: `lambda: {}` in `use_scm_version` ',
  );
  expect((await read('from setuptools import setup\nsetup(name="a", pbr=True)\n')).vcsVersion).toMatchObject({
    tool: 'pbr',
  });
});
