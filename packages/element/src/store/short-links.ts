import { readlinkSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { errnoOf } from '../base/errno.js';
import { makeDirectory } from '../base/make-directory.js';

/** The first to be tried: one in a million is taken by another. */
const SHORTEST = 5;

/**
 * Short symbolic links to directories that are named by hashes: the start of the hash, longer where another's is the same.
 * A link that was made stays, as does what it leads to in meaning: a hash.
 */
export class ShortLinks {
  private readonly known = new Map<string, string>();

  /**
   * @param directory absolute path of the links; made when first needed
   * @param targets absolute path of the directory that they lead into
   */
  constructor(
    readonly directory: string,
    private readonly targets: string,
  ) {}

  /** The absolute path of the link to `<targets>/<hash>`. */
  to(hash: string): string {
    const known = this.known.get(hash) ?? this.make(hash);
    this.known.set(hash, known);
    return known;
  }

  private make(hash: string): string {
    makeDirectory(this.directory);
    const target = join(relative(this.directory, this.targets), hash);
    for (let length = SHORTEST; length <= hash.length; length++) {
      const link = join(this.directory, hash.slice(0, length));
      if (linkTo(target, link)) return link;
    }
    throw new Error(`\`${this.directory}\` has no name left for ${hash}`);
  }
}

/** @returns whether `link` leads to `target` now */
function linkTo(target: string, link: string): boolean {
  try {
    symlinkSync(target, link);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    return readlinkSync(link) === target;
  }
}
