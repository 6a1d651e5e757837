import { spawnSync } from 'node:child_process';
import { posix } from 'node:path';
import { detectPackageManager, getPackageManagerCommand, logger, type GeneratorCallback } from '@nx/devkit';
import { ElementError } from '@wheelhouse/element';
import { METADATA_FILES, normalizeName } from '@wheelhouse/python/internal';
import { oneOf } from '../errors.js';
import { pluginSettings } from '../workspace/plugin-settings.js';
import type { Changes } from '../merge/changes.js';
import { readableProjects } from '../project/find-root.js';
import { DATABASES, type ProjectModel } from '../project/project-model.js';
import { DATABASE_KINDS, databaseOf } from './databases.js';
import { pinImage, PINNINGS } from './pinned-image.js';
import { presentChoices } from './present-choices.js';
import type { StagePlan } from './stage-plan.js';
import { excludeFromDockerPlugin, writeTargets } from './stage-targets.js';
import { writeMetadata, writeStage } from './write-stage.js';
import { pythonOption, versionFileText } from '../python/version-option.js';
import { prepareWorkspace } from '../workspace/prepare-workspace.js';

/** The options of a stage, regardless of the generator that adds it. */
export interface StageOptions {
  readonly python?: string | number | undefined;
  readonly base?: string | undefined;
  readonly pin?: string | undefined;
  readonly database?: string | undefined;
  readonly databaseImage?: string | undefined;
  readonly volumesFrom?: boolean | undefined;
  readonly lock?: boolean | undefined;
}

/**
 * Adds metadata, stage and targets to a project.
 *
 * @returns what installs packages and makes the locks, once the files are written
 * @throws ElementError OPTION, ENGINE, METADATA, UNREADABLE
 */
export async function addStage(
  changes: Changes,
  project: ProjectModel,
  options: StageOptions,
  environment: NodeJS.ProcessEnv,
): Promise<GeneratorCallback> {
  await checkOnly(changes, project, environment);
  const plan = await planStage(changes, project, options, environment);
  writeMetadata(changes, project);
  writeStage(changes, plan);
  const python = pythonOption(options.python);
  // Docker's base is of that version; what is built without Docker is to be, too.
  if (python !== undefined) {
    changes.write(posix.join(project.root, '.python-version'), versionFileText(python, project.python));
  }
  const name = writeTargets(changes, plan);
  const install = prepareWorkspace(changes);
  excludeFromDockerPlugin(changes, project.root);
  const { root: workspace } = changes.tree;
  const locked = changes.tree.exists(posix.join(project.root, 'locks/test.txt'));
  return async () => {
    await install();
    if (options.lock !== false && !locked) makeLocks(workspace, name);
  };
}

/** @throws ElementError NAME if another project has the name */
async function checkOnly({ tree }: Changes, project: ProjectModel, environment: NodeJS.ProcessEnv): Promise<void> {
  const distribution = normalizeName(project.name);
  const projects = await readableProjects(tree, environment);
  const other = projects.find(({ root, name }) => root !== project.root && name === distribution);
  if (other === undefined) return;
  throw new ElementError({
    code: 'NAME',
    message: `\`${project.name}\` in \`${project.root}\` has the same name as the project in \`${other.root}\``,
    hint: 'add the build stage to that project, or give this one another name with the option `name`',
  });
}

async function planStage(
  changes: Changes,
  project: ProjectModel,
  options: StageOptions,
  environment: NodeJS.ProcessEnv,
): Promise<StagePlan> {
  const pinning = oneOf('pin', options.pin ?? 'auto', PINNINGS);
  const chosen = options.database === undefined ? undefined : oneOf('database', options.database, DATABASES);
  const database = chosen === undefined ? databaseOf(project) : chosen === 'none' ? undefined : chosen;
  if (database === undefined && options.databaseImage !== undefined) {
    throw new ElementError({
      code: 'OPTION',
      message: `the option \`databaseImage\` is \`${options.databaseImage}\`, but the project has no database`,
      hint: 'set `database` to its kind',
    });
  }
  const present = presentChoices(changes.tree, project.root);
  const pinned = async (given: string | undefined, there: string | undefined, usual: string): Promise<string> => {
    if (given === undefined && there !== undefined) return there;
    const { reference, note } = await pinImage(given ?? usual, pinning, environment);
    if (note !== undefined) changes.note(note);
    return reference;
  };
  return {
    project,
    base: await pinned(options.base, present.base, `python:${project.python}-slim`),
    database,
    databaseImage:
      database === undefined
        ? undefined
        : await pinned(options.databaseImage, present.databaseImage, DATABASE_KINDS[database].image),
    volumesFrom: options.volumesFrom ?? present.volumesFrom ?? false,
    generators: generatorsOf(changes, project.root),
  };
}

/** The tasks that the options of the plugin name for files of a project's wheel. */
function generatorsOf({ tree }: Changes, root: string): string[] {
  const files = METADATA_FILES.map((file) => posix.join(root, file));
  const { generated = [] } = pluginSettings(tree.read('nx.json', 'utf8') ?? '{}', files);
  return [...new Set(generated.map(({ by }) => by))];
}

/** Images are built from the locks, so that there is no stage without. What fails here fails again, by itself. */
function makeLocks(workspace: string, project: string): void {
  const { exec } = getPackageManagerCommand(detectPackageManager(workspace));
  const [program = 'npx', ...words] = exec.split(' ');
  const { status } = spawnSync(program, [...words, 'nx', 'run', `${project}:lock`], {
    cwd: workspace,
    stdio: 'inherit',
  });
  if (status !== 0) logger.warn(`There are no locks yet. Run \`nx run ${project}:lock\` before the build stage.`);
}
