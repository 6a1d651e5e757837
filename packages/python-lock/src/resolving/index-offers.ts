import { ElementError } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import {
  askHashes,
  askOffers,
  type FetchContext,
  type IndexOffer,
  commonIndexes,
  pinOf,
  type PinnedIndex,
  withoutCredentials,
} from '@wheelhouse/python/fetch';
import { sdistKey, type LockEntry } from '@wheelhouse/python/lockfile';

/** What the indexes of one lock run offer: the reason why an answer of uv's may be locked, or may not. */
export class IndexOffers {
  private readonly offers = new Map<string, readonly IndexOffer[]>();

  constructor(private readonly fetch: FetchContext) {}

  /** What a distribution is pinned to. @param name normalised */
  pinOf(name: string): PinnedIndex | undefined {
    return pinOf(name, this.fetch.settings);
  }

  /**
   * Entries as they may be locked: one that is pinned to an index with the files of that index alone.
   *
   * @param vendored hashes of files that no index is queried for
   * @throws ElementError DEPENDENCY_CONFUSION for a name under which two indexes have different files, and for one that
   * is pinned to an index which does not have the version; all of them together. FETCH for an index that says neither
   * what it has nor that it has nothing: uv would have passed it over
   */
  async admit(answer: readonly LockEntry[], vendored: ReadonlySet<string>): Promise<readonly LockEntry[]> {
    const entries = await this.hashed(answer);
    const { settings } = this.fetch;
    // With a single index, nothing can come from another one.
    const places = commonIndexes(settings).length + settings.findLinks.length + (settings.pinned ?? []).length;
    if (places < 2) return entries;
    const isVendored = ({ hashes }: LockEntry): boolean => hashes.every((hash) => vendored.has(hash));
    const indexed = entries.filter((entry) => !isVendored(entry));
    await this.ask(indexed.map(({ normalizedName }) => normalizedName));
    await this.hashUntold(indexed);
    const errors: ElementError[] = [];
    const admitted = entries.map((entry) => {
      if (isVendored(entry)) return entry;
      const pin = this.pinOf(entry.normalizedName);
      const offers = this.offers.get(entry.normalizedName) ?? [];
      if (pin !== undefined && !settings.noIndex) {
        const hashes = entry.hashes.filter((hash) => offers.some((offer) => hasHash(offer, hash)));
        if (hashes.length === 0) errors.push(elsewhere(entry, pin));
        return { ...entry, hashes };
      }
      const others = offers.slice(1).find((offer) => offers[0] !== undefined && !isSame(offers[0], offer));
      if (offers[0] !== undefined && others !== undefined) errors.push(confused(entry, offers[0], others));
      return entry;
    });
    throwCollected([...new Map(errors.map((error) => [error.message, error])).values()]);
    return admitted;
  }

  /**
   * Asks every index for names, each of the indexes that it is looked up on.
   *
   * @param names normalised
   * @throws ElementError FETCH for an index, or a page of find-links, that says neither what it has nor that it has nothing
   */
  async ask(names: readonly string[]): Promise<void> {
    const unknown = [...new Set(names)].filter((name) => !this.offers.has(name));
    const answers = await askOffers(unknown, this.fetch);
    for (const [index, name] of unknown.entries()) this.offers.set(name, answers[index] ?? []);
  }

  /** Completes what the index of a pinned entry offers by the hashes of files of which it tells none. */
  private async hashUntold(entries: readonly LockEntry[]): Promise<void> {
    const untold = entries.filter(({ normalizedName, hashes }) => {
      const offers = this.offers.get(normalizedName) ?? [];
      const isTold = hashes.some((hash) => offers.some((offer) => hasHash(offer, hash)));
      return this.pinOf(normalizedName) !== undefined && offers.length > 0 && !isTold;
    });
    const found = await this.hashesOf(untold);
    for (const [index, { normalizedName }] of untold.entries()) {
      const computed = Object.fromEntries((found[index] ?? []).map((hash) => [hash, hash]));
      const offers = this.offers.get(normalizedName) ?? [];
      this.offers.set(
        normalizedName,
        offers.map((offer) => ({ ...offer, files: { ...offer.files, ...computed } })),
      );
    }
  }

  private async hashesOf(entries: readonly LockEntry[]): Promise<(readonly string[])[]> {
    return await askHashes(
      entries.map(({ normalizedName, version }) => ({ name: normalizedName, version })),
      this.fetch,
    );
  }

  /**
   * uv does not say the hashes of what it finds on a page of find-links, and none but those that a page tells: a page
   * with MD5 alone, or without any hash, has none that locks.
   */
  private async hashed(entries: readonly LockEntry[]): Promise<readonly LockEntry[]> {
    const bare = entries.filter(({ hashes }) => hashes.length === 0);
    const found = await this.hashesOf(bare);
    return entries.map((entry) => {
      const hashes = found[bare.indexOf(entry)];
      if (hashes === undefined) return entry;
      if (hashes.length > 0) return { ...entry, hashes: hashes.map((hash) => `sha256:${hash}`).sort() };
      throw new ElementError({
        code: 'FETCH',
        message: `\`${sdistKey(entry)}\` no longer has a file whose hash could be locked`,
        hint: 'run the target `lock` again',
      });
    });
  }
}

function hasHash({ files }: IndexOffer, hash: string): boolean {
  return Object.values(files).some((sha256) => `sha256:${sha256 ?? ''}` === hash);
}

/** An index is a mirror of another where they have files in common, and these are the same to the byte. */
function isSame(a: IndexOffer, b: IndexOffer): boolean {
  const common = Object.keys(a.files).filter((file) => Object.hasOwn(b.files, file));
  return common.length > 0 && common.every((file) => a.files[file] !== null && a.files[file] === b.files[file]);
}

function confused(entry: LockEntry, a: IndexOffer, b: IndexOffer): ElementError {
  const { normalizedName } = entry;
  const url = withoutCredentials(a.index);
  return new ElementError({
    code: 'DEPENDENCY_CONFUSION',
    message: `\`${normalizedName}\` is not the same on \`${url}\` and \`${withoutCredentials(b.index)}\`: their files differ`,
    hint: `pin it to the right index with the option \`"indexes": {"<name>": {"url": "${url}", "packages": ["${normalizedName}"]}}\``,
  });
}

function elsewhere(entry: LockEntry, { name, url }: PinnedIndex): ElementError {
  return new ElementError({
    code: 'DEPENDENCY_CONFUSION',
    message: `\`${sdistKey(entry)}\` is not on the index \`${name}\` (\`${withoutCredentials(url)}\`), to which \`${entry.normalizedName}\` is pinned`,
    hint: 'other indexes and find-links are not used for this name: publish the version there, or change the option `indexes`',
  });
}
