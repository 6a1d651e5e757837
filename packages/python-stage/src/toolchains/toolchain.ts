import type { PackageManager } from '@wheelhouse/element/internal';
import type { ListedLayer } from '@wheelhouse/oci/internal';

/** A toolchain of packages that are installed on this machine (docs/adr/0103). */
export interface PackagesToolchain {
  readonly kind: 'packages';
  readonly manager: PackageManager;
  /** Names of packages that builds and tests need beside the usual ones. */
  readonly systemPackages: readonly string[];
}

/** A toolchain that is the root of an image (docs/adr/0111). */
export interface ImageToolchain {
  readonly kind: 'image';
  /** As the option has it. */
  readonly image: string;
  /** What toolchain.lock has of it; absent if `image` names a digest and is not locked. */
  readonly ref?: LockedImage;
  /** Names of packages that the image has to contain. */
  readonly systemPackages: readonly string[];
}

/** An image as toolchain.lock has it: the member `ref` of a source of kind `image`. */
export interface LockedImage {
  /** Of its manifest, or of the configuration where no registry or layout knows it. */
  readonly digest: string;
  /** Lowest first. */
  readonly layers: readonly ListedLayer[];
}

/** A toolchain of packages of a mirror, unpacked (docs/adr/0112). */
export interface DebianToolchain {
  readonly kind: 'debian';
  readonly mirror?: string;
  /** What toolchain.lock has: more than one project needs. */
  readonly locked: readonly LockedPackage[];
  /** The package of the interpreter, such as `python3`. */
  readonly python: string;
  /** Names of packages that builds and tests need beside the usual ones. */
  readonly systemPackages: readonly string[];
}

/** A package of a mirror as toolchain.lock has it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Its own, or `all`. */
  readonly architecture: string;
  readonly suite: string;
  /** Relative to the mirror. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly sha256: string;
  /** How basic it is for the system, 0 for the most basic. */
  readonly rank: number;
  /** Each a list of packages that are enough. */
  readonly needs: readonly (readonly string[])[];
}

/** A toolchain with an interpreter of its own: it is not of this machine. */
export type RootToolchain = ImageToolchain | DebianToolchain;

/** What messages call a toolchain. */
export function rootLabel(toolchain: RootToolchain): string {
  return toolchain.kind === 'image' ? `the image \`${toolchain.image}\`` : 'the toolchain `debian`';
}

/** What projects can be built with, beside the directories of the machine itself. */
export type Toolchain = PackagesToolchain | RootToolchain;
