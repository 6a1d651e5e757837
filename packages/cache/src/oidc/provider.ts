import { ElementError, ScalarNode, SequenceNode, type MappingNode, type Node } from '@wheelhouse/element';
import { ErrorCollector } from '@wheelhouse/element/internal';
import { DEFAULT_WORKSPACE, isWorkspaceName } from '../tiers/principal.js';
import type { ClaimRule, Grant } from './claim-rule.js';
import { isTrustworthy } from './document.js';
import { dangerOf, PLATFORMS, type Platform } from './platform.js';

/** An issuer of tokens, and what its tokens are worth. Several may be of one issuer; the first that has a rule counts. */
export interface OidcProvider {
  readonly issuer: string;
  /** What tokens must have been made for: one of these. */
  readonly audience: readonly string[];
  readonly workspace: string;
  /** Milliseconds after its creation from which a token is refused, even if it is valid for longer. */
  readonly maxTokenAgeMs: number;
  /** The first that matches counts. */
  readonly rules: readonly ClaimRule[];
}

const KEYS = ['preset', 'issuer', 'audience', 'workspace', 'max-token-age', 'branches', 'rules'];
const RULE_KEYS = ['claims', 'tier', 'number', 'hash'];
const MAX_TOKEN_AGE_MS = 24 * 60 * 60_000;

/** Reads durations such as `1h`, as in settings. */
type ParseSpan = (text: string) => number | undefined;

/**
 * Reads the list `oidc` of a file of settings, and finds all that is wrong with it.
 *
 * @throws ElementError, ElementErrors CACHE_SETTINGS, INVALID_DATA
 */
export function readProviders(file: MappingNode, parseSpan: ParseSpan): readonly OidcProvider[] {
  const errors = new ErrorCollector();
  const providers: OidcProvider[] = [];
  const nodes = errors.attempt(() => file.sequence('oidc')?.mappings()) ?? [];
  for (const node of nodes) {
    const provider = errors.attempt(() => readProvider(node, parseSpan));
    if (provider !== undefined) providers.push(provider);
  }
  errors.throwIfAny();
  return providers;
}

function readProvider(node: MappingNode, parseSpan: ParseSpan): OidcProvider {
  const errors = new ErrorCollector();
  const preset = errors.attempt(() => node.scalar('preset'));
  const named = preset === undefined ? undefined : PLATFORMS[preset.asString()];
  if (preset !== undefined && named === undefined) {
    errors.add(
      badValue(
        preset,
        'preset',
        Object.keys(PLATFORMS)
          .map((name) => `\`${name}\``)
          .join(' or '),
      ),
    );
  }
  errors.attempt(() => {
    node.validateKeys([...KEYS, ...(named === undefined ? [] : [named.project.setting])]);
  });
  const issuer = errors.attempt(() => readIssuer(node, named));
  const audience = errors.attempt(() => textsOf(node.required('audience', node.get('audience')), 'audience')) ?? [];
  const workspace = errors.attempt(() => node.scalar('workspace'));
  if (workspace !== undefined && !isWorkspaceName(workspace.asString())) {
    errors.add(badValue(workspace, 'workspace', 'a name of lowercase letters, digits and hyphens'));
  }
  const age = errors.attempt(() => node.scalar('max-token-age'));
  const maxTokenAgeMs = age === undefined ? MAX_TOKEN_AGE_MS : parseSpan(age.asString());
  if (age !== undefined && maxTokenAgeMs === undefined) {
    errors.add(badValue(age, 'max-token-age', 'a duration such as `10m` or `1d`'));
  }
  const platform = named ?? Object.values(PLATFORMS).find((each) => each.issuer === issuer);
  const written = errors.attempt(() => readRules(node, platform)) ?? [];
  const ofPreset = named === undefined ? [] : (errors.attempt(() => presetRules(node, named)) ?? []);
  const rules = [...written, ...ofPreset];
  errors.throwIfAny();
  if (rules.length === 0) throw bad(node, 'no rule gives a token its tier', 'add `rules`, or set a `preset`');
  return {
    issuer: issuer ?? '',
    audience,
    workspace: workspace?.asString() ?? DEFAULT_WORKSPACE,
    maxTokenAgeMs: maxTokenAgeMs ?? MAX_TOKEN_AGE_MS,
    rules,
  };
}

