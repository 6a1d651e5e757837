/**
 * Runs all cases as whoever starts it: arguments are `cases`, the `PATH` and the store's directory. Each line of the
 * output is a {@link CaseReport}. `probe` prints what the probe says, `sleep` runs a sandbox that sleeps. It needs no test framework, so that a user without access to this checkout can run a copy.
 */
import { join } from 'node:path';
import { probeBubblewrap } from '@wheelhouse/element/internal';
import { runSteps } from '../../../src/testing/sandbox-subject.js';
import { allCases, realisations, type CaseReport } from './case-runs.js';
import { openSubject } from './bubblewrap-subject.js';

async function main(): Promise<void> {
  const [, , what, path = '', directory = '', seconds = ''] = process.argv;
  if (what === 'probe') {
    console.log(JSON.stringify((await probeBubblewrap(path)) ?? null));
    return;
  }
  if (what === 'sleep') {
    const log = { write: (chunk: Uint8Array) => process.stdout.write(chunk) };
    const steps = [`setsid sleep ${seconds} & echo ready; sleep ${seconds}`];
    await runSteps(await openSubject(directory, path), steps, {}, { log });
    return;
  }
  for (const realisation of realisations) {
    const subject = await openSubject(join(directory, realisation), path, { realisation });
    for (const { name, run } of allCases) {
      const error = await run(subject).then(
        () => undefined,
        (reason: unknown) => (reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)),
      );
      const report: CaseReport = { realisation, name, ...(error === undefined ? {} : { error }) };
      console.log(JSON.stringify(report));
    }
  }
}

// A wait that nothing can end lets Node end quietly, with the exit code of success.
process.exitCode = 3;
void main().then(() => {
  process.exitCode = 0;
});
