import picomatch from 'picomatch';
import { filesOfManifestIn } from './manifest-in.js';
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
  /** Globs of licence files, as `project.license-files` declares them. */
  readonly licenceFiles: readonly string[];
  /** Files in its packages that git ignores. */
  readonly ignored: readonly string[];
  /** Those of its files that are pointers of Git LFS. */
  readonly pointers: readonly string[];
  /** setuptools' package data: patterns by package. */
  readonly packageData: Readonly<Record<string, readonly string[]>>;
}

/** Names that belong to a repository, and that no other distribution should find in its site-packages. */
const ACCIDENTS = ['tests', 'test', 'testing', 'docs', 'doc', 'examples', 'example', 'benchmarks', 'build', 'dist'];
const ACCIDENTAL_MODULES = ['setup', 'conftest', 'noxfile', 'tasks'];
/** Directories below which packages commonly lie. */
const PACKAGE_ROOTS = ['', 'src/', 'lib/', 'python/'];
/** How many files a warning names. */
const NAMED = 5;

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
    wheel.warn(top, 'it is installed at the top level, where it meets those of other distributions', ACCIDENT_HINT);
  }
}

const ACCIDENT_HINT = 'leave it out of the packages that the backend finds, or name it in the option `exclude`';

function checkManifestIn(wheel: WheelUnderInspection, { manifestIn, backend, files }: InspectedProject): void {
  if (manifestIn === undefined) return;
  if (!backend.startsWith('setuptools')) {
    wheel.warn(undefined, `the project has a MANIFEST.in, which \`${backend}\` does not read`);
    return;
  }
  const installed = new Set(wheel.installed().values());
  const lacking = [...filesOfManifestIn(manifestIn, files)].filter((file) => {
    if (/\.py[cox]?$/.test(file)) return false;
    const path = installedPath(file, installed);
    return path !== undefined && !installed.has(path);
  });
  if (lacking.length === 0) return;
  const named = lacking
    .sort()
    .slice(0, NAMED)
    .map((file) => `\`${file}\``);
  const more = lacking.length > NAMED ? ` and ${lacking.length - NAMED} more` : '';
  wheel.warn(undefined, `MANIFEST.in names ${named.join(', ')}${more}, which the wheel lacks`, PACKAGE_DATA_HINT);
}

/** Where a file of the project lies in a wheel that holds its package; `undefined` for one of no such package. */
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
  'MANIFEST.in is about the sdist: for the wheel set `include_package_data=True` in setup(), `include_package_data = True` in setup.cfg, or `package-data`; and the directory has to be a package';

function checkDeclaredLicences(wheel: WheelUnderInspection, { licenceFiles, files }: InspectedProject): void {
  if (licenceFiles.length === 0) return;
  const matches = picomatch([...licenceFiles], { dot: true });
  const metadata = [...wheel.files.keys()].filter((name) => name.startsWith(`${wheel.distInfo ?? ''}/`));
  for (const file of files.filter((each) => matches(each))) {
    if (metadata.some((name) => name.endsWith(`/${file}`))) continue;
    wheel.error(undefined, `the licence file \`${file}\` that the project declares is not in the wheel`);
  }
  if (!files.some((each) => matches(each))) {
    wheel.error(
      undefined,
      `none of the files the wheel is built from is a licence file as declared: \`${licenceFiles.join('`, `')}\``,
      'the option `include` takes up files that are left out by default',
    );
  }
}
