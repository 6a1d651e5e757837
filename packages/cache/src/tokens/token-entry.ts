import { ElementError, type MappingNode, type ScalarNode } from '@wheelhouse/element';
import { ErrorCollector } from '@wheelhouse/element/internal';
import { DEFAULT_WORKSPACE, isWorkspaceName } from '../tiers/principal.js';
import { formatTier, parseTier, TIER_FORMS, type Tier } from '../tiers/tier.js';

/** What the file of tokens says of one. */
export interface TokenEntry {
  /** Unique among the tokens that are not revoked; see {@link isTokenName}. */
  readonly name: string;
  readonly tier: Tier;
  readonly workspace: string;
  /** 16 hexadecimal digits, unique in the file. */
  readonly id: string;
  /** The SHA-256 of the token's text, in hexadecimal. */
  readonly sha256: string;
  readonly created: Date;
  /** From when on it is refused. */
  readonly expires?: Date;
  /** When it was revoked. The entry stays, for what it wrote is still on record under its name. */
  readonly revoked?: Date;
}

const KEYS = ['name', 'tier', 'workspace', 'id', 'sha256', 'created', 'expires', 'revoked'];

/** Whether `text` can name a token: up to 100 letters, digits and `.`, `_`, `@`, `/`, `-`, a letter or digit first. */
export function isTokenName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._@/-]{0,99}$/.test(text);
}

/** The entry's lines in the file. Every value is of characters that YAML takes plainly. */
export function entryText(entry: TokenEntry): string {
  const lines = [
    `- name: ${entry.name}`,
    `  tier: ${formatTier(entry.tier)}`,
    `  workspace: ${entry.workspace}`,
    `  id: ${entry.id}`,
    `  sha256: ${entry.sha256}`,
    `  created: ${entry.created.toISOString()}`,
    ...(entry.expires === undefined ? [] : [`  expires: ${entry.expires.toISOString()}`]),
    ...(entry.revoked === undefined ? [] : [`  revoked: ${entry.revoked.toISOString()}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Reads one entry. @throws ElementError, ElementErrors CACHE_TOKENS, INVALID_DATA: all that is wrong with it */
export function readEntry(node: MappingNode): TokenEntry {
  const errors = new ErrorCollector();
  errors.attempt(() => {
    node.validateKeys(KEYS);
  });
  const read = <T>(key: string, parse: (text: string) => T | undefined, expected: string): T | undefined =>
    errors.attempt(() => parseAs(node.required(key, node.scalar(key)), key, parse, expected));
  const optional = <T>(key: string, parse: (text: string) => T | undefined, expected: string): T | undefined =>
    node.has(key) ? read(key, parse, expected) : undefined;

  const name = read('name', when(isTokenName), 'a name of letters, digits and `._@/-`');
  const tier = read('tier', parseTier, TIER_FORMS);
  const workspace = optional('workspace', when(isWorkspaceName), 'a name of lowercase letters, digits and hyphens');
  const id = read('id', matching(/^[0-9a-f]{16}$/), '16 hexadecimal digits');
  const sha256 = read('sha256', matching(/^[0-9a-f]{64}$/), '64 hexadecimal digits');
  const created = read('created', parseTime, TIME_FORM);
  const expires = optional('expires', parseTime, TIME_FORM);
  const revoked = optional('revoked', parseTime, TIME_FORM);
  errors.throwIfAny();
  if (name === undefined || tier === undefined || id === undefined || sha256 === undefined || created === undefined) {
    throw new Error('a token entry without its required parts was not refused');
  }
  return {
    name,
    tier,
    workspace: workspace ?? DEFAULT_WORKSPACE,
    id,
    sha256,
    created,
    ...(expires === undefined ? {} : { expires }),
    ...(revoked === undefined ? {} : { revoked }),
  };
}

const TIME_FORM = 'a time such as `2026-01-31T12:00:00.000Z`';

function parseAs<T>(node: ScalarNode, key: string, parse: (text: string) => T | undefined, expected: string): T {
  const value = parse(node.asString());
  if (value !== undefined) return value;
  throw new ElementError({
    code: 'CACHE_TOKENS',
    message: `\`${key}\` is \`${node.asString()}\``,
    origin: node.origin,
    hint: `it must be ${expected}`,
  });
}

function when(test: (text: string) => boolean): (text: string) => string | undefined {
  return (text) => (test(text) ? text : undefined);
}

function matching(pattern: RegExp): (text: string) => string | undefined {
  return when((text) => pattern.test(text));
}

function parseTime(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(text)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
