import { debianPackageNames } from './packages-toolchain.js';
import { shortDigest, type PlannedElement, type PlanValue } from './planned-element.js';
import { lockedClosure } from '../toolchains/debian-closure.js';
import type { DebianToolchain, ImageToolchain, RootToolchain } from '../toolchains/toolchain.js';

/** Where programs are in the roots of images and distributions. */
const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The root of an image, or packages of a distribution, as a toolchain (docs/adr/0111, docs/adr/0112).
 *
 * @param more names of packages beside the usual ones; an image has what it has
 * @throws ElementError TOOLCHAIN
 */
export function rootToolchain(
  toolchain: RootToolchain,
  use: 'python' | 'native' = 'python',
  more: readonly string[] = [],
): PlannedElement {
  return toolchain.kind === 'image' ? imageRoot(toolchain) : debianRoot(toolchain, use, more);
}

function imageRoot({ image, ref }: ImageToolchain): PlannedElement {
  const layers = ref?.layers.map((layer) => ({ ...layer })) ?? [];
  const pinned = ref === undefined ? {} : { ref: { digest: ref.digest, layers } };
  return element('image', `The root of the image ${image}`, { kind: 'image', image, ...pinned });
}

function debianRoot(
  { locked, mirror, python }: DebianToolchain,
  use: 'python' | 'native',
  more: readonly string[],
): PlannedElement {
  const { packages, optional } = debianPackageNames(python, use);
  const closure = lockedClosure(locked, { packages: [...packages, ...more], optional });
  return element(use, `Packages of Debian that ${use === 'native' ? 'compile' : 'run'} ${python}`, {
    kind: 'debian',
    ...(mirror === undefined ? {} : { mirror }),
    packages: closure.map(({ name, version, suite, path, size, sha256 }) => ({
      ...{ name, version, suite, path, sha256 },
      size: String(size),
    })),
  });
}

function element(name: string, description: string, source: PlanValue): PlannedElement {
  return {
    name: `toolchain/${name}-${shortDigest(source)}.bst`,
    template: 'image-base',
    overlay: { description, sources: [source] },
  };
}

/**
 * What the interpreter of a root says of itself: the first of some programs that exists there.
 *
 * @param root the names of the root's elements
 * @param programs paths or names
 */
export function rootInterpreter(root: readonly string[], programs: readonly string[]): readonly PlannedElement[] {
  const probe: PlannedElement = { name: 'probe.bst', template: 'probe', overlay: {} };
  return [
    probe,
    {
      name: `interpreter/${shortDigest([root, programs])}.bst`,
      template: 'root-interpreter',
      overlay: {
        variables: { programs: programs.map((program) => `'${program.replaceAll("'", `'\\''`)}'`).join(' ') },
        environment: { PATH: SEARCH_PATH },
        'build-depends': [...root, probe.name],
      },
    },
  ];
}
