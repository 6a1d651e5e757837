/** The programs that install packages whose databases are read here. */
export type PackageManager = 'dpkg' | 'rpm' | 'apk';

/** What a package needs: identities of installed packages, each of which is enough, the preferred one first. */
export type Need = readonly string[];

/** A package that is installed. Plain data. */
export interface InstalledPackage {
  /** Distinguishes it from all others that are installed: `libc6:amd64`. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** Whether it is for the machine's own architecture, or for all. */
  readonly isNative: boolean;
  /** How basic it is for the system, 0 for the most basic; decides between packages that provide the same. */
  readonly rank: number;
  readonly needs: readonly Need[];
}

/** A file, symbolic link or directory of a package. */
export interface PackagePath {
  /** The absolute path at which the package has it. */
  readonly path: string;
  /** Where it is on this machine, if that is another path (dpkg-divert(1)). */
  readonly onDisk?: string;
}

/** The paths of one package. */
export interface PackageFiles {
  /** Changes whenever the paths do, and whenever the package is installed again. */
  readonly stamp: string;
  paths(): readonly PackagePath[];
}

/** A symbolic link that is chosen on each machine, such as `/usr/bin/cc`. */
export interface ChosenLink {
  /** The absolute path of the link. */
  readonly path: string;
  /** The absolute path of the link that `path` leads to, which leads to `target`. */
  readonly via: string;
  readonly target: string;
}

/** Links that are chosen together (update-alternatives(1)): what may be chosen, the preferred choice first. */
export type Alternative = readonly (readonly ChosenLink[])[];

/** What some packages consist of, taken together. */
export interface PackageContents {
  /** By the identity of the package. */
  readonly files: ReadonlyMap<string, PackageFiles>;
  /** All that there are on the machine: of whatever packages. */
  readonly alternatives: readonly Alternative[];
}

/** An answer at once, of databases that are read here, or later, of those that a program is asked of. */
export type Answer<T> = T | Promise<T>;

/**
 * What a package manager has written down of the packages that are installed. It is only read, without the manager's
 * locks: what is written meanwhile changes the stamp.
 */
export interface PackageDatabase {
  readonly manager: PackageManager;
  /** Changes whenever a package is installed, removed or upgraded, or a link is chosen anew. Costs a few `lstat`. */
  stamp(): string;
  /** All packages that are installed, by their identity. @throws ElementError TOOLCHAIN where it cannot be read */
  packages(): Answer<ReadonlyMap<string, InstalledPackage>>;
  /** What packages consist of. @throws ElementError TOOLCHAIN where the database does not say it */
  contents(packages: readonly InstalledPackage[]): Answer<PackageContents>;
  /**
   * The identities of the packages that own absolute paths; a path that no package owns is left out. A directory belongs
   * to the packages with a file directly in it.
   */
  owners(paths: readonly string[]): Answer<ReadonlyMap<string, readonly string[]>>;
  /** The identities of the packages with a path that ends so. @param endings each begins with a slash */
  endingIn(endings: readonly string[]): Answer<readonly string[]>;
}