function readIssuer(node: MappingNode, platform: Platform | undefined): string {
  const written = node.scalar('issuer');
  if (written === undefined && platform !== undefined) return platform.issuer;
  const issuer = node.required('issuer', written);
  if (isTrustworthy(issuer.asString())) return issuer.asString();
  throw badValue(issuer, 'issuer', 'an HTTPS URL, as tokens have it in `iss`');
}

/** The rules of a preset: none if it names no project, so that all are those that are written out. */
function presetRules(node: MappingNode, platform: Platform): readonly ClaimRule[] {
  const { project } = platform;
  const named = node.scalar(project.setting);
  const branches = node.get('branches');
  if (named === undefined) {
    if (branches === undefined && node.has('rules')) return [];
    throw bad(
      node,
      `\`${project.setting}\` is not set`,
      `set it to the project whose builds the rules are for, as in the claim \`${project.claim}\``,
    );
  }
  if (!/^[\w.-]+(\/[\w.-]+)+$/.test(named.asString())) {
    throw badValue(named, project.setting, 'the full path of one project, such as `org/repo`');
  }
  return platform.rules(named.asString(), branches === undefined ? ['main'] : textsOf(branches, 'branches'));
}

function readRules(node: MappingNode, platform: Platform | undefined): readonly ClaimRule[] {
  const errors = new ErrorCollector();
  const rules: ClaimRule[] = [];
  for (const each of node.sequence('rules')?.mappings() ?? []) {
    const rule = errors.attempt(() => readRule(each));
    const danger = rule === undefined ? undefined : dangerOf(rule, platform);
    if (danger !== undefined) {
      errors.add(bad(each, danger, 'nothing else distinguishes tokens of pull request builds from these'));
    }
    if (rule !== undefined) rules.push(rule);
  }
  errors.throwIfAny();
  return rules;
}

function readRule(node: MappingNode): ClaimRule {
  node.validateKeys(RULE_KEYS);
  const wanted = node.required('claims', node.mapping('claims'));
  const names = wanted.keys();
  if (names.length === 0) throw bad(wanted, '`claims` is empty', 'a rule must say which builds it is for');
  const claims = Object.fromEntries(names.map((name) => [name, textsOf(wanted.get(name), name)]));
  return { claims, grant: readGrant(node) };
}

function readGrant(node: MappingNode): Grant {
  const tier = node.required('tier', node.scalar('tier'));
  const [number, hash] = [node.scalar('number'), node.scalar('hash')];
  switch (tier.asString()) {
    case 'trusted':
    case 'read':
    case 'admin': {
      const other = number ?? hash;
      if (other !== undefined) throw bad(other, '`number` and `hash` are only for the tier `pr`', 'remove them');
      return { kind: tier.asString() as 'trusted' };
    }
    case 'pr': {
      if (number !== undefined && hash === undefined) return { kind: 'pull-request', number: number.asString() };
      if (hash !== undefined && number === undefined) return { kind: 'pull-request', hash: hash.asString() };
      throw bad(
        tier,
        'the tier `pr` needs the number of the pull request',
        'set `number` to the claim that has it, or `hash` to one that differs for each pull request',
      );
    }
    default:
      throw badValue(tier, 'tier', '`trusted`, `pr`, `read` or `admin`');
  }
}

/** A text, or a list of them, none empty. */
function textsOf(node: Node | undefined, key: string): readonly string[] {
  const scalars = node instanceof SequenceNode ? node.scalars() : node instanceof ScalarNode ? [node] : [];
  const texts = scalars.map((each) => each.asString());
  if (texts.length > 0 && texts.every((text) => text !== '')) return texts;
  throw new ElementError({
    code: 'CACHE_SETTINGS',
    message: `\`${key}\` is neither a string nor a list of strings`,
    origin: node?.origin,
    hint: 'an empty string or list would match nothing',
  });
}

function badValue(node: ScalarNode, key: string, expected: string): ElementError {
  return bad(node, `\`${key}\` is \`${node.asString()}\``, `it must be ${expected}`);
}

function bad(node: Node, message: string, hint: string): ElementError {
  return new ElementError({ code: 'CACHE_SETTINGS', message, origin: node.origin, hint });
}
