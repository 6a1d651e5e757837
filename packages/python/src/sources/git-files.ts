import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ElementError } from '@wheelhouse/element';

const run = promisify(execFile);

/** Which files {@link gitFiles} lists. */
export interface GitFilesOptions {
  /** `sources`: tracked, or untracked and not ignored. `ignored`: tracked although ignored. */
  readonly which: 'sources' | 'ignored';
  /** Git's pathspecs; everything below the directory where absent. */
  readonly patterns?: readonly string[];
}

const WHICH = {
  sources: ['--cached', '--others', '--exclude-standard'],
  ignored: ['--cached', '--ignored', '--exclude-standard'],
} as const;

/**
 * The files of a directory by git's word, each once; deleted ones too until their deletion is staged.
 *
 * @param directory absolute
 * @returns relative paths, or `undefined` where the directory is in no repository, or this machine has no git
 * @throws ElementError SOURCE where git refuses to answer: what it ignores would be taken for sources
 */
export async function gitFiles(directory: string, options: GitFilesOptions): Promise<string[] | undefined> {
  const patterns = options.patterns ?? ['.'];
  try {
    const { stdout } = await run('git', ['ls-files', '-z', ...WHICH[options.which], '--', ...patterns], {
      cwd: directory,
      env: { ...process.env, LC_ALL: 'C' },
      maxBuffer: 1 << 30,
    });
    // A file with a merge conflict is listed once a side.
    return [...new Set(stdout.split('\0'))].filter((path) => path !== '');
  } catch (error) {
    const { code, stderr = '' } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code === 'ENOENT' || stderr.includes('not a git repository')) return undefined;
    throw new ElementError({
      code: 'SOURCE',
      message: `git does not list the files of \`${directory}\``,
      detail: stderr,
      hint: "what git ignores is no source, so its word is needed; make the repository yours, or name it in git's `safe.directory`",
      cause: error,
    });
  }
}
