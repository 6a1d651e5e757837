import { posix } from 'node:path';
import { readBlob, type ArtifactRecord } from '@wheelhouse/element/internal';
import { filesOfProject } from './files-of-project.js';
import type { Operation } from '../workspace/operation.js';
import { listed } from '../inspection/listed.js';

/**
 * What to do if a project's backend failed because it lacks files that git ignores.
 *
 * @param record of the failed element
 * @returns `undefined` if its log names none of them
 */
export async function ignoredHint(
  operation: Pick<Operation, 'workspace' | 'project' | 'engine'>,
  record: ArtifactRecord,
): Promise<string | undefined> {
  if (record.log === undefined) return undefined;
  const log = Buffer.from(await readBlob(operation.engine.store.blobs, record.log)).toString('utf8');
  const { ignored, shipped, hidden } = await filesOfProject(operation);
  const lacking = [...new Set([...ignored, ...shipped, ...hidden])].filter((path) => isNamed(path, log));
  if (lacking.length === 0) return undefined;
  return `git ignores ${listed(lacking)}, so the build does not have ${lacking.length === 1 ? 'it' : 'them'}: list files that a task generates in the option \`generated\`; add others with \`git add --force\``;
}

/** Whether a log has a file's path or name, a path that ends with a directory above it, or the module that it is. */
export function isNamed(path: string, log: string): boolean {
  const parts = path.split('/').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  if (above.some((directory) => new RegExp(`/${directory}(?![\\w./-])`).test(log))) return true;
  const name = posix.basename(path);
  if (!path.endsWith('.py')) return log.includes(name);
  const stem = name === '__init__.py' ? posix.basename(posix.dirname(path)) : name.slice(0, -'.py'.length);
  const module = new RegExp(`(?:No module named|cannot import name)[^\\n]*\\b${stem}\\b`);
  return log.includes(path) || module.test(log);
}
