import { join } from 'node:path';
import { BuildElement } from '../plugin/build-element.js';
import type { ElementKind } from '../plugin/element.js';

/** The build element whose commands are all written by hand (BuildStream reference: manual element). */
export class ManualElement extends BuildElement {}

/** Kind `manual`. */
export const manual: ElementKind = {
  kind: 'manual',
  formatVersion: 1,
  defaults: join(__dirname, 'manual.yaml'),
  create: (meta) => new ManualElement(meta),
};
