import { existsSync } from 'node:fs';
import { join } from 'node:path';
import picomatch from 'picomatch';
import {
  wheelSourceMatcher,
  sharedMatcher,
  projectFiles,
  ignoredFiles,
  lfsPointers,
} from '@wheelhouse/python/internal';
import type { Operation } from '../workspace/operation.js';
import type { InspectedProject } from '../inspection/check-project-files.js';

/** The files of a project by what happens to them; relative to it. */
export type FilesOfProject = Pick<InspectedProject, 'files' | 'all' | 'ignored' | 'shipped' | 'hidden' | 'pointers'>;

/** What editors and running programs leave: no sdist ships it. */
const LEFT_BEHIND = /~$|\.(log|sqlite3?|db|sw[op]|bak|orig|tmp|pid|sock)$|(^|\/)\.env$/;

/**
 * The files of a project that its wheel is made from, all of them, and those that git ignores.
 *
 * @param listed all files of the project, if they have been listed for what is looked at; default: git is asked
 * @throws ElementError SOURCE if git refuses to answer
 */
export async function filesOfProject(
  { workspace, project }: Pick<Operation, 'workspace' | 'project'>,
  listed?: readonly string[],
): Promise<FilesOfProject> {
  const directory = workspace.directoryOf(project);
  const { metadata, ref } = project;
  const { settings = {} } = ref;
  const matches = wheelSourceMatcher({ metadata, settings });
  const isGenerated = sharedMatcher((settings.generated ?? []).flatMap(({ files }) => files));
  const all = (listed ?? (await projectFiles(directory))).filter((path) => existsSync(join(directory, path))).sort();
  const files = all.filter(matches);
  const ignored = await ignoredFiles(directory, files);
  const inPackages = ignored.inPackages.filter(matches);
  const generated = ignored.all.filter(isGenerated);
  const unseen = ignored.all.filter((path) => !isGenerated(path));
  const globs = (metadata.patterns ?? []).flatMap((pattern) =>
    pattern.package === undefined ? pattern.globs : pattern.globs.map((glob) => `**/${glob}`),
  );
  const isPackaged = globs.length === 0 ? () => false : picomatch(globs, { dot: true });
  const isSdist = existsSync(join(directory, 'PKG-INFO'));
  return {
    files: [...files, ...generated],
    all: [...all, ...generated],
    ignored: inPackages.filter((path) => !isGenerated(path)),
    shipped: isSdist
      ? unseen.filter((path) => matches(path) && !LEFT_BEHIND.test(path) && !inPackages.includes(path))
      : [],
    hidden: unseen.filter((path) => isPackaged(path)),
    pointers: lfsPointers(directory, files),
  };
}
