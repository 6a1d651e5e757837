import { askProgram, runProgram, type ProgramContext } from './program.js';

/**
 * Removes the images with a label that have no name: those that a newer build took it from, and those of stages that
 * only others are made from.
 *
 * @param label `key=value`
 * @returns the worst exit code
 */
export async function removeImages(label: string, context: ProgramContext): Promise<number> {
  let [worst, before] = [0, ''];
  for (;;) {
    const words = ['image', 'ls', '--quiet', '--filter', 'dangling=true', '--filter', `label=${label}`];
    const answer = askProgram(['docker', ...words], context);
    const output = answer !== 'absent' && 'output' in answer ? answer.output.trim() : '';
    // One goes with another that is made from it; what cannot be removed is not tried again.
    if (output === '' || output === before) return worst;
    before = output;
    const [image = ''] = output.split('\n');
    worst = Math.max(worst, await runProgram(['docker', 'image', 'rm', image], context));
  }
}
