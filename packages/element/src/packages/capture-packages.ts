import { join } from 'node:path';
import type { ElementError } from '../base/error.js';
import { TreeBuilder } from '../cas/tree-builder.js';
import { mergeTrees } from '../cas/merge-trees.js';
import { digestOf, type Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import { LibraryPaths } from './library-paths.js';
import { installHint } from './install-hint.js';
import { captureOwnTree, type OwnTree } from './own-tree.js';
import { packageClosure } from './package-closure.js';
import type { InstalledPackage, PackageContents, PackageDatabase } from './package-database.js';
import { capturePackage } from './package-part.js';
import type { CapturedPackages, CapturedPart, PackagesMemo } from './packages-memo.js';
import { stampOf } from './path-stamp.js';
import { isForAll, RootPaths } from './root-paths.js';
import { isSystemPath } from './system-paths.js';

/** The name of the part that has the chosen links of alternatives. */
const ALTERNATIVES = 'alternatives';

/** What is captured of a machine. */
export interface PackagesRequest {
  /** Names of packages that must be installed. */
  readonly packages: readonly string[];
  /** Names of packages that are captured if they are installed. */
  readonly optional: readonly string[];
  /** Absolute paths, with the packages that own them; where no package does, with those of the libraries they need. */
  readonly owners: readonly string[];
  /** Absolute paths that are captured as they are. */
  readonly trees: readonly string[];
  /** Absolute paths that are left out of what no package owns. */
  readonly exclude: readonly string[];
}

/** What capturing works with. */
export interface PackagesCaptureOptions {
  /** The directory that stands for `/`. */
  readonly root: string;
  readonly database: PackageDatabase;
  readonly blobs: BlobStore;
  readonly memo: PackagesMemo;
  /** Whether every file is read, whatever is remembered. */
  readonly fresh: boolean;
  /** Makes an error at the place where the packages are asked for. */
  readonly failure: (message: string, hint?: string, cause?: unknown) => ElementError;
}

/**
 * Captures installed packages with all that they need, and what no package owns, as one tree. What is remembered of a
 * package is used as long as its stamp is the same.
 *
 * @throws ElementError what `failure` makes where a package is not installed, a path does not exist or a file cannot be
 *   read; STORE where a tree that is remembered is no longer in the store
 */
export async function capturePackages(
  request: PackagesRequest,
  options: PackagesCaptureOptions,
): Promise<CapturedPackages> {
  return await new PackagesCapture(request, options).run();
}

class PackagesCapture {
  private readonly visible: RootPaths;
  private readonly paths: RootPaths;

  constructor(
    private readonly request: PackagesRequest,
    private readonly options: PackagesCaptureOptions,
  ) {
    this.visible = new RootPaths(options.root, isForAll);
    this.paths = new RootPaths(options.root);
  }

  async run(): Promise<CapturedPackages> {
    const { database, memo, fresh } = this.options;
    const question = JSON.stringify(this.request);
    // Before anything is read: what changes meanwhile has another stamp the next time.
    const stamp = database.stamp();
    const known = fresh ? undefined : memo.whole(question);
    if (known?.database === stamp && known.stamp === this.stampsOf(known.watched)) return known;
    const captured = await this.capture();
    const { watched, ...answer } = captured;
    memo.keepParts();
    memo.keepWhole(question, { ...answer, database: stamp, watched, stamp: this.stampsOf(watched) });
    return answer;
  }

  private async capture(): Promise<CapturedPackages & { watched: string[] }> {
    const { database, blobs } = this.options;
    const { request } = this;
    const all = await database.packages();
    const named = [
      ...request.packages.flatMap((name) => this.named(all, name) ?? this.notInstalled(name)),
      ...request.optional.flatMap((name) => this.named(all, name) ?? []),
    ];
    const owned = await database.owners(request.owners);
    const unowned = request.owners.filter((path) => !owned.has(path));
    const own = await this.ownTrees(unowned, request.trees);
    const ids = [...owned.values()].flat().concat(own.libraries);
    const start = [...named, ...ids.flatMap((id) => all.get(id) ?? [])];
    const packages = packageClosure(all, start);
    const contents = await database.contents(packages);
    const parts: CapturedPart[] = [];
    for (const each of packages) {
      parts.push({ name: each.id, version: each.version, tree: await this.part(each, contents) });
    }
    for (const [path, { tree }] of own.trees) parts.push({ name: path, tree });
    parts.push({ name: ALTERNATIVES, tree: await this.chosenLinks(packages, contents) });
    const trees = parts.map(({ tree }) => tree);
    return {
      tree: await mergeTrees(blobs, trees),
      parts,
      packages: packages.map(({ id, version }) => `${id}=${version}`),
      ownPaths: [...own.trees.keys()].sort(),
      watched: [...own.trees.values()].flatMap(({ watched }) => watched),
    };
  }

  private named(all: ReadonlyMap<string, InstalledPackage>, name: string): InstalledPackage[] | undefined {
    const found = [...all.values()].filter((each) => each.id === name || (each.name === name && each.isNative));
    return found.length === 0 ? undefined : found;
  }

  private notInstalled(name: string): never {
    const { manager } = this.options.database;
    throw this.options.failure(`the package \`${name}\` is not installed`, installHint(manager, name));
  }

  /** What no package owns, and the packages of the libraries that it is linked to. */
  private async ownTrees(
    linked: readonly string[],
    alone: readonly string[],
  ): Promise<{ readonly trees: ReadonlyMap<string, OwnTree>; readonly libraries: readonly string[] }> {
    const trees = new Map<string, OwnTree>();
    for (const path of alone) trees.set(path, await this.ownTree(path));
    const libraries = new LibraryPaths(this.paths);
    const found = new Set<string>();
    const ids = new Set<string>();
    let ahead = linked;
    while (ahead.length > 0) {
      const needed = new Set<string>();
      for (const path of ahead) trees.set(path, await this.ownTree(path));
      const provided = new Set([...trees.values()].flatMap((tree) => tree.provided));
      for (const tree of ahead.flatMap((path) => trees.get(path) ?? [])) {
        for (const name of tree.needed) if (!provided.has(name)) needed.add(libraries.find(name) ?? '');
        for (const loader of tree.loaders) needed.add(loader);
      }
      const paths = [...needed].filter((path) => path !== '' && !found.has(path) && !isBelow(path, trees));
      for (const path of paths) found.add(path);
      const owned = await this.ownersOf(paths);
      for (const id of [...owned.values()].flat()) ids.add(id);
      ahead = paths.filter((path) => !owned.has(path));
    }
    return { trees, libraries: [...ids] };
  }

  /** By the path under which the linker finds a library, and by the one where that really is. */
  private async ownersOf(paths: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const real = new Map(paths.map((path) => [path, this.paths.real(path)?.path ?? path]));
    const owners = await this.options.database.owners([...new Set([...paths, ...real.values()])]);
    return new Map(
      paths.flatMap((path) => {
        const found = owners.get(path) ?? owners.get(real.get(path) ?? path);
        return found === undefined ? [] : [[path, found] as const];
      }),
    );
  }

  private async ownTree(path: string): Promise<OwnTree> {
    const { memo, blobs, fresh, failure } = this.options;
    const exclude = this.request.exclude.filter((each) => each.startsWith(`${path}/`));
    const name = JSON.stringify(['tree', path, exclude]);
    const known = fresh ? undefined : memo.part(name);
    if (known !== undefined && 'watched' in known && known.stamp === this.stampsOf(known.watched)) return known;
    if (this.paths.stats(path) === undefined) throw failure(`the toolchain's \`${path}\` does not exist`);
    const captured = await captureOwnTree(path, {
      paths: this.paths,
      blobs,
      exclude: new Set(exclude),
      failure: (file, what, cause) => failure(`\`${file}\` of the toolchain ${what}`, undefined, cause),
    });
    const tree = { ...captured, stamp: this.stampsOf(captured.watched) };
    memo.setPart(name, tree);
    return tree;
  }

  private async part(each: InstalledPackage, { files }: PackageContents): Promise<Digest> {
    const { memo, blobs, fresh, failure } = this.options;
    const listed = files.get(each.id);
    if (listed === undefined) throw new Error(`the database says nothing of the files of ${each.id}`);
    const name = JSON.stringify(['package', each.id, each.version, listed.stamp]);
    const known = fresh ? undefined : memo.part(name);
    if (known !== undefined && 'hash' in known) return known;
    const tree = await capturePackage(listed.paths(), {
      paths: this.visible,
      blobs,
      failure: (path, what, cause) => failure(`\`${path}\` of the package \`${each.name}\` ${what}`, undefined, cause),
    });
    memo.setPart(name, tree);
    return tree;
  }

  /** Links whose target is captured: of each group those of the first choice that is. */
  private async chosenLinks(
    packages: readonly InstalledPackage[],
    { files, alternatives }: PackageContents,
  ): Promise<Digest> {
    const listed = new Set<string>();
    for (const { id } of packages) {
      for (const { path } of files.get(id)?.paths() ?? []) listed.add(this.visible.real(path)?.path ?? path);
    }
    const isCaptured = (path: string): boolean => {
      const real = this.visible.real(path)?.path;
      return isSystemPath(path) && real !== undefined && listed.has(real) && this.visible.stats(real) !== undefined;
    };
    const tree = new TreeBuilder();
    for (const choices of alternatives) {
      const chosen = choices.find(([master]) => master !== undefined && isCaptured(master.target)) ?? [];
      for (const { path, via, target } of chosen) {
        const link = this.visible.real(path)?.path;
        if (link === undefined || !isSystemPath(path) || !isCaptured(target)) continue;
        tree.symlink(link, via);
        tree.symlink(via, target);
      }
    }
    return await tree.write(this.options.blobs);
  }

  private stampsOf(paths: readonly string[]): string {
    const stamps = paths.map((path) => stampOf(join(this.options.root, path)));
    return digestOf(stamps.join(' ')).hash;
  }
}

function isBelow(path: string, trees: ReadonlyMap<string, unknown>): boolean {
  return [...trees.keys()].some((tree) => path === tree || path.startsWith(`${tree}/`));
}
