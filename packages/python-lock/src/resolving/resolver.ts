import { ElementError, type Origin } from '@wheelhouse/element';
import {
  bothMarkers,
  type Marker,
  formatRequirement,
  parseMarker,
  type Requirement,
} from '@wheelhouse/python/internal';
import { faultError, faultInWords, type FaultKind } from '@wheelhouse/python/fetch';
import { type LockEntry, OVERRIDES, overridesOf } from '@wheelhouse/python/lockfile';
import { type SdistMetadata, parseSettings } from '@wheelhouse/python/metadata';
import type { IndexOffers } from './index-offers.js';
import type { Uv } from './uv.js';
import type { KnownMetadata } from '../hooks/known-metadata.js';
import type { Vendor } from '../vendoring/vendor.js';

/** A question to {@link Resolver}. */
export interface Wanted {
  /** What an error says is being resolved: `the tests of app`. */
  readonly what: string;
  readonly requirements: readonly Requirement[];
  readonly constraints?: readonly string[];
  /** uv's `--prerelease`. */
  readonly prereleases?: string | undefined;
  /** Additional settings of uv: lines of `settingLines`. */
  readonly settings?: readonly string[];
  /** What the machine tells uv, before those. */
  readonly machine?: readonly string[];
  readonly preferences?: readonly LockEntry[];
  readonly python: string;
}

/** Where what is locked may come from, beside uv's own indexes. */
export interface ResolverSources {
  readonly vendor: Vendor;
  readonly offers: IndexOffers;
  /** Overrides as they are written: what settings say of them has no credentials. */
  readonly overrides: readonly Requirement[];
}

/** The backends of sdists. */
export interface AskedBackends {
  /** The metadata that only the backend of an sdist knows. @param python the lowest that it is wanted for */
  metadata(sdist: { readonly name: string; readonly version: string }, python: string): Promise<SdistMetadata>;
}

/**
 * Resolves until closed: whenever uv cannot go on without the metadata of an sdist, that sdist's backend is asked in
 * its own locked environment, and uv again.
 */
export class Resolver {
  private readonly metadata = new Map<string, KnownMetadata>();

  constructor(
    private readonly uv: Uv,
    private readonly backends: AskedBackends,
    private readonly sources: ResolverSources,
  ) {}

  /** @throws ElementError RESOLUTION with uv's own explanation, DEPENDENCY_CONFUSION */
  async resolve(wanted: Wanted): Promise<readonly LockEntry[]> {
    const lines: string[] = [];
    const { environments, ...settings } = parseSettings([...(wanted.settings ?? []), ...(wanted.machine ?? [])]);
    const overrides: string[] = [];
    const written = new Map(this.sources.overrides.map((each) => [formatRequirement(each), each]));
    for (const override of [...overridesOf(wanted).values()].flat()) {
      const asWritten = written.get(formatRequirement(override)) ?? override;
      overrides.push(await this.sources.vendor.lineOf(asWritten, wanted.python));
    }
    if (overrides.length > 0) settings[OVERRIDES] = overrides;
    const everywhere = environmentsMarker(environments);
    for (const requirement of wanted.requirements) {
      const marker = bothMarkers(requirement.marker, everywhere);
      const limited = marker === undefined ? requirement : { ...requirement, marker };
      lines.push(await this.sources.vendor.lineOf(limited, wanted.python));
    }
    for (;;) {
      const vendored = [...this.sources.vendor.all.values()];
      const metadata = [...this.metadata.values(), ...vendored.map((each) => each.metadata)];
      const answer = await this.uv.resolve({ ...wanted, settings, requirements: lines, metadata, vendored });
      switch (answer.type) {
        case 'resolved':
          return await this.sources.offers.admit(answer.entries, new Set(vendored.map(({ hash }) => hash)));
        case 'failed':
          await this.refuseFault(wanted, answer.words);
          throw unresolvable(wanted, answer.words, (name) => this.sources.offers.pinOf(name)?.name);
        case 'build': {
          const key = `${answer.name}==${answer.version}`;
          if (this.metadata.has(key)) throw new Error(`uv ignored the metadata given for ${key}`);
          const { requiresDist, requiresPython, providesExtra } = await this.sources.vendor.withoutAddresses(
            await this.backends.metadata(answer, wanted.python),
            wanted.python,
          );
          this.metadata.set(key, {
            name: answer.name,
            version: answer.version,
            requiresDist,
            ...(requiresPython === undefined ? {} : { requiresPython }),
            ...(providesExtra === undefined ? {} : { providesExtra }),
          });
          break;
        }
        default: {
          const unknown: never = answer;
          throw new Error(`unknown answer: ${JSON.stringify(unknown)}`);
        }
      }
    }
  }

