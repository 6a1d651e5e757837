import { createHash } from 'node:crypto';
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

/** The Rust toolchain (docs/adr/0028). What the system's packages hold is there with every toolchain. */
export function rustElement({ sysroot, identity }: RustToolchain): PlannedElement {
  return {
    name: `rust/${identity.slice(0, 12)}.bst`,
    template: 'rust',
    overlay: {
      config: {
        trees: sysroot === SYSTEM ? [] : PARTS.map((part) => `${sysroot}/${part}`),
        identity: { rustc: identity, sysroot },
      },
    },
  };
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
