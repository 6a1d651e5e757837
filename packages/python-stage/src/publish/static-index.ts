import { constants, existsSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { digestOf, errnoOf, lockFile, throwCollected } from '@wheelhouse/element/internal';
import { parseFilename } from '@wheelhouse/python/internal';
import { projectPage, rootPage, type OfferedFile, type Page } from './index-pages.js';
import { readPublishable, type PublishableFile } from './publishable-file.js';
import { fileBytes } from '../inspection/archive.js';
import { writeText } from '../workspace/tree-files.js';
import { sha256Of } from '../wheelhouse/wheel-description.js';

/** What became of a file that was to be published. */
export type Published = 'published' | 'would be published' | 'already there';

/** The end of the name of the file with a wheel's metadata (PEP 658). */
const METADATA = '.metadata';

/**
 * A package index that is a directory: `simple/` with its pages as HTML (PEP 503) and as JSON (PEP 691), `files/` with
 * its files. Any web server can serve it, and pip accepts its `file:` URL. A concurrent reader finds every
 * file that a page names; writers wait for each other.
 */
export class StaticIndex {
  /** @param directory absolute path, which need not exist */
  constructor(
    readonly directory: string,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Adds files. Either all are added or none: a file that is there under the same name with other bytes refuses them.
   *
   * @returns what became of each, in the order of `files`
   * @throws ElementError PUBLISH for each file that is there with other bytes, and where the directory cannot be written
   */
  async add(files: readonly PublishableFile[], options: { readonly dryRun: boolean }): Promise<Published[]> {
    if (options.dryRun) {
      const present = await this.present(files);
      return present.map((isPresent) => (isPresent ? 'already there' : 'would be published'));
    }
    return await this.exclusively(async () => {
      const present = await this.present(files);
      for (const [index, file] of files.entries()) if (present[index] === false) await this.store(file);
      for (const name of new Set(files.map((file) => file.name))) await this.writeProject(name, 'known');
      await this.writeRoot();
      return present.map((isPresent) => (isPresent ? 'already there' : 'published'));
    });
  }

  /** Writes all pages anew from the files that are there. @returns how many projects and files there are */
  async rebuild(): Promise<{ readonly projects: number; readonly files: number }> {
    return await this.exclusively(async () => {
      const names = await this.projects();
      let files = 0;
      for (const name of names) files += await this.writeProject(name, 'read again');
      for (const name of await directories(join(this.directory, 'simple'))) {
        if (!names.includes(name)) await rm(join(this.directory, 'simple', name), { recursive: true });
      }
      await this.writeRoot();
      return { projects: names.length, files };
    });
  }

  /** Which of the files already exist. */
  private async present(files: readonly PublishableFile[]): Promise<boolean[]> {
    const errors: ElementError[] = [];
    const present: boolean[] = [];
    for (const { filename, name, sha256 } of files) {
      const path = join(this.directory, 'files', name, filename);
      const found = existsSync(path) ? await sha256Of(fileBytes(path)) : undefined;
      present.push(found !== undefined);
      if (found !== undefined && found !== sha256) errors.push(otherContent(filename, { found, sha256 }));
    }
    throwCollected(errors);
    return present;
  }

  private async store(file: PublishableFile): Promise<void> {
    const directory = join(this.directory, 'files', file.name);
    await mkdir(directory, { recursive: true });
    // Before the file: a client that sees the file finds its metadata.
    if (file.metadata !== undefined) await writeText(join(directory, file.filename + METADATA), file.metadata);
    const fresh = join(directory, `.${randomUUID()}`);
    try {
      await copyFile(file.path, fresh, constants.COPYFILE_EXCL);
      const copied = await sha256Of(fileBytes(fresh));
      if (copied !== file.sha256) throw otherContent(file.filename, { found: copied, sha256: file.sha256 });
      // Fails if a writer without the lock was faster: nothing is ever overwritten.
      await link(fresh, join(directory, file.filename));
    } finally {
      await rm(fresh, { force: true });
    }
  }

  /** @param how whether what the page says already of files is taken for true @returns how many files there are */
  private async writeProject(name: string, how: 'known' | 'read again'): Promise<number> {
    const directory = join(this.directory, 'files', name);
    const page = join(this.directory, 'simple', name);
    const known = how === 'known' ? await knownFiles(join(page, 'index.json')) : new Map<string, OfferedFile>();
    const names = (await readdir(directory)).filter((each) => parseFilename(each) !== undefined).sort();
    const files: OfferedFile[] = [];
    for (const filename of names) {
      const path = join(directory, filename);
      const file = known.get(filename);
      if (file !== undefined) {
        files.push(file);
        continue;
      }
      const read = await readPublishable(filename, path);
      if (read.metadata !== undefined) await writeText(path + METADATA, read.metadata);
      files.push(offered(read));
    }
    await writePage(page, projectPage(name, files, `../../files/${name}/`));
    return files.length;
  }

  private async writeRoot(): Promise<void> {
    await writePage(join(this.directory, 'simple'), rootPage(await this.projects()));
  }

  private async projects(): Promise<string[]> {
    return await directories(join(this.directory, 'files'));
  }

  private async exclusively<T>(work: () => Promise<T>): Promise<T> {
    try {
      await mkdir(this.directory, { recursive: true });
      const lock = await lockFile(join(this.directory, '.lock'), { signal: this.signal });
      try {
        return await work();
      } finally {
        await lock?.release();
      }
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      throw new ElementError({
        code: 'PUBLISH',
        message: `the index \`${this.directory}\` cannot be written: ${(error as Error).message}`,
        cause: error,
      });
    }
  }
}

/** An error for a file that an index has with other bytes. Digests in hexadecimal. */
export function otherContent(
  filename: string,
  { found, sha256 }: { readonly found: string; readonly sha256: string },
): ElementError {
  return new ElementError({
    code: 'PUBLISH',
    message: `\`${filename}\` is already published with different content: \`sha256:${found}\`, not \`sha256:${sha256}\``,
    hint: 'published files are never overwritten: change the version of the project',
  });
}

function offered({ filename, version, sha256, sizeBytes, requiresPython, metadata }: PublishableFile): OfferedFile {
  return {
    filename,
    version,
    sha256,
    sizeBytes,
    ...(requiresPython === undefined ? {} : { requiresPython }),
    ...(metadata === undefined ? {} : { metadataSha256: digestOf(metadata).hash }),
  };
}

/** A page as {@link projectPage} writes it. */
interface WrittenPage {
  readonly files: readonly {
    readonly filename: string;
    readonly hashes: { readonly sha256: string };
    readonly size: number;
    readonly 'requires-python'?: string;
    readonly 'core-metadata'?: { readonly sha256: string };
  }[];
}

/** What a page says of files. */
async function knownFiles(path: string): Promise<Map<string, OfferedFile>> {
  if (!existsSync(path)) return new Map();
  const { files } = JSON.parse(await readFile(path, 'utf8')) as WrittenPage;
  return new Map(
    files.map((file) => [
      file.filename,
      {
        filename: file.filename,
        version: parseFilename(file.filename)?.version ?? '',
        sha256: file.hashes.sha256,
        sizeBytes: file.size,
        ...(file['requires-python'] === undefined ? {} : { requiresPython: file['requires-python'] }),
        ...(file['core-metadata'] === undefined ? {} : { metadataSha256: file['core-metadata'].sha256 }),
      },
    ]),
  );
}

async function writePage(directory: string, { html, json }: Page): Promise<void> {
  await writeText(join(directory, 'index.html'), html);
  await writeText(join(directory, 'index.json'), json);
}

async function directories(path: string): Promise<string[]> {
  if (!existsSync(path) || !(await stat(path)).isDirectory()) return [];
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}