  /**
   * Names the index that does not answer, or the fault of the network, where that is why there is no resolution. uv
   * counts a log-in page as an empty one, and says of others in which request they failed.
   *
   * @throws ElementError FETCH
   */
  private async refuseFault(wanted: Wanted, words: string): Promise<void> {
    const names = unfound(words);
    const fault = faultInWords(words);
    const isOwn = fault !== undefined && NETWORK.includes(fault.kind);
    if (!isOwn) await this.sources.offers.ask(names.length > 0 ? names : namesIn(wanted, words));
    if (fault === undefined) return;
    throw faultError(fault, { what: 'index', names: namesIn(wanted, words), detail: words });
  }
}

/** Faults that asking once more would only take time to meet again. */
const NETWORK: readonly FaultKind[] = ['offline', 'dns', 'refused', 'timeout', 'tls', 'proxy'];

function spokenOf({ requirements }: Wanted, words: string): Requirement[] {
  const text = words.toLowerCase();
  return requirements.filter(({ normalizedName }) =>
    new RegExp(`(?<![a-z0-9-])${normalizedName}(?![a-z0-9-])`).test(text),
  );
}

function namesIn(wanted: Wanted, words: string): string[] {
  const indexed = spokenOf(wanted, words).filter(({ url }) => url === undefined);
  return indexed.map(({ normalizedName }) => normalizedName);
}

/** The names that uv's explanation says it has not found. */
function unfound(words: string): string[] {
  const found = words.matchAll(/([a-z0-9-]+) was not found|(?:no versions of|only) ([a-z0-9-]+)/gi);
  return [...found].flatMap(([, missing, empty]) => missing ?? empty ?? []);
}

/** Where locks are good, of uv's `environments`. */
function environmentsMarker(environments: unknown): Marker | undefined {
  if (!Array.isArray(environments)) return undefined;
  return parseMarker(environments.map((text) => `(${String(text)})`).join(' or '));
}

/** Names the declared requirement that uv's explanation speaks of, where it speaks of one. */
function unresolvable(wanted: Wanted, words: string, pinOf: (name: string) => string | undefined): ElementError {
  const culprits = spokenOf(wanted, words);
  const [first] = culprits;
  const pins = culprits.flatMap(({ normalizedName }) => {
    const index = pinOf(normalizedName);
    return index === undefined ? [] : [`\`${normalizedName}\` is pinned to the index \`${index}\``];
  });
  // uv resolves for every Python from the lowest on, and not for the one that is used.
  const pythons = words.includes('does not satisfy Python')
    ? [`this is for Python ${wanted.python} and later: raise \`requires-python\`, or add a marker to the requirement`]
    : [];
  const names = culprits.map((requirement) => `\`${formatRequirement(requirement)}\`${place(requirement.origin)}`);
  return new ElementError({
    code: 'RESOLUTION',
    message: `${wanted.what} cannot be resolved${names.length === 0 ? '' : `: no version satisfies ${names.join(', ')}`}`,
    ...(culprits.length === 1 ? { origin: first?.origin } : {}),
    detail: words.trim(),
    hint: [
      ...pins,
      ...pythons,
      "change the requirement, or check the indexes in pip's configuration (`pip config list`)",
    ].join('; '),
  });

  function place(origin: Origin | undefined): string {
    return origin === undefined || culprits.length === 1
      ? ''
      : ` (${origin.file} [line ${origin.line} column ${origin.column}])`;
  }
}
