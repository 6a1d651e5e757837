import { formatDigest } from '@wheelhouse/element/internal';
import { shortDigest, type PlannedElement } from './planned-element.js';
import type { PlannedBase } from './planned-project.js';

/** The root of a base image (docs/adr/0036). */
export function imageBaseElement({ layers }: PlannedBase): PlannedElement {
  return {
    name: `image/base-${shortDigest(layers.map(({ diffId }) => diffId))}.bst`,
    template: 'image-base',
    overlay: {
      sources: [
        {
          kind: 'oci-layers',
          layers: layers.map(({ blob, mediaType, diffId }) => ({
            blob: formatDigest(blob),
            'media-type': mediaType,
            'diff-id': diffId,
          })),
        },
      ],
    },
  };
}

/** What the interpreter of a base image says of itself. @param depends names of the base and the script that asks */
export function imageInterpreterElement(base: PlannedBase, depends: readonly string[]): PlannedElement {
  return {
    name: `image/interpreter-${shortDigest(base)}.bst`,
    template: 'image-interpreter',
    overlay: { environment: base.environment, 'build-depends': depends },
  };
}

/**
 * What wheels add to a base image.
 *
 * @param depends names of the base and of what installs wheels
 * @param wheels files of the workspace
 */
export function imageApplicationElement(
  distribution: string,
  base: PlannedBase,
  { depends, wheels }: { readonly depends: readonly string[]; readonly wheels: readonly string[] },
): PlannedElement {
  return {
    name: `image/${distribution}.bst`,
    template: 'image-application',
    overlay: {
      environment: base.environment,
      'build-depends': depends,
      sources: wheels.map((path) => ({ kind: 'local', path })),
    },
  };
}
