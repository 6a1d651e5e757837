import type { Share } from '../store/keeping.js';
import type { Principal } from './principal.js';

/** The namespaces that a client may use. */
export interface Access {
  /** In the order in which they are looked into. */
  readonly reads: readonly string[];
  /** The one that is written to; no principal writes to two. */
  readonly writes: string | undefined;
}

/**
 * What a principal reads and writes: the whole of the rule that keeps what a pull request wrote from trusted builds.
 * Namespaces of pull requests are read only by the pull request itself, and it cannot read those of any other. See
 * docs/adr/0050-tiers-of-trust.md.
 */
export function accessOf({ tier, workspace }: Principal): Access {
  const trusted = `${workspace}/trusted`;
  switch (tier.kind) {
    case 'trusted':
      return { reads: [trusted], writes: trusted };
    case 'pull-request': {
      const own = `${workspace}/pr-${tier.number}`;
      return { reads: [trusted, own], writes: own };
    }
    case 'read':
    case 'admin':
      return { reads: [trusted], writes: undefined };
  }
}

/** The bound on what all pull requests together may hold, so that they cannot drive out what is trusted. */
export function pullRequestShare(bytes: number): Share {
  return { covers: isPullRequest, bytes };
}

/** Whether a namespace is that of a pull request. */
export function isPullRequest(namespace: string): boolean {
  return /\/pr-\d+$/.test(namespace);
}
