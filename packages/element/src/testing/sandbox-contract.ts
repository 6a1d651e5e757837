import { commandsCases } from './sandbox-commands-cases.js';
import { isolationCases } from './sandbox-isolation-cases.js';
import { rootsCases } from './sandbox-roots-cases.js';
import { endsCases } from './sandbox-ends-cases.js';
import type { SandboxCase } from './sandbox-subject.js';

/** What every sandbox does: the port's contract, run on each implementation, as root and as an ordinary user. */
export const sandboxContract: readonly SandboxCase[] = [
  ...commandsCases,
  ...isolationCases,
  ...rootsCases,
  ...endsCases,
];
