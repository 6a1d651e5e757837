import type { InstalledPackage, Need } from './package-database.js';

/** A paragraph of dpkg's status file, as far as it is needed (deb822(5), deb-control(5)). */
interface Paragraph {
  readonly Package: string;
  readonly Architecture: string;
  readonly Version: string;
  readonly [field: string]: string | undefined;
}

/** The package that `dpkg` itself is in: its architecture is the machine's. */
const DPKG = 'dpkg';

/** From the most basic (Debian Policy, "Priorities"). */
const PRIORITIES = ['required', 'important', 'standard', 'optional', 'extra'];

/** The states in which a package's files are all there (dpkg(1), "Package states"). */
const COMPLETE = new Set(['installed', 'triggers-awaited', 'triggers-pending']);

/**
 * The packages of dpkg's status file that are installed, with what they need by Depends and Pre-Depends.
 *
 * Versions that dependencies ask for are not compared: dpkg has done that.
 */
export function readDpkgStatus(text: string): ReadonlyMap<string, InstalledPackage> {
  const paragraphs = text.split(/\n\n+/).flatMap(installedParagraph);
  const native = paragraphs.find((each) => each.Package === DPKG)?.Architecture;
  const index = new DependencyIndex(paragraphs, native);
  return new Map(
    paragraphs.map((paragraph) => {
      const id = idOf(paragraph);
      const needs = ['Pre-Depends', 'Depends'].flatMap((field) =>
        listOf(paragraph[field]).map((group) => index.candidates(group, paragraph)),
      );
      return [
        id,
        {
          id,
          name: paragraph.Package,
          version: paragraph.Version,
          isNative: index.isNative(paragraph),
          rank: rankOf(paragraph),
          needs: needs.filter((need) => need.length > 0),
        },
      ];
    }),
  );
}

/** Finds installed packages by the names that dependencies use. */
class DependencyIndex {
  private readonly named = new Map<string, Paragraph[]>();
  private readonly providing = new Map<string, Paragraph[]>();

  constructor(
    paragraphs: readonly Paragraph[],
    private readonly native: string | undefined,
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
    return Architecture === 'all' || Architecture === (this.native ?? Architecture);
  }

  /** Those that satisfy one of the alternatives `a | b`: real packages and then providers of each, in their order. */
  candidates(alternatives: string, depender: Paragraph): Need {
    const found = alternatives.split('|').flatMap((alternative) => {
      const { name, qualifier } = nameOf(alternative);
      const candidates = [...(this.named.get(name) ?? []), ...(this.providing.get(name) ?? [])];
      const fitting = candidates.filter((candidate) => this.fits(candidate, qualifier, depender));
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

  /** A package for `all` architectures counts as one of the machine's own. */
  private real(architecture: string): string | undefined {
    return architecture === 'all' ? this.native : architecture;
  }
}

/** A package in no state of being installed gives none. */
function installedParagraph(text: string): Paragraph[] {
  const fields: Record<string, string> = {};
  let last: string | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (last !== undefined && DEPENDENCY_FIELDS.has(last)) fields[last] = `${fields[last] ?? ''}${line}`;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    last = line.slice(0, colon);
    fields[last] = line.slice(colon + 1).trim();
  }
  const { Package, Architecture, Version } = fields;
  if (Package === undefined || Architecture === undefined || Version === undefined) return [];
  return COMPLETE.has(fields.Status?.split(' ')[2] ?? '') ? [{ ...fields, Package, Architecture, Version }] : [];
}

/** Fields whose continuation lines are read. */
const DEPENDENCY_FIELDS = new Set(['Depends', 'Pre-Depends', 'Provides']);

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

/** `name:qualifier (>= version)`; restrictions of architectures are resolved in what is installed. */
function nameOf(dependency: string): { readonly name: string; readonly qualifier: string | undefined } {
  const [name = '', qualifier] = (/^[^\s([<]+/.exec(dependency.trim())?.[0] ?? '').split(':');
  return { name, qualifier };
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
