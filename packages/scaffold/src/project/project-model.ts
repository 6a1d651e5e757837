/** Where packages are: beside setup.py, or in a directory of their own. */
export type Layout = 'flat' | 'src';

/** What serves or runs an application. */
export type Framework = 'django' | 'fastapi' | 'flask' | 'cli' | 'none';
export const FRAMEWORKS: readonly Framework[] = ['django', 'fastapi', 'flask', 'cli', 'none'];

/** The database that an application is tested with. */
export type Database = 'postgres' | 'mysql' | 'none';
export const DATABASES: readonly Database[] = ['postgres', 'mysql', 'none'];

/** What a generator has to know of a Python project, read or just generated. Plain data. */
export interface ProjectModel {
  /** The project's directory relative to the workspace, `/`-separated; `.` for the workspace itself. */
  readonly root: string;
  /** The distribution's name, as written. */
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** A specifier set. */
  readonly requiresPython?: string;
  /** The first two numbers of the interpreter that the project is for: `3.12`. */
  readonly python: string;
  /** Whether a file names the distribution already. */
  readonly hasMetadata: boolean;
  /** The backend object that builds it (PEP 517). */
  readonly backend: string;
  /** PEP 508 specifiers. */
  readonly dependencies: readonly string[];
  readonly testDependencies: readonly string[];
  readonly layout: Layout;
  /** All packages, with dots, sorted: directories with an `__init__.py`. */
  readonly packages: readonly string[];
  /** Modules that are in no package. */
  readonly modules: readonly string[];
  /** Files in packages that are no Python source, relative to the project, sorted. */
  readonly dataFiles: readonly string[];
  /** Programs that are installed as they are, relative to the project: `manage.py`. */
  readonly scripts: readonly string[];
  /** Programs that call a function: `name = module:function`. */
  readonly entryPoints: readonly string[];
  readonly framework: Framework;
  /** Django's settings module, if there is one. */
  readonly settings?: string;
  /** Whether Django's settings say where static files are collected. */
  readonly collectsStatic?: true;
  /** The object that servers call, as `module:object`, and its protocol. */
  readonly application?: { readonly target: string; readonly protocol: 'wsgi' | 'asgi' };
}

/** The directory of a project's packages, relative to the project: `''` or `src/`. */
export function packageDirectory({ layout }: Pick<ProjectModel, 'layout'>): string {
  return layout === 'src' ? 'src/' : '';
}

/** The packages that are in no other. */
export function topPackages({ packages }: Pick<ProjectModel, 'packages'>): string[] {
  return packages.filter((name) => !name.includes('.'));
}
