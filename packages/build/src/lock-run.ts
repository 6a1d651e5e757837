import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation, WorkspaceProject } from '@wheelhouse/python';
import { makeLocks, withoutLocks, type LockOptions } from '@wheelhouse/python/lock';
import { discoversPackages, ProjectFiles } from '@wheelhouse/python/metadata';

/**
 * Writes the locks of a project, and of those that it shares a resolve with; before them, of each project of the
 * workspace that it takes and that has none yet, so that one run is enough for a first build.
 *
 * @param say told what is done, in lines for people
 * @throws ElementError
 */
export async function runLock(operation: Operation, options: LockOptions, say: (line: string) => void): Promise<void> {
  for (const required of withoutLocks(operation)) {
    // Of a resolve the first one locks the others.
    if (!withoutLocks(operation).includes(required)) continue;
    say(`${required.ref.name}, which ${operation.project.ref.name} requires, has no locks yet: they are made, too`);
    await lockOne({ ...operation, project: required }, {}, say);
  }
  await lockOne(operation, options, say);
}

async function lockOne(operation: Operation, options: LockOptions, say: (line: string) => void): Promise<void> {
  const { resolve } = operation.project.ref;
  const members = operation.workspace.group(operation.project).map(({ ref }) => ref.name);
  if (resolve !== undefined) say(`the resolve ${resolve} is locked as one: ${members.join(', ')}`);
  const { written, removed, notKept } = await makeLocks(operation, {
    ...options,
    onWait: () => {
      say('waiting for another run that makes the same locks');
    },
  });
  for (const { name, version, locked, file } of notKept) {
    say(`${name} is locked at ${locked}: ${version}, as ${file} has it, does not fit`);
  }
  for (const file of written) say(`wrote ${file}`);
  for (const file of removed) say(`removed ${file}`);
  if (written.length + removed.length === 0) say('the locks are up to date');
  else for (const member of operation.workspace.group(operation.project)) noteDiscovery(operation, member, say);
}

/** Builds of this package leave locks out of what a wheel is made from; setuptools alone does not. */
function noteDiscovery({ workspace }: Operation, member: WorkspaceProject, say: (line: string) => void): void {
  const { root, buildSystem } = member.metadata;
  const directory = workspace.directoryOf(member);
  const files = new ProjectFiles(directory, root, workspace.directory);
  const isDiscovered = discoversPackages({
    backend: buildSystem.backend,
    pyproject: files.read('pyproject.toml'),
    setupCfg: files.read('setup.cfg'),
    setupPy: files.read('setup.py'),
    hasSrc: existsSync(join(directory, 'src')),
  });
  if (!isDiscovered) return;
  say(
    `note: setuptools looks for the packages of ${root} by itself and takes the directory locks for one; ` +
      'for `pip install .` and `uv build`, name them in [tool.setuptools] of its pyproject.toml',
  );
}
