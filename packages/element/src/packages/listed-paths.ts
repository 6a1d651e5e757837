import { posix } from 'node:path';

/** The paths of packages, by the identity of the package; for databases that say all of them at once. */
export class ListedPaths {
  constructor(private readonly paths: ReadonlyMap<string, readonly string[]>) {}

  of(id: string): readonly string[] {
    return this.paths.get(id) ?? [];
  }

  /** See `PackageDatabase.owners`. */
  owners(asked: readonly string[]): ReadonlyMap<string, readonly string[]> {
    const owners = new Map<string, Set<string>>();
    const wanted = new Set(asked);
    for (const [id, paths] of this.paths) {
      const directories = new Set(paths.map((path) => posix.dirname(path)));
      for (const path of paths) {
        if (directories.has(path)) continue;
        for (const each of [path, posix.dirname(path)]) {
          if (wanted.has(each)) owners.set(each, (owners.get(each) ?? new Set()).add(id));
        }
      }
    }
    return new Map([...owners].sort().map(([path, ids]) => [path, [...ids].sort()]));
  }

  /** See `PackageDatabase.endingIn`. */
  endingIn(endings: readonly string[]): string[] {
    return [...this.paths]
      .filter(([, paths]) => paths.some((path) => endings.some((ending) => path.endsWith(ending))))
      .map(([id]) => id);
  }
}

/** The packages that satisfy what others require by the names of capabilities, in order of their identities. */
export class Capabilities {
  private readonly providers = new Map<string, string[]>();

  add(capability: string, id: string): void {
    const known = this.providers.get(capability);
    if (known === undefined) this.providers.set(capability, [id]);
    else if (!known.includes(id)) known.push(id);
  }

  of(capability: string): readonly string[] {
    return [...(this.providers.get(capability) ?? [])].sort();
  }
}
