import { ElementError } from '../../base/error.js';
import type { Origin } from '../../base/origin.js';

/**
 * Checks a name that the format uses as a symbol: a project's, a variable's (BuildStream reference: symbol names).
 *
 * @param purpose what the name is for, as the message says it: `variable name`
 * @throws ElementError INVALID_SYMBOL_NAME
 */
export function assertSymbol(name: string, purpose: string, origin: Origin): void {
  if (/^[A-Za-z_-][A-Za-z0-9_-]*$/.test(name)) return;
  throw new ElementError({
    code: 'INVALID_SYMBOL_NAME',
    message: `Invalid symbol name for ${purpose}: '${name}'`,
    origin,
    detail:
      'Symbol names must contain only alphanumeric characters, may not start with a digit, and may contain underscores or dashes',
  });
}
