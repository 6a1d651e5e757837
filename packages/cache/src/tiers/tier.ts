/**
 * How far a client is trusted; see docs/adr/0050-tiers-of-trust.md.
 *
 * `trusted`: a build of a protected branch. `pull-request`: a build of code that has not been accepted yet. `read`: a
 * user of what trusted builds wrote. `admin`: an administrator; reads as `read` does, and the figures.
 */
export type Tier =
  | { readonly kind: 'trusted' }
  | { readonly kind: 'pull-request'; readonly number: number }
  | { readonly kind: 'read' }
  | { readonly kind: 'admin' };

/** The written forms, for messages. */
export const TIER_FORMS = '`trusted`, `pr:<number>`, `read` or `admin`';

/** The written form: `trusted`, `pr:12`, `read`, `admin`. */
export function formatTier(tier: Tier): string {
  return tier.kind === 'pull-request' ? `pr:${tier.number}` : tier.kind;
}

/** Reads the written form. @returns `undefined` if `text` is none */
export function parseTier(text: string): Tier | undefined {
  switch (text) {
    case 'trusted':
    case 'read':
    case 'admin':
      return { kind: text };
    default: {
      const [, digits] = /^pr:([1-9]\d{0,14})$/.exec(text) ?? [];
      return digits === undefined ? undefined : { kind: 'pull-request', number: Number(digits) };
    }
  }
}
