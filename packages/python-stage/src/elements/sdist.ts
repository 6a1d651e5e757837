import { join } from 'node:path';
import type { ElementKind } from '@wheelhouse/element';
import { DistributionElement } from './distribution-element.js';

/** A source distribution, built by the backend of the sources (PEP 517 `build_sdist`; docs/adr/0030). */
export class SdistElement extends DistributionElement {}

/** Kind `sdist`. */
export const sdist: ElementKind = {
  kind: 'sdist',
  formatVersion: 1,
  defaults: join(__dirname, 'sdist.yaml'),
  create: (meta) => new SdistElement(meta),
};
