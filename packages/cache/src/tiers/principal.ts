import type { Tier } from './tier.js';

/** The client, once a token or a claim has identified it. */
export interface Principal {
  /** The name of the token, or the subject of an OIDC token; what an entry's record calls its writer. */
  readonly name: string;
  readonly tier: Tier;
  /** The workspace whose entries are meant; see {@link isWorkspaceName}. */
  readonly workspace: string;
  /** The commit that is built, where an OIDC token vouches for it: 40 or 64 hexadecimal digits. */
  readonly commit?: string;
}

/** The workspace of clients that do not name one. */
export const DEFAULT_WORKSPACE = 'default';

/** Whether `text` can name a workspace: up to 40 lowercase letters, digits and hyphens, no hyphen first. */
export function isWorkspaceName(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,39}$/.test(text);
}
