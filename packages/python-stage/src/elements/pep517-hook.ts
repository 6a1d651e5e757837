import { join } from 'node:path';
import { BuildElement, type ElementKind } from '@wheelhouse/element';

/** The result of a build backend's hook, run in the sandbox while requirements are locked (docs/adr/0011). */
export class Pep517HookElement extends BuildElement {}

/** Kind `pep517-hook`. */
export const pep517Hook: ElementKind = {
  kind: 'pep517-hook',
  formatVersion: 1,
  defaults: join(__dirname, 'pep517-hook.yaml'),
  create: (meta) => new Pep517HookElement(meta),
};
