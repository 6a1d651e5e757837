import { compareDebianVersions } from './debian-version.js';
import { debianPackages, type DebianPackage, type Paragraph } from './dpkg-dependencies.js';
import { readParagraphs } from './dpkg-paragraphs.js';

/** The index of packages of one suite and component. */
export interface PackageIndex {
  readonly suite: string;
  /** The text of a file `Packages` (Debian repository format, "Packages Indices"). */
  readonly text: string;
}

/** A package that a mirror has. */
export interface AvailablePackage extends DebianPackage {
  readonly suite: string;
  /** Relative to the mirror. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/**
 * The packages of several suites, by their identity: of each the newest version, and of one version that of the suite that is
 * listed first.
 *
 * @param architecture as Debian names it
 */
export function availablePackages(
  indexes: readonly PackageIndex[],
  architecture: string,
): ReadonlyMap<string, AvailablePackage> {
  const newest = new Map<string, { readonly suite: string; readonly paragraph: Paragraph }>();
  for (const { suite, text } of indexes) {
    for (const paragraph of readParagraphs(text)) {
      const known = newest.get(paragraph.Package);
      const isNewer = known === undefined || compareDebianVersions(known.paragraph.Version, paragraph.Version) < 0;
      if (isNewer) newest.set(paragraph.Package, { suite, paragraph });
    }
  }
  const found = [...newest.values()];
  const packages = debianPackages(
    found.map(({ paragraph }) => paragraph),
    { native: architecture, comparesVersions: true },
  );
  return new Map(
    found.flatMap(({ suite, paragraph }) => {
      const id = `${paragraph.Package}:${paragraph.Architecture}`;
      const each = packages.get(id);
      const { Filename: path = '', Size: size, SHA256: sha256 = '' } = paragraph;
      return each === undefined ? [] : [[id, { ...each, suite, path, size: Number(size), sha256 }] as const];
    }),
  );
}
