import { join, sep } from 'node:path';
import type { Digest } from '@wheelhouse/element';
import { isEntryHash, isNamespace, type EntryName } from './entry.js';

const RECORD = '.json';

/**
 * Where things are in a data directory:
 *
 *     entries/<workspace>/<tier>/<hash>.json   records; the time of the file is when the entry was last used
 *     bodies/<first two digits>/<sha256>       bodies, each once
 *     tmp/                                     what is being written
 */
export class DiskLayout {
  readonly entries: string;
  readonly bodies: string;
  readonly temporary: string;

  /** @param directory absolute path of the data directory */
  constructor(readonly directory: string) {
    this.entries = join(directory, 'entries');
    this.bodies = join(directory, 'bodies');
    this.temporary = join(directory, 'tmp');
  }

  bodyPath({ hash }: Digest): string {
    return `${this.bodies}${sep}${hash.slice(0, 2)}${sep}${hash}`;
  }

  /** Checked once more: no caller can make the path leave the directory. */
  recordPath({ namespace, hash }: EntryName): string {
    if (!isNamespace(namespace) || !isEntryHash(hash)) throw new Error(`an entry cannot be named ${namespace}/${hash}`);
    return `${this.entries}${sep}${namespace}${sep}${hash}${RECORD}`;
  }

  /** The name of the entry in that file. @returns `undefined` if the file is no record */
  nameOf(namespace: string, file: string): EntryName | undefined {
    const hash = file.endsWith(RECORD) ? file.slice(0, -RECORD.length) : '';
    return isNamespace(namespace) && isEntryHash(hash) ? { namespace, hash } : undefined;
  }
}
