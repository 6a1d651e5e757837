import type { Framework, ProjectModel } from './project-model.js';
import { PythonModule } from '../python/python-module.js';

/** How a project is run. */
export type FoundApplication = Pick<
  ProjectModel,
  'framework' | 'settings' | 'collectsStatic' | 'application' | 'entryPoints' | 'scripts'
>;

/** What is looked at. */
export interface ApplicationRequest {
  /** Relative to the project. */
  readonly files: readonly string[];
  readonly read: (file: string) => string;
  readonly packages: readonly string[];
  readonly modules: readonly string[];
  /** `''` or `src/`. */
  readonly directory: string;
  /** The distribution's name. */
  readonly name: string;
}

const CALLS: Readonly<Record<string, readonly [Framework, 'wsgi' | 'asgi']>> = {
  Flask: ['flask', 'wsgi'],
  FastAPI: ['fastapi', 'asgi'],
};

/** Modules that hold an application or a command line, likely ones first. */
const LIKELY = ['__init__', 'app', 'main', 'wsgi', 'asgi', 'api', 'server', 'application', '__main__', 'cli'];

/** What a project is an application of, by the syntax of its modules; a project that is not one has `none`. */
export function findApplication(request: ApplicationRequest): FoundApplication {
  const django = findDjango(request);
  const scripts = programs(request);
  if (django !== undefined) return { ...django, scripts, entryPoints: [] };
  const modules = candidates(request);
  for (const [module, parsed] of modules) {
    for (const { name, callee } of parsed.calls()) {
      const found = CALLS[callee.split('.').at(-1) ?? ''];
      if (found === undefined) continue;
      const [framework, protocol] = found;
      return { framework, application: { target: `${module}:${name}`, protocol }, scripts, entryPoints: [] };
    }
  }
  const commandLine = modules.find(
    ([module, parsed]) => /(^|\.)(__main__|cli|main)$/.test(module) && parsed.functions().includes('main'),
  );
  if (commandLine === undefined) return { framework: 'none', scripts, entryPoints: [] };
  return { framework: 'cli', scripts, entryPoints: [`${request.name} = ${commandLine[0]}:main`] };
}

function findDjango({ files, read, packages, directory }: ApplicationRequest): FoundApplication | undefined {
  const manage = ['manage.py', 'src/manage.py'].find((file) => files.includes(file));
  if (manage === undefined) return undefined;
  const [settings] = new PythonModule(read(manage))
    .argumentsOf('setdefault')
    .flatMap(([key, value]) => (key === 'DJANGO_SETTINGS_MODULE' && value !== undefined ? [value] : []));
  if (settings === undefined) return undefined;
  const [home = ''] = settings.split('.');
  const isThere = (module: string): boolean =>
    packages.includes(home) && files.includes(`${directory}${home}/${module}.py`);
  const collected = collectsStatic(settings.replaceAll('.', '/'), { files, read, directory });
  const base = { framework: 'django' as const, settings, ...collected, scripts: [], entryPoints: [] };
  if (isThere('wsgi')) return { ...base, application: { target: `${home}.wsgi:application`, protocol: 'wsgi' } };
  if (isThere('asgi')) return { ...base, application: { target: `${home}.asgi:application`, protocol: 'asgi' } };
  return base;
}

/** Settings may be a package, whose modules import one another. */
function collectsStatic(
  settings: string,
  { files, read, directory }: Pick<ApplicationRequest, 'files' | 'read' | 'directory'>,
): Pick<ProjectModel, 'collectsStatic'> {
  const home = `${directory}${settings}`;
  const parent = home.slice(0, home.lastIndexOf('/') + 1);
  const isSettings = (file: string): boolean =>
    file === `${home}.py` || file.startsWith(`${home}/`) || (parent.endsWith('settings/') && file.startsWith(parent));
  const texts = files.filter((file) => file.endsWith('.py') && isSettings(file)).map(read);
  const says = (pattern: RegExp): boolean => texts.some((text) => pattern.test(text));
  return says(/^STATIC_ROOT\s*=/m) && says(/django\.contrib\.staticfiles/) ? { collectsStatic: true } : {};
}

/** Programs that are in the project and are installed as they are. */
function programs({ files, read }: ApplicationRequest): string[] {
  const isProgram = (file: string): boolean => /^#!.*\bpython/.test(read(file).split('\n', 1)[0] ?? '');
  return files.filter((file) => file === 'manage.py' || (/^bin\/[^/]+$/.test(file) && isProgram(file))).sort();
}

function candidates({ files, read, packages, modules, directory }: ApplicationRequest): [string, PythonModule][] {
  const inPackages = LIKELY.flatMap((name) =>
    packages.map((each) => [name === '__init__' ? each : `${each}.${name}`, `${each.replaceAll('.', '/')}/${name}.py`]),
  );
  return [...inPackages, ...modules.map((name) => [name, `${name}.py`])]
    .filter(([, file]) => files.includes(`${directory}${file ?? ''}`))
    .map(([module = '', file = '']) => [module, new PythonModule(read(`${directory}${file}`))]);
}
