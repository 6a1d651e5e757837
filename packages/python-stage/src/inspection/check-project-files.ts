import picomatch from 'picomatch';
import { filesOfManifestIn } from '@wheelhouse/python/internal';
import type { PackagedPattern } from '@wheelhouse/python/metadata';
import { listed } from './listed.js';
import type { WheelUnderInspection } from './wheel-under-inspection.js';

/** What is known of the project that a wheel was built from. */
export interface InspectedProject {
  /** Its name, normalised. */
  readonly name: string;
  /** The files its wheel was built from, relative to the project. */
  readonly files: readonly string[];
  /** The backend, as `module:object`. */
  readonly backend: string;
  readonly manifestIn?: string | undefined;
  /** Globs of licence files, as the project declares them. */
  readonly licenceFiles: readonly string[];
  /** Whether its files say so in a way that may match nothing: setuptools' of before PEP 639. */
  readonly licencesMayLack: boolean;
  /** Files in its packages that git ignores. */
  readonly ignored: readonly string[];
  /** Those of its files that are pointers of Git LFS. */
  readonly pointers: readonly string[];
  /** Files outside of packages that git ignores, of a project that was unpacked from an sdist. */
  readonly shipped: readonly string[];
  /** The patterns by which the project says what its distributions hold. */
  readonly patterns: readonly PackagedPattern[];
  /** All of its files, those that its wheel is not made from too. */
  readonly all: readonly string[];
  /** Files that git ignores, and that patterns may match. */
  readonly hidden: readonly string[];
}

/** Names that belong to a repository, and that no other distribution should find in its site-packages. */
const ACCIDENTS = ['tests', 'test', 'testing', 'docs', 'doc', 'examples', 'example', 'benchmarks', 'build', 'dist'];
const ACCIDENTAL_MODULES = ['setup', 'conftest', 'noxfile', 'tasks'];
/** Directories below which packages commonly are. */
export const PACKAGE_ROOTS: readonly string[] = ['', 'src/', 'lib/', 'python/'];

/** What the project's files say that the wheel should hold, or should not. */
export function checkProjectFiles(wheel: WheelUnderInspection, project: InspectedProject): void {
  checkAccidents(wheel, project);
  checkManifestIn(wheel, project);
  checkDeclaredLicences(wheel, project);
}

function checkAccidents(wheel: WheelUnderInspection, { name }: InspectedProject): void {
  const tops = new Set([...wheel.installed().values()].map((path) => path.split('/', 1)[0] ?? ''));
  for (const top of [...tops].sort()) {
    const module = top.replace(/\.pyc?$/, '');
    if (module === name) continue;
    const accident = module === top ? ACCIDENTS.includes(top) : ACCIDENTAL_MODULES.includes(module);
    if (!accident) continue;
    wheel.warn(
      top,
      'it would be installed at the top level, where it conflicts with other distributions',
      ACCIDENT_HINT,
    );
  }
}

const ACCIDENT_HINT = 'exclude it from the packages that the backend finds, or list it in the option `exclude`';

/** What extension modules are made from, which is beside them and need not be installed. */
const COMPILED_FROM = /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|inc|pxi|pyx|f|f90|s|asm|rs)$/i;

function checkManifestIn(wheel: WheelUnderInspection, { manifestIn, backend, files }: InspectedProject): void {
  if (manifestIn === undefined) return;
  if (!backend.startsWith('setuptools')) {
    wheel.warn(undefined, `the project has a MANIFEST.in, which \`${backend}\` does not read`);
    return;
  }
  const installed = new Set(wheel.installed().values());
  const isCompiled = [...installed].some((path) => /\.(?:so|pyd)$/.test(path));
  const lacking = [...filesOfManifestIn(manifestIn, files)].filter((file) => {
    if (/\.py[cox]?$/.test(file) || (isCompiled && COMPILED_FROM.test(file))) return false;
    const path = installedPath(file, installed);
    return path !== undefined && !installed.has(path);
  });
  if (lacking.length === 0) return;
  wheel.warn(undefined, `MANIFEST.in lists ${listed(lacking)}, which the wheel lacks`, PACKAGE_DATA_HINT);
}

/** Where a file of the project is in a wheel that holds its package; `undefined` for one of no such package. */
export function installedPath(file: string, installed: ReadonlySet<string>): string | undefined {
  const packages = new Set(
    [...installed].filter((path) => path.includes('/')).map((path) => path.split('/', 1)[0] ?? ''),
  );
  const root = PACKAGE_ROOTS.find((each) => file.startsWith(each) && packages.has(topOf(file.slice(each.length))));
  return root === undefined ? undefined : file.slice(root.length);
}

/** The first directory of a path; nothing of a file at the top. */
function topOf(path: string): string {
  return path.includes('/') ? (path.split('/', 1)[0] ?? '') : '';
}

const PACKAGE_DATA_HINT =
  'MANIFEST.in only affects the sdist: for the wheel set `include_package_data=True` in setup(), `include_package_data = True` in setup.cfg, or `package-data`; and the directory must be a package';

function checkDeclaredLicences(
  wheel: WheelUnderInspection,
  { licenceFiles, licencesMayLack, files }: InspectedProject,
): void {
  if (licenceFiles.length === 0) return;
  const matches = picomatch([...licenceFiles], { dot: true });
  const metadata = [...wheel.files.keys()].filter((name) => name.startsWith(`${wheel.distInfo ?? ''}/`));
  for (const file of files.filter((each) => matches(each))) {
    // Before PEP 639 backends put licences beside METADATA, without their directories.
    const flat = `${wheel.distInfo ?? ''}/${file.split('/').at(-1) ?? ''}`;
    if (metadata.some((name) => name === flat || name.endsWith(`/${file}`))) continue;
    wheel.error(undefined, `the licence file \`${file}\` that the project declares is not in the wheel`);
  }
  if (files.some((each) => matches(each))) return;
  const message = `no source file of the wheel matches the declared licence files: \`${licenceFiles.join('`, `')}\``;
  const hint = 'the option `include` adds files that are excluded by default';
  if (licencesMayLack) wheel.warn(undefined, message, hint);
  else wheel.error(undefined, message, hint);
}
