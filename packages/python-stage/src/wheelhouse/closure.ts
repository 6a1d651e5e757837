import { ElementError } from '@wheelhouse/element';
import {
  evaluateMarker,
  type MarkerEnvironment,
  normalizeName,
  formatRequirement,
  parseRequirement,
  type Requirement,
  satisfies,
} from '@wheelhouse/python/internal';
import { overridden, type Overrides } from '@wheelhouse/python/lockfile';
import type { WheelDescription } from './wheel-description.js';

/** A distribution as far as dependencies go. */
export type Dependent = Pick<WheelDescription, 'file' | 'normalizedName' | 'version' | 'requiresDist'>;

/** A requirement that nothing in a wheelhouse answers. */
export interface Unmet {
  /** The wheel that requires it. */
  readonly file: string;
  /** As its metadata writes it. */
  readonly requirement: string;
  /** The version that is there and does not fit; `undefined` if there is none, or the requirement cannot be read. */
  readonly version?: string;
  /** Whether the metadata holds something else than a requirement there. */
  readonly unreadable?: true;
}

/** The dependency graph of a set of distributions. */
export interface Closure {
  /** Normalised names, by the normalised name of the dependent; both sorted. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  readonly unmet: readonly Unmet[];
  /** The normalised names of what the roots need, and of the roots. */
  readonly reached: ReadonlySet<string>;
}

/**
 * The dependencies between distributions in an environment, as an installation of `roots` sees them: extras count where
 * an installed distribution requires them. What no root needs is examined separately.
 *
 * @param overrides what replaces the requirements of distributions; default: their own requirements
 */
export function closureOf(
  distributions: readonly Dependent[],
  roots: readonly string[],
  markers: MarkerEnvironment,
  overrides: Overrides = new Map(),
): Closure {
  return new Walk(distributions, markers, overrides).run(roots);
}

class Walk {
  private readonly byName: ReadonlyMap<string, Dependent>;
  private readonly extras = new Map<string, Set<string>>();
  private readonly edges = new Map<string, Set<string>>();
  private readonly unmet = new Map<string, Unmet>();

  constructor(
    distributions: readonly Dependent[],
    private readonly markers: MarkerEnvironment,
    private readonly overrides: Overrides,
  ) {
    this.byName = new Map(distributions.map((each) => [each.normalizedName, each]));
  }

  run(roots: readonly string[]): Closure {
    for (const root of roots) this.visit(root, []);
    const reached = new Set(this.extras.keys());
    for (const name of this.byName.keys()) if (!this.extras.has(name)) this.visit(name, []);
    const sorted = [...this.byName.keys()].sort();
    return {
      dependencies: new Map(sorted.map((name) => [name, [...(this.edges.get(name) ?? [])].sort()])),
      unmet: [...this.unmet.values()],
      reached,
    };
  }

  /** Looks at a distribution when it is met first, and again whenever more of its extras are asked for. */
  private visit(name: string, asked: readonly string[]): void {
    const distribution = this.byName.get(name);
    if (distribution === undefined) return;
    const known = this.extras.get(name);
    if (known !== undefined && asked.every((extra) => known.has(extra))) return;
    const extras = new Set([...(known ?? []), ...asked]);
    this.extras.set(name, extras);
    for (const text of distribution.requiresDist) {
      const written = read(text);
      if (written === undefined) {
        this.followUnreadable(distribution, text);
        continue;
      }
      for (const requirement of overridden(written, this.overrides)) {
        if (!evaluateMarker(requirement.marker, this.markers, ['', ...extras])) continue;
        this.follow(distribution, requirement === written ? text : formatRequirement(requirement), requirement);
      }
    }
  }

  private follow(from: Dependent, text: string, requirement: Requirement): void {
    const found = this.byName.get(requirement.normalizedName);
    if (found === undefined) {
      this.miss(from, text);
      return;
    }
    if (requirement.url === undefined && !satisfies(found.version, requirement.specifier)) {
      this.miss(from, text, found.version);
    }
    this.edges.set(from.normalizedName, (this.edges.get(from.normalizedName) ?? new Set()).add(found.normalizedName));
    this.visit(found.normalizedName, requirement.extras);
  }

  /** Resolvers make what they can of old metadata, and its name can be read nearly always. */
  private followUnreadable(from: Dependent, text: string): void {
    this.unmet.set(`${from.file} ${text}`, { file: from.file, requirement: text, unreadable: true });
    const name = normalizeName(/^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(text)?.[1] ?? '');
    if (!this.byName.has(name)) return;
    this.edges.set(from.normalizedName, (this.edges.get(from.normalizedName) ?? new Set()).add(name));
    this.visit(name, []);
  }

  private miss({ file }: Dependent, requirement: string, version?: string): void {
    this.unmet.set(`${file} ${requirement}`, { file, requirement, ...(version === undefined ? {} : { version }) });
  }
}

/** Old metadata may hold what is not a requirement. */
function read(text: string): Requirement | undefined {
  try {
    return parseRequirement(text);
  } catch (error) {
    if (error instanceof ElementError) return undefined;
    throw error;
  }
}
