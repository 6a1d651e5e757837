import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What git ends with when it cannot do at all what it is asked. */
const FATAL = 128;

/**
 * The commit that last changed what is in these directories, if all of it is as it is committed.
 *
 * @param workspace absolute path
 * @param roots relative to the workspace
 * @returns `undefined` if something is changed or not committed, or there is no repository, or no git
 */
export async function sourceCommit(workspace: string, roots: readonly string[]): Promise<string | undefined> {
  const git = async (...words: string[]): Promise<string | undefined> => {
    try {
      const { stdout } = await run('git', [...words, '--', ...roots], {
        cwd: workspace,
        env: { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
        maxBuffer: 1 << 28,
      });
      return stdout.trim();
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      // No git, no repository, or none with a commit: what is built depends on none of them.
      if (code === 'ENOENT' || code === FATAL) return undefined;
      throw error;
    }
  };
  if ((await git('status', '--porcelain')) !== '') return undefined;
  const commit = await git('log', '-1', '--format=%H');
  return commit === '' ? undefined : commit;
}
