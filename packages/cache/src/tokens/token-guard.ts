import { statSync, type BigIntStats } from 'node:fs';
import type { Principal } from '../tiers/principal.js';
import { isToken, tokenId } from './token.js';
import type { TokenEntry } from './token-entry.js';
import { readTokens } from './token-file.js';

/** Files this young may change again without their times telling: the clock of file systems ticks every 4 to 10 ms. */
const UNSETTLED_MS = 100;

/** How long what was seen of the file is good: under load many requests come within a millisecond. */
const LOOK_AGAIN_MS = 10;

/** A digest that no token has, compared with if there is nothing to compare with. */
const NOBODY = '0'.repeat(64);

/**
 * Identifies clients by the token file. The file is checked a hundred times a second at most and read again when it has
 * changed, so that a revoked token is refused at once. While it cannot be read, all clients are refused: the change may
 * be a revocation.
 */
export class TokenGuard {
  private entries: ReadonlyMap<string, TokenEntry> = new Map();
  private version = '';
  private looked = -Infinity;

  /** @param now the time in milliseconds since 1970, as `Date.now` */
  constructor(
    readonly path: string,
    private readonly now: () => number,
  ) {}

  /**
   * @param text what follows `Bearer`
   * @returns `undefined` if the token is unknown, revoked or expired
   * @throws ElementError, ElementErrors CACHE_TOKENS, INVALID_DATA, INVALID_YAML while the file cannot be used
   */
  identify(text: string): Principal | undefined {
    this.refresh();
    const id = tokenId(text);
    const entry = id === undefined ? undefined : this.entries.get(id);
    const known = isToken(text, entry?.sha256 ?? NOBODY);
    if (!known || entry === undefined || entry.revoked !== undefined) return undefined;
    if (entry.expires !== undefined && entry.expires.getTime() <= this.now()) return undefined;
    return { name: entry.name, tier: entry.tier, workspace: entry.workspace };
  }

  /** Reads the file where it has changed. @throws as {@link identify} */
  refresh(): void {
    const now = performance.now();
    if (this.version !== '' && now - this.looked < LOOK_AGAIN_MS) return;
    this.looked = now;
    const stats = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    const version = stats === undefined ? '' : versionOf(stats);
    if (version !== '' && version === this.version) return;
    this.version = '';
    this.entries = new Map();
    this.entries = new Map(readTokens(this.path).map((entry) => [entry.id, entry]));
    const age = this.now() - Number((stats?.mtimeMs ?? 0n).toString());
    this.version = age < UNSETTLED_MS ? '' : version;
  }
}

function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
