import type { Operation } from '@wheelhouse/python';
import { makeLocks, type LockOptions } from '@wheelhouse/python/lock';

/**
 * Writes the locks of a project, and of those that it shares a resolve with.
 *
 * @param say told what is done, in lines for people
 * @throws ElementError
 */
export async function runLock(operation: Operation, options: LockOptions, say: (line: string) => void): Promise<void> {
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
