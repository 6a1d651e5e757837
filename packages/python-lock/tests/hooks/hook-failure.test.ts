import { formatError } from '@wheelhouse/element/internal';
import { hookFailure, type FailedHook } from '@wheelhouse/python-lock/internal';

const project = { root: 'apps/app', name: 'app' };
const sdist = { name: 'legacy', version: '1.0', project };
const own = { name: 'app', project, origin: { file: 'apps/app/pyproject.toml', line: 1, column: 0 } };
const missing = (module: string): string =>
  `Traceback (most recent call last):\n  File "setup.py", line 1\n    import x\nModuleNotFoundError: No module named '${module}'\n`;

test.each<[string, FailedHook, string]>([
  [
    'a module that an sdist does not declare',
    { ...sdist, log: missing('idna.core') },
    "the build backend of `legacy 1.0` failed to report its build requirements: ModuleNotFoundError: No module named 'idna.core'\n" +
      'hint: the distribution with the module `idna` is not declared: add `extra-build-dependencies = { legacy = ["idna"] }` to `[tool.uv]` in `apps/app/pyproject.toml`',
  ],
  ...(['pyproject.toml', 'uv.toml'] as const).map((uvSettings): [string, FailedHook, string] => [
    `a module that an sdist does not declare, where the settings of uv are in ${uvSettings}`,
    { ...sdist, project: { ...project, uvSettings }, log: missing('idna') },
    "the build backend of `legacy 1.0` failed to report its build requirements: ModuleNotFoundError: No module named 'idna'\n" +
      'hint: the distribution with the module `idna` is not declared: add `extra-build-dependencies = { legacy = ["idna"] }` to ' +
      (uvSettings === 'uv.toml' ? '`uv.toml`' : '`[tool.uv]` in `pyproject.toml`'),
  ]),
  [
    'a module that a project does not declare',
    { ...own, log: missing('yaml') },
    "apps/app/pyproject.toml [line 1 column 0]: the build backend of `app` failed to report its build requirements: ModuleNotFoundError: No module named 'yaml'\n" +
      'hint: the distribution with the module `yaml` is not declared: add `pyyaml` to `requires` of `[build-system]` in `apps/app/pyproject.toml`',
  ],
  [
    'pkg_resources, which setuptools has no more',
    { ...sdist, log: missing('pkg_resources') },
    "the build backend of `legacy 1.0` failed to report its build requirements: ModuleNotFoundError: No module named 'pkg_resources'\n" +
      'hint: setuptools 82 and later have no `pkg_resources`, and 81 warns of it: add `setuptools<81` to a requirements file of the option `buildConstraints`',
  ],
  [
    '2to3',
    { ...sdist, log: 'error in legacy setup command: use_2to3 is invalid.\n' },
    'the build backend of `legacy 1.0` failed to report its build requirements: error in legacy setup command: use_2to3 is invalid.\n' +
      'hint: setuptools 58 and later do not run 2to3: add `setuptools<58` to a requirements file of the option `buildConstraints`',
  ],
  [
    'the network',
    { ...sdist, log: 'urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>\n' },
    'the build backend of `legacy 1.0` failed to report its build requirements: urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>\n' +
      'hint: it uses the network while it is built, but builds have none: add what it downloads to its files or its build requirements',
  ],
  [
    'anything else',
    { ...sdist, log: 'no words for it\n' },
    'the build backend of `legacy 1.0` failed to report its build requirements\n' +
      'hint: it runs without a network, and only with its build requirements',
  ],
])('a backend that fails for %s is reported with a hint', (_what, failed, text) => {
  expect(formatError(hookFailure(failed))).toBe(text);
});
