/** A crate of a registry, as a Cargo.lock has it. */
export interface Crate {
  readonly name: string;
  readonly version: string;
  /** Of its file: `sha256:<hex>`. */
  readonly checksum: string;
  /** The registry if it is not cargo's own: `sparse+https://...` or `registry+https://...`. */
  readonly registry?: string;
}

/** Build requirements that run cargo. */
const BACKENDS: readonly string[] = ['maturin', 'setuptools-rust'];

/** Whether what is built with the entries of a lock is built by cargo. */
export function usesCargo({ entries }: { readonly entries: readonly { readonly normalizedName: string }[] }): boolean {
  return entries.some(({ normalizedName }) => BACKENDS.includes(normalizedName));
}

/** The name of a crate's file, in snapshots and in cargo's own caches. */
export function crateFilename({ name, version }: Pick<Crate, 'name' | 'version'>): string {
  return `${name}-${version}.crate`;
}

/** A crate on a line of a lock's header. */
export function formatCrate({ name, version, checksum, registry }: Crate): string {
  return [`${name}==${version}`, checksum, ...(registry === undefined ? [] : [registry])].join(' ');
}

/** Reads what {@link formatCrate} writes. @returns `undefined` if it is something else */
export function parseCrate(line: string): Crate | undefined {
  const match = /^([A-Za-z0-9_-]+)==(\S+) (sha256:[0-9a-f]{64})(?: (\S+))?$/.exec(line);
  if (match === null) return undefined;
  const [, name = '', version = '', checksum = '', registry] = match;
  return { name, version, checksum, ...(registry === undefined ? {} : { registry }) };
}
