import {
  publicAddress,
  type MarkerEnvironment,
  evaluateMarker,
  formatRequirement,
  type Requirement,
  sameSpecifier,
} from '@wheelhouse/python/internal';
import { isFileAddress } from './required-address.js';

/** Two lists of requirements as METADATA has them, those of extras with a marker on `extra`. */
export interface ComparedRequirements {
  readonly read: readonly Requirement[];
  readonly built: readonly Requirement[];
  /** Normalised: of those lists, and asked for one by one. */
  readonly extras: readonly string[];
  /** The distribution itself, normalised, whose extras may require one another. */
  readonly name: string;
}

/**
 * The names that two lists of requirements do not require alike in all of these environments, without extras and with
 * each of them: order, quotes, the places of parentheses and how requirements are joined are no difference.
 *
 * @returns normalised names, sorted
 */
export function differingNames(
  { read, built, extras, name }: ComparedRequirements,
  environments: readonly MarkerEnvironment[],
): string[] {
  const names = new Set([...read, ...built].map(({ normalizedName }) => normalizedName));
  names.delete(name);
  return [...names].sort().filter((each) => {
    const [a, b] = [read, built].map((list) => list.filter(({ normalizedName }) => normalizedName === each));
    if (texts(a) === texts(b)) return false;
    return environments.some((environment) =>
      ['', ...extras].some((extra) => {
        const active = extra === '' ? [] : withOwn(extra, [...read, ...built], name, environment);
        const holding = (list: readonly Requirement[] = []): Requirement[] =>
          list.filter(({ marker }) => evaluateMarker(marker, environment, active));
        return !sameInEffect(holding(a), holding(b));
      }),
    );
  });
}

function texts(list: readonly Requirement[] = []): string {
  return JSON.stringify(list.map(formatRequirement).sort());
}

/** An extra and those that it has by requiring the distribution itself with them. */
function withOwn(extra: string, all: readonly Requirement[], name: string, environment: MarkerEnvironment): string[] {
  const active = new Set([extra]);
  for (const each of active) {
    for (const { normalizedName, marker, extras } of all) {
      if (normalizedName === name && evaluateMarker(marker, environment, [each])) {
        for (const more of extras) active.add(more);
      }
    }
  }
  return [...active];
}

/** Whether lists of requirements of one name come to the same. */
function sameInEffect(a: readonly Requirement[], b: readonly Requirement[]): boolean {
  if (a.length === 0 || b.length === 0) return a.length === b.length;
  const extrasOf = (list: readonly Requirement[]): string =>
    [...new Set(list.flatMap(({ extras }) => extras))].sort().join();
  if (extrasOf(a) !== extrasOf(b)) return false;
  const [first, second] = [a, b].map((list) => list.flatMap(({ url }) => (url === undefined ? [] : [url])));
  // Backends write paths as they are in the sandbox, and tools of monorepos versions in their place.
  if (first?.some(isPath) === true) return true;
  if (addresses(first) !== addresses(second)) return false;
  const specifierOf = (list: readonly Requirement[]): string =>
    list.flatMap(({ specifier }) => (specifier === '' ? [] : [specifier])).join(',');
  return sameSpecifier(specifierOf(a), specifierOf(b));
}

/** A path, or an address that the backend fills in: hatchling's `{root:uri}`, pdm-backend's `${PROJECT_ROOT}`. */
function isPath(url: string): boolean {
  return isFileAddress(url) || /[{}]/.test(url) || !/^[a-z][a-z0-9+.-]*:/i.test(url);
}

/** In one spelling, without credentials. */
function addresses(urls: readonly string[] = []): string {
  const spelled = urls.map((url) =>
    publicAddress(url)
      .replace(/^git\+/i, '')
      .replace(/\.git(?=[@#]|$)/, '')
      .replace(/\/(?=#|$)/, ''),
  );
  return [...new Set(spelled)].sort().join(' ');
}
