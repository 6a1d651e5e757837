/** The page of the commands, from what `--help` prints. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { madeBy } from './page.mjs';
import { root } from '../workspace.mjs';

const require = createRequire(import.meta.url);

/** Both programs, as the packages have them. */
export function programs() {
  const dist = (name) => require(join(root, 'packages', name, 'dist', 'cli', 'main.js'));
  return [dist('build').WHEELHOUSE, dist('cache').WHEELHOUSE_CACHE];
}

const block = (text) => `\`\`\`text\n${text.trimEnd()}\n\`\`\``;

/** The page of all commands. */
export function commands() {
  const { programHelp } = require('@wheelhouse/element/program');
  const sections = programs().flatMap((program) => [
    `## \`${program.name}\``,
    block(programHelp(program)),
    ...Object.entries(program.commands).flatMap(([name, { help }]) => [`### \`${program.name} ${name}\``, block(help)]),
  ]);
  return [
    '# Commands',
    madeBy('the help of the commands'),
    'Both programs exit with 0 when done, 1 on a mistake of the user, 2 when a build or a test failed or a check found something, 70 on a bug, and 128 and its number when a signal ended them.',
    ...sections,
  ].join('\n\n');
}
