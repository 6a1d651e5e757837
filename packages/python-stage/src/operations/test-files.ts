import { execFile } from 'node:child_process';
import { lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ElementError, type BlobStore, type Digest } from '@wheelhouse/element';
import { digestOf, isAbsent, readBlob, replaceFile, walkTree } from '@wheelhouse/element/internal';
import { sourceSetMatcher } from '@wheelhouse/python/internal';

/** What {@link writeBackTestFiles} works with. */
export interface TestFilesInput {
  readonly blobs: BlobStore;
  /** The tree of the tests' sources as they were staged. */
  readonly before: Digest;
  /** The same as the run left them. */
  readonly after: Digest;
  /** Absolute path of the project. */
  readonly directory: string;
  /** Which files may be written, relative to the project. */
  readonly globs: readonly string[];
}

/** What was written back; paths relative to the project, sorted. */
export interface WrittenFiles {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

interface TestFile {
  readonly digest: Digest;
  readonly isExecutable: boolean;
}

/**
 * Takes the files that a run of tests wrote, changed or removed below some globs back into the project: regular files
 * alone, none that git ignores, through no symbolic link. A file that was changed in the project meanwhile is an error,
 * and then nothing is written.
 *
 * @throws ElementError SOURCE
 */
export async function writeBackTestFiles(input: TestFilesInput): Promise<WrittenFiles> {
  const { blobs, directory } = input;
  const matches = sourceSetMatcher({ include: input.globs, exclude: ['**/__pycache__/**'] });
  const [before, after] = [await regularFiles(blobs, input.before), await regularFiles(blobs, input.after)];
  const wanted = (path: string): boolean => matches(path) && !sameFile(before.get(path), after.get(path));
  const changed = [...after.keys()].filter(wanted);
  const ignored = await ignoredByGit(directory, changed);
  const written = changed.filter((path) => !ignored.has(path)).sort();
  const removed = [...before.keys()].filter((path) => !after.has(path) && matches(path)).sort();
  for (const path of [...written, ...removed]) await checkPlace(directory, path, before.get(path));
  for (const path of written) {
    const file = after.get(path);
    if (file === undefined) continue;
    replaceFile(join(directory, path), await readBlob(blobs, file.digest), file.isExecutable ? 0o755 : 0o644);
  }
  for (const path of removed) await rm(join(directory, path), { force: true });
  return { written, removed };
}

async function regularFiles(blobs: BlobStore, tree: Digest): Promise<Map<string, TestFile>> {
  const files = new Map<string, TestFile>();
  for await (const entry of walkTree(blobs, tree)) if (entry.type === 'file') files.set(entry.path, entry);
  return files;
}

function sameFile(a: TestFile | undefined, b: TestFile | undefined): boolean {
  return a?.digest.hash === b?.digest.hash && a?.isExecutable === b?.isExecutable;
}

/** The place has to be as it was when the tests were started, and every directory above it a directory of the project. */
async function checkPlace(directory: string, path: string, before: TestFile | undefined): Promise<void> {
  const names = path.split('/').slice(0, -1);
  for (const depth of names.keys()) {
    const parent = names.slice(0, depth + 1).join('/');
    const found = await statOf(join(directory, parent));
    if (found === undefined) break;
    if (!found.isDirectory()) throw refusal(path, `\`${parent}\` is not a directory of the project`);
  }
  const found = await statOf(join(directory, path));
  if (found !== undefined && !found.isFile()) throw refusal(path, 'it is not a regular file');
  const now = found === undefined ? undefined : digestOf(await readFile(join(directory, path))).hash;
  if (now !== before?.digest.hash) throw refusal(path, 'it changed while the tests ran');
}

function refusal(path: string, reason: string): ElementError {
  return new ElementError({
    code: 'SOURCE',
    message: `\`${path}\` cannot be written back: ${reason}`,
    hint: 'nothing was written; check it and run the tests again',
  });
}

async function statOf(path: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** What git would not take up; nothing if there is no repository or no git. */
async function ignoredByGit(directory: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const listed = await new Promise<string>((resolve) => {
    // It ends with 1 if it ignores none of them, and with 128 if there is no repository.
    const child = execFile(
      'git',
      ['check-ignore', '-z', '--stdin'],
      { cwd: directory, maxBuffer: 1 << 30 },
      (_error, out) => {
        resolve(out);
      },
    );
    child.stdin?.on('error', () => undefined).end(paths.map((path) => `${path}\0`).join(''));
  });
  return new Set(listed.split('\0'));
}
