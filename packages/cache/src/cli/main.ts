import {
  dispatch,
  packageVersion,
  type CommandContext,
  type ErrorOutput,
  type Program,
} from '@wheelhouse/element/program';
import { doctor } from './commands/doctor.js';
import { gc } from './commands/gc.js';
import { healthcheck } from './commands/healthcheck.js';
import { proxy } from './commands/proxy.js';
import { serve } from './commands/serve.js';
import { stats } from './commands/stats.js';
import { token } from './commands/token.js';
import { verify } from './commands/verify.js';

/** The program `wheelhouse-cache`. */
export const WHEELHOUSE_CACHE: Program<CommandContext> = {
  name: 'wheelhouse-cache',
  synopsis: 'COMMAND [OPTION]...',
  description: 'A remote cache for Nx, with tiers of trust.',
  commands: { serve, proxy, token, stats, gc, verify, doctor, healthcheck },
  version: () => packageVersion(__dirname),
};

/** Runs a command of `wheelhouse-cache`. @param argv what follows the program's name @returns the exit code */
export async function main(argv: readonly string[], context: CommandContext & ErrorOutput): Promise<number> {
  return await dispatch(WHEELHOUSE_CACHE, argv, context);
}
