import { posix } from 'node:path';
import { normalizeName } from '@wheelhouse/python/internal';
import { PORT, releaseCommand } from './commands.js';
import { databaseName, mapping } from './dev-compose.js';
import { DATABASE_KINDS, databaseVariables } from './databases.js';
import { STAGE_ARGUMENT } from './dev-dockerfile.js';
import { execForm, stageOutputs, type StagePlan } from './stage-plan.js';

/** The services that a release is tried with (Compose specification). */
export function releaseCompose(plan: StagePlan): string {
  const { project, database, databaseImage } = plan;
  const directory = posix.join(project.root, 'docker', 'release');
  const context = posix.relative(directory, posix.join(stageOutputs(project.root).dist, 'wheelhouse'));
  const dockerfile = posix.relative(posix.join(stageOutputs(project.root).dist, 'wheelhouse'), directory);
  const { serves } = releaseCommand(project);
  // Of each checkout on a machine a tag of its own, where Nx runs Compose.
  const image = `${normalizeName(project.name)}:\${${STAGE_ARGUMENT}:-stage}`;
  const migrates = project.settings !== undefined;
  const variables = database === undefined ? {} : databaseVariables(database, databaseName(plan));
  const lines = [
    '  app:',
    `    image: ${image}`,
    '    build:',
    `      context: ${context}`,
    `      dockerfile: ${dockerfile}/Dockerfile`,
    `      args: [${STAGE_ARGUMENT}]`,
    ...mapping('environment', variables).map((line) => `    ${line}`),
    ...(serves ? [`    ports: ["127.0.0.1:\${PORT:-${PORT}}:${PORT}"]`] : []),
    ...(database === undefined
      ? []
      : [
          '    depends_on:',
          '      db:',
          '        condition: service_healthy',
          ...(migrates
            ? [
                '      migrate:',
                '        condition: service_completed_successfully',
                '',
                '  migrate:',
                '    # Migrates the database to this release.',
                `    image: ${image}`,
                `    command: ${execForm(['python', '-m', 'django', 'migrate', '--noinput'])}`,
                ...mapping('environment', { DJANGO_SETTINGS_MODULE: project.settings ?? '', ...variables }).map(
                  (line) => `    ${line}`,
                ),
                '    depends_on:',
                '      db:',
                '        condition: service_healthy',
              ]
            : []),
          '',
          '  db:',
          `    image: ${databaseImage ?? DATABASE_KINDS[database].image}`,
          ...mapping('environment', DATABASE_KINDS[database].environment(databaseName(plan))).map(
            (line) => `    ${line}`,
          ),
          `    tmpfs: ${DATABASE_KINDS[database].data}`,
          '    healthcheck:',
          `      test: ${execForm(DATABASE_KINDS[database].healthcheck)}`,
          '      interval: 2s',
          '      timeout: 5s',
          '      retries: 30',
        ]),
  ];
  return `# The release of ${project.name}, built from the wheelhouse of its builder.
services:
${lines.join('\n')}
`;
}
