import { createHash } from 'node:crypto';
import type { Interpreter } from '@wheelhouse/python/internal';
import { existsSync } from 'node:fs';
import { interpreterExcludes, interpreterHeaders, interpreterParts, SHARED_PREFIXES } from './interpreter-parts.js';
import type { PlannedElement } from './planned-element.js';
import type { PackageManager } from '@wheelhouse/element/internal';
import type { RustToolchain } from '@wheelhouse/python/rust';
import { systemRust } from './cargo-elements.js';
import { basicPackages, compilerPackages } from './packages-toolchain.js';
import type { Toolchain } from '../toolchains/toolchain.js';

/** What a toolchain is for: what runs Python and compiles nothing, or what may compile. */
export type ToolchainUse = 'python' | 'native';

/** What decides which toolchain something is built with. */
export interface ToolchainNeed {
  readonly interpreter: Interpreter;
  /** Absent where the machine's own directories are bound (docs/adr/0008). */
  readonly toolchain?: Toolchain | undefined;
  /** What compiles Rust, where something is. */
  readonly rust?: RustToolchain | undefined;
}

/** The interpreter and what it needs of this machine, as parts of the machine itself (docs/adr/0008). */
export function hostToolchain(interpreter: Interpreter): PlannedElement {
  const { executable, implementation, version, soabi, tagsDigest, sitePackages } = interpreter;
  return {
    name: `toolchain/${tagsDigest.slice(0, 12)}.bst`,
    template: 'toolchain',
    overlay: {
      variables: { interpreter: executable },
      config: {
        trees: interpreterTrees(interpreter),
        masks: sitePackages,
        identity: { executable, implementation, version, soabi, tags: tagsDigest },
      },
    },
  };
}

/**
 * The interpreter and the packages that it needs, as content (docs/adr/0103, docs/adr/0104).
 *
 * @param more names of packages beside the usual ones; they must be installed
 */
export function packagesToolchain(
  { interpreter, rust }: ToolchainNeed,
  manager: PackageManager,
  use: ToolchainUse,
  more: readonly string[],
): PlannedElement {
  const native = use === 'native';
  const rustParts = native && rust !== undefined ? systemRust(rust) : [];
  const digest = createHash('sha256')
    .update(JSON.stringify([interpreter.tagsDigest, interpreter.executable, [...more].sort(), rustParts]))
    .digest('hex');
  return {
    name: `toolchain/${use}-${digest.slice(0, 12)}.bst`,
    template: 'packages',
    overlay: {
      variables: { interpreter: interpreter.executable },
      description: `${interpreter.executable} and the packages that it ${native ? 'compiles with' : 'runs with'}`,
      sources: [
        {
          kind: 'packages',
          packages: [...more],
          optional: [...basicPackages(manager), ...(native ? compilerPackages(manager) : [])],
          owners: [...interpreterParts(interpreter), ...(native ? interpreterHeaders(interpreter) : []), ...rustParts],
          exclude: interpreterExcludes(interpreter),
        },
      ],
    },
  };
}

/** What an interpreter consists of: its whole prefix, or, in a prefix it shares, the parts that are known to be its. */
function interpreterTrees(interpreter: Interpreter): string[] {
  const { executable, stdlib, libraries, basePrefix, version } = interpreter;
  if (!SHARED_PREFIXES.includes(basePrefix)) return [basePrefix];
  const [major = '', minor = ''] = version.split('.');
  const headers = `${basePrefix}/include/python${major}.${minor}${interpreter.abiFlags}`;
  return [executable, ...stdlib, ...libraries, ...(existsSync(headers) ? [headers] : [])];
}
