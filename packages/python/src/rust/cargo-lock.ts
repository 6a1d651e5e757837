import { ElementError } from '@wheelhouse/element';
import type { Crate } from '../lockfile/crate.js';
import { isTable, TomlFile, type TomlTable } from '../metadata/toml-file.js';

/** Cargo's own registry goes by the address of an index that it no longer reads; where it is, cargo knows. */
const OWN_REGISTRY = 'registry+https://github.com/rust-lang/';
const NAME = /^[A-Za-z0-9_-]+$/;
const VERSION = /^[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*$/;

/**
 * The crates of registries in a Cargo.lock, sorted. Crates by path are a part of the sources that the file is in.
 *
 * @param file what errors call it
 * @throws ElementError LOCK_INVALID for a crate that no checksum names, METADATA if the text is no TOML
 */
export function parseCargoLock(text: string, file: string): Crate[] {
  const { table } = TomlFile.parse(text, file);
  const packages: unknown[] = Array.isArray(table.package) ? table.package : [];
  const crates = packages.filter(isTable).flatMap((each) => {
    const crate = crateOf(each, file);
    return crate === undefined ? [] : [crate];
  });
  return crates.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** The nearest to the top of some paths called Cargo.lock; several where they are equally near. */
export function cargoLocks(paths: readonly string[]): string[] {
  const found = paths.filter((path) => /(^|\/)Cargo\.lock$/.test(path));
  const depth = (path: string): number => path.split('/').length;
  const least = Math.min(...found.map(depth));
  return found.filter((path) => depth(path) === least).sort();
}

/** All crates of several files, each once. */
export function mergeCrates(lists: readonly (readonly Crate[])[]): Crate[] {
  const byKey = new Map(lists.flat().map((crate) => [keyOf(crate), crate]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, crate]) => crate);
}

/** A build by cargo whose crates nothing names. */
export function cargoLockMissing(whose: string): ElementError {
  return new ElementError({
    code: 'LOCK_MISSING',
    message: `\`${whose}\` is built by cargo, but has no Cargo.lock`,
    hint: 'crates are fetched before a build, by checksum: write the file with `cargo generate-lockfile`',
  });
}

function crateOf({ name, version, source, checksum }: TomlTable, file: string): Crate | undefined {
  if (typeof source !== 'string') return undefined;
  const what = `${String(name)} ${String(version)}`;
  if (typeof name !== 'string' || typeof version !== 'string' || !NAME.test(name) || !VERSION.test(version)) {
    throw invalid(file, `\`${what}\` is not a crate`);
  }
  if (!/^(registry|sparse)\+[a-z]+:\/\/[^\s"'\\]+$/.test(source)) {
    throw invalid(file, `the crate \`${what}\` is from \`${source}\`, but only registries have checksums`);
  }
  if (typeof checksum !== 'string' || !/^[0-9a-f]{64}$/.test(checksum)) {
    throw invalid(file, `the crate \`${what}\` has no checksum`);
  }
  return {
    name,
    version,
    checksum: `sha256:${checksum}`,
    ...(source.startsWith(OWN_REGISTRY) ? {} : { registry: source }),
  };
}

function invalid(file: string, message: string): ElementError {
  return new ElementError({
    code: 'LOCK_INVALID',
    message: `${file}: ${message}`,
    hint: 'use a crate from a registry, or a path dependency inside the project',
  });
}

function keyOf({ name, version, checksum }: Crate): string {
  return `${name} ${version} ${checksum}`;
}
