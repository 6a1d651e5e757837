import { local } from './local.js';
import { packages } from '../packages/packages-source.js';
import type { SourceKind } from '../plugin/source.js';

/** The kinds of sources every project can use. */
export const coreSources: readonly SourceKind[] = [local, packages];
