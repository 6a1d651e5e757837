import { hostKind, type HostServices } from '../toolchain/host.js';
import { importKind } from './import.js';
import { manual } from './manual.js';
import { script } from './script.js';
import { stack } from './stack.js';
import type { ElementKind } from '../plugin/element.js';

/** The kinds of elements every project can use. */
export function coreElements(services: HostServices): readonly ElementKind[] {
  return [manual, script, importKind, stack, hostKind(services)];
}
