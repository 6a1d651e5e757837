import { createHash } from 'node:crypto';
import type { Tier } from '../tiers/tier.js';

/** What a verified token says. */
export type Claims = Readonly<Record<string, unknown>>;

/** What a rule grants; a pull request's number is taken out of a claim. */
export type Grant =
  | { readonly kind: 'trusted' | 'read' | 'admin' }
  /** The claim is digits, or a path that has them in it, such as `refs/pull/12/merge`. */
  | { readonly kind: 'pull-request'; readonly number: string }
  /** Where no claim has a number: made of the text of a claim, the same for the same text. */
  | { readonly kind: 'pull-request'; readonly hash: string };

/** Whom a tier is given to. */
export interface ClaimRule {
  /** By the names of claims, patterns of which one must match; all claims must. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  readonly grant: Grant;
}

/** The tier of a client with these claims, by the first rule that matches. @returns `undefined` if none does */
export function tierOf(claims: Claims, rules: readonly ClaimRule[]): Tier | undefined {
  const rule = rules.find((each) => matches(claims, each));
  return rule === undefined ? undefined : tierBy(rule.grant, claims);
}

/**
 * Whether a claim's text matches: as it stands, but that `*` is any text without a slash, and `**` any text at all.
 * Letters of the other case are other letters.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, 'su').test(text);
}

function matches(claims: Claims, { claims: wanted }: ClaimRule): boolean {
  return Object.entries(wanted).every(([name, patterns]) => {
    const text = textOf(claims, name);
    return text !== undefined && patterns.some((pattern) => matchesPattern(text, pattern));
  });
}

/** A claim as text. Lists and objects are none: what one of several things is, is not what all of them are. */
function textOf(claims: Claims, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

function tierBy(grant: Grant, claims: Claims): Tier | undefined {
  if (grant.kind !== 'pull-request') return { kind: grant.kind };
  const text = textOf(claims, 'number' in grant ? grant.number : grant.hash);
  if (text === undefined) return undefined;
  if ('hash' in grant) {
    // 48 bits: as many digits as the number of a pull request may have.
    const number = createHash('sha256').update(text).digest().readUIntBE(0, 6);
    return { kind: 'pull-request', number: number + 1 };
  }
  const [, digits] = /^(?:refs\/[a-z-]+\/)?([1-9]\d{0,14})(?:\/[a-z]+)?$/.exec(text) ?? [];
  return digits === undefined ? undefined : { kind: 'pull-request', number: Number(digits) };
}
