import { sandboxContract } from '../../../src/testing/sandbox-contract.js';
import { type SandboxCase } from '../../../src/testing/sandbox-subject.js';
import { bubblewrapCases } from './bubblewrap-cases.js';
import type { BubblewrapSubject } from './bubblewrap-subject.js';

/** All cases of a bubblewrap sandbox. */
export const allCases: readonly SandboxCase<BubblewrapSubject>[] = [...sandboxContract, ...bubblewrapCases];

/** The realisations that all cases are run on. */
export const realisations = ['overlay', 'tree'] as const;

/** What became of a case: one line of the ordinary user's report. */
export interface CaseReport {
  readonly realisation: string;
  readonly name: string;
  /** Absent where the case passed. */
  readonly error?: string;
}
