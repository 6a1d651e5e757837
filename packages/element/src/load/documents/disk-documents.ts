import { lstatSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { normalPath, type Documents, type FileKind } from './documents.js';
import type { ParsedDocuments } from './parsed-documents.js';
import { parseYaml } from './yaml.js';
import { ElementError } from '../../base/error.js';
import { nameInProject } from '../../base/origin.js';
import type { MappingNode } from '../node.js';
import { systemError } from '../../base/system-error.js';
import { readTextFile } from '../../base/text-file.js';

/** How the project in a directory is reached. */
export interface DiskDocumentsOptions {
  /** See {@link Documents.junction}. */
  readonly junction?: string;
  /** Knows what texts parse to. Default: all are parsed. */
  readonly parsed?: Pick<ParsedDocuments, 'parse'>;
}

/** The documents in a directory of this machine. @param directory an absolute path */
export function diskDocuments(directory: string, options: DiskDocumentsOptions = {}): Documents {
  return new DiskDocuments(directory, options);
}

/**
 * Element files are small and many: reading one synchronously costs less than the round trips through the thread pool
 * that an asynchronous read takes. The answer is a promise all the same.
 */
class DiskDocuments implements Documents {
  readonly junction: string | undefined;
  private readonly parse: ParsedDocuments['parse'];

  constructor(
    private readonly directory: string,
    { junction, parsed }: DiskDocumentsOptions,
  ) {
    this.junction = junction;
    this.parse = parsed === undefined ? parseYaml : parsed.parse.bind(parsed);
  }

  read(path: string, label: string = path): Promise<MappingNode | undefined> {
    return settled(() => {
      const text = this.text(path, nameInProject(label, this.junction));
      return text === undefined ? undefined : this.parse(text, label, this.junction);
    });
  }

  kind(path: string): Promise<FileKind | undefined> {
    return settled(() => {
      const absolute = join(this.directory, normalPath(path));
      const stats = attempt(absolute, () => lstatSync(absolute, { throwIfNoEntry: false }));
      if (stats === undefined) return undefined;
      if (stats.isFile()) return 'file';
      if (stats.isDirectory()) return 'directory';
      return stats.isSymbolicLink() ? 'symlink' : 'other';
    });
  }

  list(directory: string): Promise<readonly string[]> {
    return settled(() => {
      const root = join(this.directory, normalPath(directory));
      return attempt(root, () => readdirSync(root, { recursive: true, withFileTypes: true }))
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(this.directory, join(entry.parentPath, entry.name)))
        .sort();
    });
  }

  private text(path: string, shown: string): string | undefined {
    const absolute = join(this.directory, normalPath(path));
    try {
      return readTextFile(absolute, shown);
    } catch (error) {
      // The place that was meant helps more than the name.
      if (!(error instanceof ElementError) || error.code !== 'LOADING_DIRECTORY') throw error;
      throw new ElementError({ code: error.code, message: `${absolute} is a directory`, cause: error });
    }
  }
}

function attempt<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw systemError(error, path) ?? error;
  }
}

function settled<T>(look: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(look());
  });
}
