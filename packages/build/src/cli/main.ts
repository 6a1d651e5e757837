import { dispatch, packageVersion, type ErrorOutput, type Program } from '@wheelhouse/element/program';
import type { CommandContext } from './command.js';
import { artifact } from './commands/artifact.js';
import { build } from './commands/build.js';
import { doctor } from './commands/doctor.js';
import { image } from './commands/image.js';
import { indexSite } from './commands/index-site.js';
import { lock } from './commands/lock.js';
import { publish } from './commands/publish.js';
import { script } from './commands/script.js';
import { show } from './commands/show.js';
import { test } from './commands/test.js';
import { snapshot } from './commands/snapshot.js';
import { toolchain } from './commands/toolchain.js';
import { venv } from './commands/venv.js';
import { verify } from './commands/verify.js';
import { why } from './commands/why.js';

/** The program `wheelhouse`. An `import()` of a command would take longer than loading all of them. */
export const WHEELHOUSE: Program<CommandContext> = {
  name: 'wheelhouse',
  synopsis: 'COMMAND [OPTION]... [TARGET]...',
  description: 'Builds Python applications, and anything else that elements describe, in sandboxes.',
  commands: {
    build,
    test,
    venv,
    show,
    why,
    snapshot,
    script,
    artifact,
    lock,
    verify,
    image,
    publish,
    index: indexSite,
    doctor,
    toolchain,
  },
  version: () => packageVersion(__dirname),
};

/** Runs a command of `wheelhouse`. @param argv what follows the program's name @returns the exit code */
export async function main(argv: readonly string[], context: CommandContext & ErrorOutput): Promise<number> {
  return await dispatch(WHEELHOUSE, argv, context);
}
