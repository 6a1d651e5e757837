import type { Operation } from '@wheelhouse/python';
import { makeLocks, withoutLocks, type LockOptions } from '@wheelhouse/python/lock';

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
}
