import type { Stats } from 'node:fs';
import { chmod, copyFile, cp, lstat, mkdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import { projectFiles, wheelFiles, type ProjectMetadata, type WheelFiles } from '@wheelhouse/python/internal';
import { locksDirectory } from '@wheelhouse/python/lockfile';
import type { StageClosure } from './stage-closure.js';
import type { StageProject } from './stage-projects.js';
import { stageOutputs } from '../stage/stage-plan.js';

/**
 * Writes what the images of a project's build stage are made from (docs/adr/0076), in the place of what was there:
 * `locks/` (those of other projects below `locks/local/NAME/`), `scripts/`, the sources of wheels (`source/`, and at
 * their paths in the workspace `tools/`, `libraries/` and `test-libraries/`), all files of the project, `project/`, and
 * in `certificates/` those that the service `cache` is to trust. Each directory of sources has a file `projects.txt`
 * with a line for each project, of words between tabs: its name, the directory that its wheel is built in a copy of,
 * where in that copy it is, the names of the projects in `tools/` that it is built with, between commas (`-` for none),
 * and variables that its backend is given, as `NAME=VALUE`.
 *
 * @param directory the workspace, absolute
 * @param certificates the file of whom an index's certificate is trusted by, absolute
 * @throws ElementError SOURCE
 */
export async function writeContext(
  directory: string,
  { own, runtime, tests, tools, builtWith, environment }: StageClosure,
  certificates: string | undefined,
): Promise<void> {
  const { root } = own.metadata;
  const context = join(directory, stageOutputs(root).context);
  await rm(context, { recursive: true, force: true });
  await copyLocks(directory, own, join(context, 'locks'));
  for (const each of new Set([...tools, ...runtime, ...tests])) {
    await copyLocks(directory, each, join(context, 'locks', 'local', each.metadata.normalizedName));
  }
  await mkdir(join(context, 'certificates'));
  if (certificates !== undefined) await copyFile(certificates, join(context, 'certificates', 'index.pem'));
  const write = async (name: string, projects: readonly StageProject[], place?: string): Promise<void> => {
    const lines: string[] = [];
    for (const project of projects) {
      const at = posix.join('files', place ?? project.metadata.root);
      const files = await wheelFiles(project, directory, environment);
      await copyFiles(files.directory, files.wanted, join(context, name, at), files.checkLink);
      lines.push(projectLine(project, at, builtWith(project), files));
    }
    await mkdir(join(context, name), { recursive: true });
    await writeFile(join(context, name, 'projects.txt'), lines.join(''));
  };
  await write('source', [own], '.');
  await write('tools', tools);
  await write('libraries', runtime);
  await write('test-libraries', tests);
  const files = await projectFiles(join(directory, root));
  await copyFiles(join(directory, root), files, join(context, 'project'));
  const scripts = files.filter((file) => posix.dirname(file) === 'scripts');
  await copyFiles(join(directory, root), scripts, context);
}

async function copyLocks(directory: string, { metadata }: StageProject, to: string): Promise<void> {
  await cp(join(directory, locksDirectory(metadata.root)), to, { recursive: true });
}

/** No word is empty: a shell takes tabs together. */
function projectLine(
  { metadata }: StageProject,
  place: string,
  tools: readonly ProjectMetadata[],
  { subdirectory, environment }: WheelFiles,
): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const names = tools.map(({ normalizedName }) => normalizedName).join(',');
  const words = [metadata.normalizedName, place, subdirectory || '.', names || '-'];
  return `${[...words, ...variables].join('\t')}\n`;
}

/** Copies files with permissions that do not depend on whose checkout it is. Directories among them are made. */
async function copyFiles(
  from: string,
  files: Iterable<string>,
  to: string,
  checkLink: (path: string) => void = () => undefined,
): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const file of files) {
    const [source, target] = [join(from, file), join(to, file)];
    const stat = await statOf(source);
    if (stat === undefined || stat.isDirectory()) continue;
    await mkdir(dirname(target), { recursive: true });
    if (stat.isSymbolicLink()) {
      checkLink(file);
      await symlink(await readlink(source), target);
    } else if (stat.isFile()) {
      await copyFile(source, target);
      await chmod(target, (stat.mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}

/** @returns `undefined` for a file that is gone although git still tracks it */
async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
