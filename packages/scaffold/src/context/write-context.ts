import type { Stats } from 'node:fs';
import { chmod, copyFile, cp, lstat, mkdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { errnoOf } from '@wheelhouse/element';
import { locksDirectory, projectFiles, wheelFiles } from '@wheelhouse/python';
import type { StageClosure, StageProject } from './stage-closure.js';
import { stageOutputs } from '../stage/stage-plan.js';

/**
 * Writes what the images of a project's build stage are made from (docs/adr/0076), in the place of what was there:
 * `locks/` (those of other projects below `locks/local/NAME/`), `scripts/`, the sources of wheels (`source/`, and at
 * their paths in the workspace `libraries/` and `test-libraries/`), and all files of the project, `project/`; and in `certificates/` those that the service `cache` is to trust. Each of
 * the directories of sources has a file `projects.txt`, a line for each project, of three words between tabs: its name,
 * the directory that its wheel is built in a copy of, and where in that copy it lies.
 *
 * @param directory the workspace, absolute
 * @param certificates the file of whom an index's certificate is trusted by, absolute
 * @throws ElementError SOURCE
 */
export async function writeContext(
  directory: string,
  { own, runtime, tests }: StageClosure,
  certificates: string | undefined,
): Promise<void> {
  const { root } = own.metadata;
  const context = join(directory, stageOutputs(root).context);
  await rm(context, { recursive: true, force: true });
  await copyLocks(directory, own, join(context, 'locks'));
  for (const each of [...runtime, ...tests]) {
    await copyLocks(directory, each, join(context, 'locks', 'local', each.metadata.normalizedName));
  }
  await mkdir(join(context, 'certificates'));
  if (certificates !== undefined) await copyFile(certificates, join(context, 'certificates', 'index.pem'));
  await writeSources(directory, [own], join(context, 'source'), () => '.');
  await writeSources(directory, runtime, join(context, 'libraries'), ({ metadata }) => metadata.root);
  await writeSources(directory, tests, join(context, 'test-libraries'), ({ metadata }) => metadata.root);
  const files = await projectFiles(join(directory, root));
  await copyFiles(join(directory, root), files, join(context, 'project'));
  const scripts = files.filter((file) => posix.dirname(file) === 'scripts');
  await copyFiles(join(directory, root), scripts, context);
}

async function copyLocks(directory: string, { metadata }: StageProject, to: string): Promise<void> {
  await cp(join(directory, locksDirectory(metadata.root)), to, { recursive: true });
}

async function writeSources(
  directory: string,
  projects: readonly StageProject[],
  to: string,
  placeOf: (project: StageProject) => string,
): Promise<void> {
  await mkdir(to, { recursive: true });
  const lines: string[] = [];
  for (const project of projects) {
    const { directory: from, wanted, checkLink, subdirectory } = await wheelFiles(project, directory);
    const place = placeOf(project);
    await copyFiles(from, wanted, join(to, 'files', place), checkLink);
    lines.push(`${project.metadata.normalizedName}\t${posix.join('files', place)}\t${subdirectory}\n`);
  }
  await writeFile(join(to, 'projects.txt'), lines.join(''));
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
