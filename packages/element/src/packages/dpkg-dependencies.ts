import { satisfiesRelation } from './debian-version.js';
import type { InstalledPackage, Need } from './package-database.js';

/** A paragraph about a package, as far as it is needed (deb822(5), deb-control(5)). */
export interface Paragraph {
  readonly Package: string;
  readonly Architecture: string;
  readonly Version: string;
  readonly [field: string]: string | undefined;
}

/** From the most basic (Debian Policy, "Priorities"). */
const PRIORITIES = ['required', 'important', 'standard', 'optional', 'extra'];

/** A package with what it needs, and the needs that no package satisfies. */
export interface DebianPackage extends InstalledPackage {
  /** As the package has them. */
  readonly unmet: readonly string[];
}

/** How {@link debianPackages} reads dependencies. */
export interface DependencyRules {
  /** The architecture that packages for all count as. */
  readonly native: string | undefined;
  /** Whether versions are compared; what dpkg has installed, it has compared. */
  readonly comparesVersions: boolean;
}

/** Packages by their identity, with what they need by Depends and Pre-Depends. */
export function debianPackages(
  paragraphs: readonly Paragraph[],
  rules: DependencyRules,
): ReadonlyMap<string, DebianPackage> {
  const index = new DependencyIndex(paragraphs, rules);
  return new Map(
    paragraphs.map((paragraph) => {
      const id = idOf(paragraph);
      const groups = ['Pre-Depends', 'Depends'].flatMap((field) => listOf(paragraph[field]));
      const needs = groups.map((group) => index.candidates(group, paragraph));
      return [
        id,
        {
          id,
          name: paragraph.Package,
          version: paragraph.Version,
          isNative: index.isNative(paragraph),
          rank: rankOf(paragraph),
          needs: needs.filter((need) => need.length > 0),
          unmet: groups.filter((_group, at) => needs[at]?.length === 0),
        },
      ];
    }),
  );
}

/** Finds packages by the names that dependencies use. */
class DependencyIndex {
  private readonly named = new Map<string, Paragraph[]>();
  private readonly providing = new Map<string, Paragraph[]>();

  constructor(
    paragraphs: readonly Paragraph[],
    private readonly rules: DependencyRules,
  ) {
    for (const paragraph of paragraphs) {
      append(this.named, paragraph.Package, paragraph);
      for (const provided of listOf(paragraph.Provides)) append(this.providing, nameOf(provided).name, paragraph);
    }
    for (const providers of this.providing.values()) {
      providers.sort((a, b) => rankOf(a) - rankOf(b) || (idOf(a) < idOf(b) ? -1 : 1));
    }
  }

  isNative({ Architecture }: Paragraph): boolean {
    return Architecture === 'all' || Architecture === (this.rules.native ?? Architecture);
  }

  /** Those that satisfy one of the alternatives `a | b`: real packages and then providers of each, in their order. */
  candidates(alternatives: string, depender: Paragraph): Need {
    const found = alternatives.split('|').flatMap((alternative) => {
      const { name, qualifier, relation } = nameOf(alternative);
      const candidates = [...(this.named.get(name) ?? []), ...(this.providing.get(name) ?? [])];
      const fitting = candidates.filter(
        (candidate) => this.fits(candidate, qualifier, depender) && this.satisfies(candidate, name, relation),
      );
      return fitting.sort((a, b) => Number(this.isNative(b)) - Number(this.isNative(a)));
    });
    return [...new Set(found.map(idOf))];
  }

  /** deb-control(5), `Multi-Arch`: of another architecture only where the package, or the dependency, allows it. */
  private fits(candidate: Paragraph, qualifier: string | undefined, depender: Paragraph): boolean {
    if (qualifier === 'any' || candidate['Multi-Arch'] === 'foreign') return true;
    const wanted = qualifier === undefined || qualifier === 'native' ? depender.Architecture : qualifier;
    return this.real(candidate.Architecture) === this.real(wanted);
  }

  /** Debian Policy, "Provides": a relation to a version is satisfied by a package, or by what it provides in a version. */
  private satisfies(candidate: Paragraph, name: string, relation: string | undefined): boolean {
    if (relation === undefined || !this.rules.comparesVersions) return true;
    if (candidate.Package === name) return satisfiesRelation(candidate.Version, relation);
    const provided = listOf(candidate.Provides).map(nameOf);
    return provided.some(
      (each) =>
        each.name === name &&
        each.relation?.startsWith('=') === true &&
        satisfiesRelation(each.relation.slice(1).trim(), relation),
    );
  }

  /** A package for `all` architectures counts as one of the machine's own. */
  private real(architecture: string): string | undefined {
    return architecture === 'all' ? this.rules.native : architecture;
  }
}

function idOf({ Package, Architecture }: Paragraph): string {
  return `${Package}:${Architecture}`;
}

function rankOf({ Essential, Priority = '' }: Paragraph): number {
  if (Essential === 'yes') return 0;
  const rank = PRIORITIES.indexOf(Priority);
  return 1 + (rank === -1 ? PRIORITIES.length : rank);
}

function listOf(field = ''): string[] {
  return field
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** `name:qualifier (>= version)`; restrictions of architectures are resolved in packages. */
function nameOf(dependency: string): {
  readonly name: string;
  readonly qualifier: string | undefined;
  /** Without its parentheses. */
  readonly relation: string | undefined;
} {
  const [name = '', qualifier] = (/^[^\s([<]+/.exec(dependency.trim())?.[0] ?? '').split(':');
  return { name, qualifier, relation: /\(([^)]*)\)/.exec(dependency)?.[1]?.trim() };
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
