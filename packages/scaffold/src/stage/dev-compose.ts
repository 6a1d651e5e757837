import { posix } from 'node:path';
import { normalizeName } from '@wheelhouse/python/internal';
import { testCommand } from './commands.js';
import { DATABASE_KINDS, databaseVariables } from './databases.js';
import { BUILD_COMMAND, STAGE_ARGUMENT } from './dev-dockerfile.js';
import { execForm, stageOutputs, type StagePlan } from './stage-plan.js';

/** pip's own settings from the environment of the caller: they say where an index is, and are in no image. */
const INDEX_SETTINGS = [
  ...['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
];

/** The services of the build stage (Compose specification). */
export function devCompose(plan: StagePlan): string {
  const { project, database, volumesFrom } = plan;
  const name = databaseName(plan);
  const shared = volumesFrom ? `volumes_from: ["cache:ro"]` : `volumes: ["build:/build:ro"]`;
  const variables = database === undefined ? {} : databaseVariables(database, name);
  const waits = ['cache', ...(database === undefined ? [] : ['agent'])];
  const services = [
    service('cache', [
      '# Downloads what the locks list, once for each state of the locks.',
      ...build(plan, 'cache'),
      'environment:',
      ...INDEX_SETTINGS.map((variable) => `  - ${variable}`),
      volumesFrom ? 'volumes: ["/build"]' : 'volumes: ["build:/build"]',
    ]),
    service('test', [
      ...build(plan, 'test'),
      'entrypoint: ["/scripts/test.sh"]',
      `command: ${execForm(testCommand(project))}`,
      ...mapping('environment', variables),
      shared,
      ...dependsOn(waits),
    ]),
    service('builder', [
      ...build(plan, 'builder'),
      'entrypoint: ["/scripts/build.sh"]',
      `command: ${execForm(BUILD_COMMAND)}`,
      'network_mode: none',
      shared,
      ...dependsOn(['cache']),
    ]),
    ...databaseServices(plan),
  ];
  const volumes = volumesFrom ? '' : '\nvolumes:\n  build:\n';
  return `# The build stage of ${project.name}: run its targets with \`nx run\`, or its services with \`docker compose up\`.
services:
${services.join('\n')}${volumes}`;
}

/** The name of the database and of its user. */
export function databaseName({ project }: StagePlan): string {
  return normalizeName(project.name).replaceAll('-', '_');
}

function databaseServices(plan: StagePlan): string[] {
  const { database, databaseImage } = plan;
  if (database === undefined) return [];
  const kind = DATABASE_KINDS[database];
  return [
    service('agent', [
      '# Exits when the database accepts connections.',
      ...build(plan, 'agent'),
      `command: ["db", "${kind.port}"]`,
      'depends_on:',
      '  db:',
      '    condition: service_started',
    ]),
    service('db', [
      `image: ${databaseImage ?? kind.image}`,
      ...mapping('environment', kind.environment(databaseName(plan))),
      `tmpfs: ${kind.data}`,
      'healthcheck:',
      `  test: ${execForm(kind.healthcheck)}`,
      '  interval: 2s',
      '  timeout: 5s',
      '  retries: 30',
    ]),
  ];
}

function service(name: string, lines: readonly string[]): string {
  return [`  ${name}:`, ...lines.map((line) => `    ${line}`), ''].join('\n');
}

/** A service's image. Its context is made by `stage:build`; the Dockerfile's path is relative to that. */
function build({ project }: StagePlan, target: string): string[] {
  const [home, { context }] = [posix.join(project.root, 'docker', 'dev'), stageOutputs(project.root)];
  return [
    'build:',
    `  context: ${posix.relative(home, context)}`,
    `  dockerfile: ${posix.relative(context, home)}/Dockerfile`,
    `  target: ${target}`,
    `  args: [${STAGE_ARGUMENT}]`,
  ];
}

function dependsOn(services: readonly string[]): string[] {
  const each = services.flatMap((name) => [`  ${name}:`, '    condition: service_completed_successfully']);
  return ['depends_on:', ...each];
}

/** A mapping of texts, each quoted where YAML would take it for something else. */
export function mapping(key: string, entries: Readonly<Record<string, string>>): string[] {
  const lines = Object.entries(entries).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
  return lines.length === 0 ? [] : [`${key}:`, ...lines];
}
