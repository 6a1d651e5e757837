import { ElementError } from '../base/error.js';
import type { Json } from '../base/json.js';
import type { BlobStore } from '../cas/blob-store.js';
import { sameDigest, type Digest } from '../cas/digest.js';
import { hasTree } from '../cas/has-tree.js';
import type { MappingNode } from '../load/node.js';
import { Source, type Consistency, type SourceKind } from '../plugin/source.js';
import type { SourceFacts } from '../plugin/source-facts.js';
import { ServiceKey } from '../plugin/source-services.js';
import { capturePackages, type PackagesRequest } from './capture-packages.js';
import { openPackageDatabase } from './open-package-database.js';
import type { PackageDatabase } from './package-database.js';
import { PackagesMemo, type CapturedPackages } from './packages-memo.js';

/** What can be told to sources of kind `packages`; without it they are of this machine, and memos are trusted. */
export interface PackagesServices {
  /** The directory that stands for `/`. Default: `/`. */
  readonly root?: string;
  /** Whether to read every file instead of trusting the package database. */
  readonly verify: boolean;
  /** What was verified already, and is not read again as long as the program keeps this. */
  readonly seen?: Map<string, string> | undefined;
}

/** Binds {@link PackagesServices}. */
export const PACKAGES_SERVICES: ServiceKey<PackagesServices> = new ServiceKey<PackagesServices>('packages');

const LISTS = ['packages', 'optional', 'owners', 'trees', 'exclude'] as const;

/**
 * Packages that are installed on this machine, with all that they need, as a tree whose root is the machine's
 * (docs/adr/0103). They are captured into the store when they are looked at; what is remembered of them is used as long
 * as the package database has the same stamp.
 *
 * `packages` must be installed, `optional` need not. `owners` are paths: each stands for the package that owns it, or
 * where none does for itself, with the packages of the libraries that its programs are linked to. `trees` are paths that
 * are captured as they are. `exclude` is left out of what no package owns.
 */
export class PackagesSource extends Source {
  private request: PackagesRequest = { packages: [], optional: [], owners: [], trees: [], exclude: [] };
  private seen: CapturedPackages | undefined;

  /** @throws ElementError INVALID_DATA */
  override configure(node: MappingNode): void {
    this.nodeValidate(node, LISTS);
    const names = (key: (typeof LISTS)[number]): string[] => this.names(node, key);
    this.request = {
      packages: names('packages'),
      optional: names('optional'),
      owners: this.pathsOf(node, 'owners'),
      trees: this.pathsOf(node, 'trees'),
      exclude: this.pathsOf(node, 'exclude'),
    };
  }

  /** @throws ElementError TOOLCHAIN where a package is not installed, or the machine has no package database */
  override async consistency(): Promise<Consistency> {
    if (this.seen === undefined) {
      const { verify, seen } = this.settings();
      const question = JSON.stringify(['packages', this.request]);
      this.seen = await this.look(this.services.store.blobs, verify && seen?.has(question) !== true);
      if (verify) seen?.set(question, this.seen.tree.hash);
    }
    return 'cached';
  }

  /** The digest of the tree, and nothing else: which packages it is made of does not matter. */
  override getUniqueKey(): Json {
    const { hash, sizeBytes } = this.captured.tree;
    return { hash, sizeBytes };
  }

  override describe(): SourceFacts {
    return { label: 'packages', parts: this.captured.parts };
  }

  /** What was captured. Known once consistency was asked for. */
  get captured(): CapturedPackages {
    if (this.seen === undefined) throw new Error(`${this.name}: asked for its packages before it was looked at`);
    return this.seen;
  }

  /** @throws ElementError SOURCE where blobs were lost and the machine has other files now */
  override async fetch(to: BlobStore): Promise<Digest> {
    const { tree } = this.captured;
    if (await isThere(to, tree)) return tree;
    const again = await this.look(to, true);
    if (sameDigest(again.tree, tree)) return tree;
    throw new ElementError({
      code: 'SOURCE',
      message: `${this.name}: the installed packages were changed during the build`,
      origin: this.origin,
      hint: 'nothing was recorded; build again',
    });
  }

  private async look(blobs: BlobStore, fresh: boolean): Promise<CapturedPackages> {
    const { root = '/' } = this.settings();
    const database = this.database(root);
    const memo = new PackagesMemo((name) => this.services.store.memo(name), root);
    const failure = (message: string, hint?: string, cause?: unknown): ElementError =>
      new ElementError({ code: 'TOOLCHAIN', message, origin: this.origin, hint, cause });
    try {
      return await capturePackages(this.request, { root, database, blobs, memo, fresh, failure });
    } catch (error) {
      // A tree that is remembered was removed from the store.
      if (fresh || !(error instanceof ElementError) || error.code !== 'STORE') throw error;
      return await capturePackages(this.request, { root, database, blobs, memo, fresh: true, failure });
    }
  }

  private database(root: string): PackageDatabase {
    const database = openPackageDatabase(root);
    if (database !== undefined) return database;
    throw new ElementError({
      code: 'TOOLCHAIN',
      message: `\`${root}\` has no package database that is known`,
      origin: this.origin,
      hint: 'the databases of dpkg, rpm and apk are known; a toolchain of kind `host` needs none',
    });
  }

  private settings(): PackagesServices {
    return this.services.find(PACKAGES_SERVICES) ?? { verify: false };
  }

  private pathsOf(node: MappingNode, key: (typeof LISTS)[number]): string[] {
    for (const item of node.sequence(key)?.scalars() ?? []) {
      const path = item.asString();
      if (/^(?:\/(?!\.{1,2}(?:\/|$))[^/]+)+$/.test(path)) continue;
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `\`${path}\` of '${key}' is not an absolute path`,
        origin: item.origin,
      });
    }
    return this.names(node, key);
  }

  private names(node: MappingNode, key: (typeof LISTS)[number]): string[] {
    const names = (node.sequence(key)?.scalars() ?? []).map((item) => item.asString());
    return [...new Set(names)].sort();
  }
}

async function isThere(blobs: BlobStore, tree: Digest): Promise<boolean> {
  try {
    return await hasTree(blobs, tree);
  } catch (error) {
    // A directory whose bytes do not match its digest counts as missing.
    if (error instanceof ElementError && error.code === 'STORE') return false;
    throw error;
  }
}

/** Kind `packages`. */
export const packages: SourceKind = {
  kind: 'packages',
  formatVersion: 1,
  create: (meta) => new PackagesSource(meta),
};
