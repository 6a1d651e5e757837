import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ElementError } from '@wheelhouse/element';

const run = promisify(execFile);

/**
 * Variables that select the repository regardless of the working directory: git sets them for hooks (githooks(5)), and
 * with them `ls-files` would list the whole repository.
 */
const REPOSITORY_VARIABLES = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_NAMESPACE',
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
];

/**
 * What git prints when it is asked for the files of a directory.
 *
 * @param directory absolute
 * @param words the command and its arguments
 * @returns `undefined` if the directory is in no repository, or this machine has no git
 * @throws ElementError SOURCE if git refuses to answer: what it ignores would be taken for sources
 */
export async function askGit(directory: string, words: readonly string[]): Promise<string | undefined> {
  const removed = Object.fromEntries(REPOSITORY_VARIABLES.map((name) => [name, undefined]));
  try {
    const { stdout } = await run('git', words, {
      cwd: directory,
      env: { ...process.env, ...removed, LC_ALL: 'C' },
      maxBuffer: 1 << 30,
    });
    return stdout;
  } catch (error) {
    const { code, stderr = '' } = error as { readonly code?: unknown; readonly stderr?: string };
    // Its way to say that there is nothing to say.
    if (code === 1 && stderr === '') return '';
    if (code === 'ENOENT' || stderr.includes('not a git repository')) return undefined;
    throw new ElementError({
      code: 'SOURCE',
      message: `git does not list the files of \`${directory}\``,
      detail: stderr,
      hint: "sources exclude what git ignores, so git must work here; change the owner of the repository, or add it to git's `safe.directory`",
      cause: error,
    });
  }
}
