import { pep517Hook } from './pep517-hook.js';
import { pythonEnv } from './python-env.js';
import { pythonTest } from './python-test.js';
import { sdist } from './sdist.js';
import { services } from './services.js';
import { snapshot } from './snapshot.js';
import { wheel } from './wheel.js';
import type { ElementKind } from '@wheelhouse/element';

/** The kinds of elements this package brings. */
export const pythonElements: readonly ElementKind[] = [
  pythonEnv,
  wheel,
  sdist,
  pep517Hook,
  pythonTest,
  services,
  snapshot,
];
