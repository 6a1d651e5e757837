import { discoversPackages, type PackageStatements } from '@wheelhouse/python/metadata';

const FLAT: PackageStatements = {
  backend: 'setuptools.build_meta',
  pyproject: '[project]\nname = "flat"\n',
  setupCfg: undefined,
  setupPy: undefined,
  hasSrc: false,
};

test.each<[string, Partial<PackageStatements>, boolean]>([
  ['nothing but a name', {}, true],
  [
    'a setup.py and a setup.cfg that say other things',
    { setupPy: 'setup(name="a")\n', setupCfg: '[metadata]\n' },
    true,
  ],
  ['other settings of setuptools', { pyproject: '[tool.setuptools]\nzip-safe = false\n' }, true],
  ['a directory `src`', { hasSrc: true }, false],
  ['another backend', { backend: 'hatchling.build' }, false],
  ['packages in pyproject.toml', { pyproject: '[tool.setuptools.packages.find]\ninclude = ["a"]\n' }, false],
  ['modules in pyproject.toml', { pyproject: '[tool.setuptools]\npy-modules = ["a"]\n' }, false],
  ['packages in setup.cfg', { setupCfg: '[options]\npackages = find:\n' }, false],
  ['packages in setup.py', { setupPy: 'setup(packages=find_packages())\n' }, false],
])('packages of a project with %s are discovered: %#', (_what, statements, expected) => {
  expect(discoversPackages({ ...FLAT, ...statements })).toBe(expected);
});
