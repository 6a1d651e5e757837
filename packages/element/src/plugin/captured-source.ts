import { ElementError } from '../base/error.js';
import { formatDigest, sameDigest, type Digest } from '../cas/digest.js';
import { directoriesInMemory } from '../cas/digest-only-blobs.js';
import type { Json } from '../base/json.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { StatMemo } from '../cas/stat-memo.js';
import { Source, type Consistency } from './source.js';
import type { SourceFacts } from './source-facts.js';
import { treeDifference, type LocatedTree } from '../cas/tree-difference.js';

/** So many changed files are named in an error. */
const NAMED_CHANGES = 5;

/**
 * A source that is files of this machine and is known by their content. What `fetch` keeps is what the key was made of:
 * files that were changed in between are an error, so nothing is built from them and nothing is recorded. For the key,
 * files that are known by their stat are not read (docs/adr/0100); what is fetched is always read.
 */
export abstract class CapturedSource extends Source {
  private seen: LocatedTree | undefined;

  /** The tree of the files: `sha256:<hex>/<bytes>`. Known once consistency was asked for. */
  get treeDigest(): string {
    return formatDigest(this.tree);
  }

  override getUniqueKey(): Json {
    return this.treeDigest;
  }

  override describe(): SourceFacts {
    return { label: this.label, tree: this.tree };
  }

  /** The tree of the files, and where its directories can be read before it is fetched. */
  get located(): LocatedTree {
    return this.captured();
  }

  override async consistency(): Promise<Consistency> {
    if (this.seen === undefined) {
      const blobs = directoriesInMemory();
      this.seen = { blobs, tree: await this.capture(blobs, this.services.fileDigests) };
    }
    return 'cached';
  }

  /** @throws ElementError SOURCE if the files are not those that {@link consistency} saw */
  override async fetch(to: BlobStore): Promise<Digest> {
    const seen = this.captured();
    let tree: Digest;
    try {
      tree = await this.capture(to);
    } catch (error) {
      // They could be read before.
      if (error instanceof ElementError && error.code === 'SOURCE') throw this.changed(error.reason, error);
      throw error;
    }
    if (sameDigest(tree, seen.tree)) return tree;
    const changes = await treeDifference(seen, { blobs: to, tree });
    const named = changes.slice(0, NAMED_CHANGES).map(({ path, change }) => `\`${path}\` (${change})`);
    const more = changes.length - named.length;
    throw this.changed([...named, ...(more > 0 ? [`${more} more`] : [])].join(', '));
  }

  /** The digest that {@link treeDigest} prints. */
  protected get tree(): Digest {
    return this.captured().tree;
  }

  /** What errors call the files: a path as it was written. */
  protected abstract get label(): string;

  /**
   * Keeps the files as they are now.
   *
   * @param memo for {@link captureTree}: present where the content of files is not kept
   * @returns the digest of their tree @throws ElementError SOURCE
   */
  protected abstract capture(blobs: BlobStore, memo?: StatMemo): Promise<Digest>;

  private captured(): LocatedTree {
    if (this.seen === undefined) throw new Error(`${this.name}: its key was requested before its files were read`);
    return this.seen;
  }

  private changed(what: string, cause?: unknown): ElementError {
    // A file system may have kept the stat of a file that was changed: the next build reads everything.
    this.services.fileDigests?.forget();
    return new ElementError({
      code: 'SOURCE',
      message: `\`${this.label}\` was changed during the build: ${what}`,
      origin: this.origin,
      hint: 'nothing was recorded; build again',
      cause,
    });
  }
}
