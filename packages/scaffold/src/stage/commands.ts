import type { ProjectModel } from '../project/project-model.js';
import { topPackages } from '../project/project-model.js';
import type { Words } from './stage-plan.js';
import { requirementNames } from '../project/requirement-names.js';

/** The port that a release container serves on. */
export const PORT = 8000;

/** How a release image is run. */
export interface ReleaseCommand {
  readonly entrypoint?: Words;
  readonly command: Words;
  /** Whether it serves on {@link PORT} and does not end. */
  readonly serves: boolean;
}

/** The command of the tests: `pytest` where tests require it, else the framework's own, else unittest's. */
export function testCommand({ testDependencies, framework, scripts }: ProjectModel): Words {
  if (requirementNames(testDependencies).has('pytest')) return ['pytest', '--junit-xml=/reports/junit.xml'];
  if (framework === 'django' && scripts.includes('manage.py')) return ['python', 'manage.py', 'test'];
  return ['python', '-m', 'unittest', 'discover', '--verbose'];
}

type Server = (target: string) => Words;

const ANY = `0.0.0.0:${PORT}`;
const WSGI: Readonly<Record<string, Server>> = {
  gunicorn: (target) => ['gunicorn', '--bind', ANY, '--worker-tmp-dir', '/dev/shm', target],
  uwsgi: (target) => ['uwsgi', '--http', ANY, '--die-on-term', '--module', target],
  waitress: (target) => ['waitress-serve', `--listen=${ANY}`, target],
};
const ASGI: Readonly<Record<string, Server>> = {
  uvicorn: (target) => ['uvicorn', '--host', '0.0.0.0', '--port', String(PORT), target],
  hypercorn: (target) => ['hypercorn', '--bind', ANY, target],
  daphne: (target) => ['daphne', '--bind', '0.0.0.0', '--port', String(PORT), target],
};

/** The servers that can call an application of a protocol. */
export function serversOf(protocol: 'wsgi' | 'asgi'): string[] {
  return Object.keys(protocol === 'wsgi' ? WSGI : ASGI);
}

/** What a release image runs: a server among the requirements, else the first program, else it shows what it has. */
export function releaseCommand(project: ProjectModel): ReleaseCommand {
  const { application, dependencies, entryPoints } = project;
  if (application !== undefined) {
    const required = requirementNames(dependencies);
    const servers = application.protocol === 'wsgi' ? WSGI : ASGI;
    const [server] = Object.entries(servers).flatMap(([name, make]) => (required.has(name) ? [make] : []));
    if (server !== undefined) return { command: server(application.target), serves: true };
  }
  const program = entryPoints[0]?.split('=')[0]?.trim();
  if (program !== undefined) return { entrypoint: [program], command: ['--help'], serves: false };
  const [module = 'site'] = [...topPackages(project), ...project.modules];
  return { command: ['python', '-c', `import ${module}`], serves: false };
}
