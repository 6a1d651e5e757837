import { parseArgs, types, type ParseArgsConfig } from 'node:util';
import { ElementError } from '../base/error.js';

/**
 * `util.parseArgs`, with its errors told as the user's.
 *
 * @param command the program and the command, as they are called: `wheelhouse build`
 * @throws ElementError USAGE
 */
export function parseArguments<T extends ParseArgsConfig>(command: string, config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (typeof code !== 'string' || !code.startsWith('ERR_PARSE_ARGS')) throw error;
    const [sentence = ''] = (types.isNativeError(error) ? error.message : '').split('. ');
    throw usage(command, sentence);
  }
}

/** A user's error in how a command is called. */
export function usage(command: string, message: string): ElementError {
  return new ElementError({
    code: 'USAGE',
    message: `${command}: ${message}`,
    hint: `\`${command} --help\` shows its usage`,
  });
}

/** The one target that a command takes. @throws ElementError USAGE */
export function onlyTarget(command: string, positionals: readonly string[], what: string): string {
  const [target] = positionals;
  if (target !== undefined && positionals.length === 1) return target;
  throw usage(command, `expected one ${what}, got ${positionals.length}`);
}
