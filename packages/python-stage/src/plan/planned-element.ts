import { createHash } from 'node:crypto';
import type { MappingNode, Origin } from '@wheelhouse/element';

/** A value of an element file. */
export type PlanValue = string | readonly PlanValue[] | { readonly [key: string]: PlanValue };

/** An element to be made: a template of this package, and what a project's metadata and locks put over it. */
export interface PlannedElement {
  /** The element's name, ending in `.bst`. */
  readonly name: string;
  /** The template's name, without its suffix. */
  readonly template: TemplateName;
  /** The project's own version of the template (docs/adr/0047), in place of the one of this package. */
  readonly ejected?: MappingNode;
  readonly overlay: { readonly [key: string]: PlanValue };
  /** What is laid over that again if it is built in a varied environment (docs/adr/0030). */
  readonly variation?: { readonly [key: string]: PlanValue };
  /** What messages about the overlay point at: the line of a lock; the element itself if absent. */
  readonly origin?: Origin;
}

/** The templates that elements are made from: files of `templates/`. */
export type TemplateName =
  | 'byte-code'
  | 'crates'
  | 'distribution'
  | 'env'
  | 'helpers'
  | 'hook'
  | 'image-application'
  | 'image-base'
  | 'image-interpreter'
  | 'installed'
  | 'library-cache'
  | 'packages'
  | 'probe'
  | 'runners'
  | 'sdist'
  | 'root-interpreter'
  | 'rust'
  | 'rust-content'
  | 'sdist-hook'
  | 'sdist-wheel'
  | 'services'
  | 'snapshot'
  | 'test'
  | 'tool'
  | 'toolchain'
  | 'wheel';

/** A few digits that stand for a value in the names of elements. */
export function shortDigest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}
