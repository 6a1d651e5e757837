import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  captureTree,
  checkoutTree,
  digestOnlyBlobs,
  emptyTree,
  replaceFile,
  sameDigest,
  walkTree,
  writeBlob,
  writeTree,
  type BlobStore,
  type Digest,
} from '@wheelhouse/element';
import type { FileDigest } from './manifest.js';
import { TEST_RESULT } from '../wheelhouse/test-result.js';

/** A file of an artifact. */
export interface TreeFile extends FileDigest {
  readonly digest: Digest;
}

/** The files of a tree whose names end like that, by their base names, sorted. */
export async function filesOf(blobs: BlobStore, tree: Digest, suffix = ''): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  for await (const entry of walkTree(blobs, tree)) {
    if (entry.type !== 'file' || !entry.path.endsWith(suffix)) continue;
    files.push({ path: basename(entry.path), sha256: entry.digest.hash, digest: entry.digest });
  }
  return sortFiles(files);
}

/** Sorted by path, each path once. */
export function sortFiles<T extends FileDigest>(files: readonly T[]): T[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Makes a directory hold exactly these files and texts. One that does already is left alone; otherwise it is replaced
 * whole, so that nobody sees half of it.
 *
 * @param path absolute path of the directory
 * @returns whether anything was written
 */
export async function writeOutputs(
  blobs: BlobStore,
  path: string,
  files: readonly TreeFile[],
  texts: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const tree = emptyTree();
  for (const { path: name, digest } of files) tree.files.set(name, { name, digest, isExecutable: false });
  for (const [name, text] of Object.entries(texts)) {
    tree.files.set(name, { name, digest: await writeBlob(blobs, text), isExecutable: false });
  }
  return await writeOutputTree(blobs, path, await writeTree(blobs, tree));
}

/** The same for a whole tree. */
export async function writeOutputTree(blobs: BlobStore, path: string, wanted: Digest): Promise<boolean> {
  if (existsSync(path) && sameDigest(await captureTree(digestOnlyBlobs(), path, { label: path }), wanted)) return false;
  await mkdir(dirname(path), { recursive: true });
  const fresh = await mkdtemp(join(dirname(path), `.${basename(path)}-`));
  try {
    await checkoutTree(blobs, wanted, fresh);
    await chmod(fresh, 0o755);
    await rm(path, { recursive: true, force: true });
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
  return true;
}

/** The reports that a test run may leave. */
const REPORTS = ['junit.xml', 'coverage.xml'];
/** What says which wheel was tested. */
export const RECORD = 'record.json';
/** Both say it: the record to this package, the statement to others. */
const RECORDS = [RECORD, TEST_RESULT];

/** What is written of a test run. */
export interface RunFiles {
  /** What reports hold, by their names. */
  readonly reports: ReadonlyMap<string, string>;
  /** By their names, which are those of {@link RECORDS}; absent for a run that stands for nothing. */
  readonly records: Readonly<Record<string, string>> | undefined;
}

/**
 * Puts a test run's reports and its records into a directory, and takes away those of an earlier run that this one did
 * not make: what lies there is of one run. Whatever else lies there stays: a project at the workspace's root has the
 * reports of all others below its own.
 */
export async function writeReports(directory: string, { reports, records }: RunFiles): Promise<void> {
  // First, so that no record is ever of other reports.
  for (const name of RECORDS) await rm(join(directory, name), { force: true });
  for (const name of REPORTS) {
    const text = reports.get(name);
    if (text === undefined) await rm(join(directory, name), { force: true });
    else await writeText(join(directory, name), text);
  }
  if (records === undefined) return;
  for (const [name, text] of Object.entries(records)) await writeText(join(directory, name), text);
}

/** Writes a file whole or not at all, and only when it is to change. */
export async function writeText(path: string, text: string): Promise<void> {
  if (existsSync(path) && (await readFile(path, 'utf8')) === text) return;
  replaceFile(path, text);
}
