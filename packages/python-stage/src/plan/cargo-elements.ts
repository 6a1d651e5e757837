import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Interpreter } from '@wheelhouse/python/internal';
import type { Crate } from '@wheelhouse/python/lockfile';
import { rustPrograms, type RustToolchain } from '@wheelhouse/python/rust';
import type { PlannedElement } from './planned-element.js';

/** Where a toolchain is that is one of the system's own packages. */
const SYSTEM = '/usr';

/** The parts of rustup's toolchains that builds use; their documentation is larger than all of them. */
const PARTS = ['bin', 'lib', 'libexec'];

/** The crate as a file of the snapshot. */
export function crateElement({ name, version, checksum, registry }: Crate): PlannedElement {
  return {
    name: `crate/${name}-${version}-${checksum.slice('sha256:'.length).slice(0, 12)}.bst`,
    template: 'distribution',
    overlay: {
      sources: [{ kind: 'crate', name, version, checksum, ...(registry === undefined ? {} : { registry }) }],
    },
  };
}

/**
 * The Rust toolchain (docs/adr/0028). One of the system's own packages is there with the toolchain of the interpreter.
 *
 * @param asContent whether it is captured, as the packages of that toolchain are
 */
export function rustElement({ sysroot, identity }: RustToolchain, asContent: boolean): PlannedElement {
  const trees = sysroot === SYSTEM ? [] : PARTS.map((part) => `${sysroot}/${part}`);
  const name = `rust/${asContent ? 'content-' : ''}${identity.slice(0, 12)}.bst`;
  if (!asContent)
    return { name, template: 'rust', overlay: { config: { trees, identity: { rustc: identity, sysroot } } } };
  const existing = trees.filter((path) => existsSync(path));
  return { name, template: 'rust-content', overlay: { sources: [{ kind: 'packages', trees: existing }] } };
}

/** The programs of a Rust toolchain that is one of the system's own packages. */
export function systemRust({ sysroot }: RustToolchain): string[] {
  return sysroot === SYSTEM ? [`${SYSTEM}/bin/cargo`, `${SYSTEM}/bin/rustc`] : [];
}

/**
 * Crates where cargo finds them.
 *
 * @param runners names of the elements that run scripts in the sandbox
 */
export function cratesElement(
  crates: readonly Crate[],
  { executable }: Interpreter,
  runners: readonly string[],
): PlannedElement {
  const files = crates.map((crate) => crateElement(crate).name);
  const registries = [...new Set(crates.flatMap(({ registry }) => registry ?? []))];
  const digest = createHash('sha256')
    .update(JSON.stringify([executable, files]))
    .digest('hex');
  return {
    name: `crates/${digest.slice(0, 12)}.bst`,
    template: 'crates',
    overlay: {
      variables: { interpreter: executable, registries: registries.map((each) => `'${each}'`).join(' ') },
      'build-depends': [...runners, ...files],
    },
  };
}

/** The variables that make cargo use nothing of the machine but its toolchain, and no network. */
export function cargoEnvironment(rust: RustToolchain): Record<string, string> {
  return {
    PATH: `${rustPrograms(rust)}:/usr/bin:/bin:/usr/sbin:/sbin`,
    CARGO_HOME: '/tmp/cargo',
    CARGO_NET_OFFLINE: 'true',
    // Maturin would have Rust installed if it does not find it.
    MATURIN_NO_INSTALL_RUST: '1',
  };
}
