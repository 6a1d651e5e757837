import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BlobStore, type Digest } from '@wheelhouse/element';
import { digestOnlyBlobs, emptyTree, replaceFile, walkTree, writeBlob, writeTree } from '@wheelhouse/element/internal';
import type { FileDigest } from '../wheelhouse/manifest.js';
import { replaceOutputs, type Output } from './replace-outputs.js';
import { RECORD, TEST_RESULT } from '../wheelhouse/layout.js';

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

/** A directory with exactly these files and texts, as an output. @param path absolute */
export async function outputDirectory(
  blobs: BlobStore,
  path: string,
  files: readonly TreeFile[],
  texts: Readonly<Record<string, string>> = {},
): Promise<Output> {
  const tree = emptyTree();
  for (const { path: name, digest } of files) tree.files.set(name, { name, digest, isExecutable: false });
  for (const [name, text] of Object.entries(texts)) {
    tree.files.set(name, { name, digest: await writeBlob(blobs, text), isExecutable: false });
  }
  return { path, tree: await writeTree(blobs, tree) };
}

/**
 * Makes a directory contain exactly these files. One that already does is left unchanged; otherwise it is replaced
 * atomically.
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
  return await replaceOutputs(blobs, [await outputDirectory(blobs, path, files, texts)]);
}

/** The same for a whole tree. */
export async function writeOutputTree(blobs: BlobStore, path: string, wanted: Digest): Promise<boolean> {
  return await replaceOutputs(blobs, [{ path, tree: wanted }]);
}

/** The reports that a test run may leave. */
const REPORTS = ['junit.xml', 'coverage.xml'];
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
 * Puts a test run's reports and its records into a directory, and removes those of an earlier run that this one did not
 * make: what is there is of one run. Whatever else is there stays: a project at the workspace's root has the reports of
 * all others below its own.
 */
export async function writeReports(directory: string, { reports, records }: RunFiles): Promise<void> {
  const at = (name: string, text: string | undefined): Output => {
    const path = join(directory, name);
    return text === undefined ? { path, absent: true } : { path, text };
  };
  await replaceOutputs(digestOnlyBlobs(), [
    ...REPORTS.map((name) => at(name, reports.get(name))),
    ...RECORDS.map((name) => at(name, records?.[name])),
  ]);
}

/** Writes a file whole or not at all, and only when it is to change. */
export async function writeText(path: string, text: string): Promise<void> {
  if (existsSync(path) && (await readFile(path, 'utf8')) === text) return;
  replaceFile(path, text);
}
