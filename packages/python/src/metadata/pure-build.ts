import type { ProjectFiles } from './project-files.js';
import { isTable, TomlFile, type TomlTable } from './toml-file.js';
import { normalizeName } from '../requirements/name.js';
import type { Requirement } from '../requirements/requirement.js';
import type { BuildSystem } from './build-system.js';

/** Distributions that compile nothing when a wheel is built with them. */
const PURE_REQUIREMENTS = new Set([
  'flit-core',
  'hatch-fancy-pypi-readme',
  'hatch-requirements-txt',
  'hatch-vcs',
  'hatchling',
  'pdm-backend',
  'poetry-core',
  'poetry-dynamic-versioning',
  'setuptools',
  'setuptools-git-versioning',
  'setuptools-scm',
  'uv-build',
  'vcs-versioning',
  'wheel',
]);

/** What a pure build is told from. */
interface BuildFiles {
  readonly files: ProjectFiles;
  readonly pyproject: TomlFile;
}

/** By the backend's module, whether it runs nothing of the project's own; backends that are absent may compile. */
const BACKENDS: ReadonlyMap<string, (build: BuildFiles) => boolean> = new Map([
  ['flit_core.buildapi', () => true],
  ['uv_build', () => true],
  ['hatchling.build', hasNoHatchHooks],
  ['poetry.core.masonry.api', ({ pyproject }) => pyproject.tableAt('tool', 'poetry')?.build === undefined],
  ['poetry_dynamic_versioning.backend', ({ pyproject }) => pyproject.tableAt('tool', 'poetry')?.build === undefined],
  ['pdm.backend', hasNoPdmHooks],
  ['setuptools.build_meta', hasNoExtensions],
  ['setuptools.build_meta:__legacy__', hasNoExtensions],
]);

/**
 * Whether no compiler can be needed to build a project's wheel: the backend is one that compiles nothing, everything that
 * it is built with is known, and no code of the project is a part of the build. Told from files alone; what is not known
 * may compile.
 */
export function isPureBuild(files: ProjectFiles, { backend, backendPath, requires }: BuildSystem): boolean {
  const check = BACKENDS.get(backend);
  if (check === undefined || backendPath.length > 0 || !requires.every(isPure)) return false;
  const name = 'pyproject.toml';
  return check({ files, pyproject: TomlFile.parse(files.read(name) ?? '', files.label(name)) });
}

function isPure({ name }: Requirement): boolean {
  return PURE_REQUIREMENTS.has(normalizeName(name));
}

/** Hooks of hatchling that write files with a version, and nothing else. */
const HATCH_HOOKS = new Set(['version', 'vcs']);

/** Sources of versions that run no code of the project. */
const HATCH_VERSIONS = new Set([undefined, 'regex', 'vcs', 'env']);

/** https://hatch.pypa.io/latest/config/build/#build-hooks: in `[tool.hatch]`, or in hatch.toml, which counts before it. */
function hasNoHatchHooks({ files, pyproject }: BuildFiles): boolean {
  const own = files.read('hatch.toml');
  const tables = [
    ...(own === undefined ? [] : [TomlFile.parse(own, files.label('hatch.toml')).tableAt()]),
    pyproject.tableAt('tool', 'hatch'),
  ].filter((table) => table !== undefined);
  return tables.every((table) => {
    const build = tableOf(table, 'build');
    const targets = Object.values(tableOf(build, 'targets') ?? {});
    const hooks = [build, ...targets].flatMap((each) => Object.keys(tableOf(each, 'hooks') ?? {}));
    return (
      hooks.every((hook) => HATCH_HOOKS.has(hook)) &&
      targets.every((target) => tableOf({ target }, 'target')?.dependencies === undefined) &&
      build?.dependencies === undefined &&
      tableOf(tableOf(table, 'metadata'), 'hooks')?.custom === undefined &&
      HATCH_VERSIONS.has(tableOf(table, 'version')?.source as string | undefined)
    );
  });
}

/** https://backend.pdm-project.org/hooks/: `pdm_build.py` is the hook where no other is named. */
function hasNoPdmHooks({ files, pyproject }: BuildFiles): boolean {
  const pdm = pyproject.tableAt('tool', 'pdm');
  const build = tableOf(pdm, 'build');
  return (
    files.read('pdm_build.py') === undefined &&
    build?.['custom-hook'] === undefined &&
    build?.['run-setuptools'] === undefined &&
    tableOf(pdm, 'version')?.source !== 'call'
  );
}

/** Without a setup.py only tables can name extensions or commands of the project's own. */
function hasNoExtensions({ files, pyproject }: BuildFiles): boolean {
  if (files.read('setup.py') !== undefined) return false;
  const setuptools = pyproject.tableAt('tool', 'setuptools');
  const isStatic = setuptools?.['ext-modules'] === undefined && setuptools?.cmdclass === undefined;
  return isStatic && !/^\s*(?:cmdclass|command[_-]packages|setup[_-]hooks)\s*=/m.test(files.read('setup.cfg') ?? '');
}

function tableOf(table: unknown, key: string): TomlTable | undefined {
  const found = isTable(table) ? table[key] : undefined;
  return isTable(found) ? found : undefined;
}
