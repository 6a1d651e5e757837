import { types } from 'node:util';
import { ElementError, ElementErrors, formatError } from '@wheelhouse/element';
import { Interruption } from './interruption.js';

/** What the command ends with: done, the user's error, a failed build or test, a bug. */
export const EXIT = { done: 0, userError: 1, failed: 2, bug: 70 } as const;

/** An error as it is shown, and what the command ends with because of it. */
export interface Failure {
  readonly text: string;
  readonly exitCode: number;
}

/** Tells a user's error, a failed command, an interruption and a bug from one another. */
export function explainFailure(error: unknown): Failure {
  if (error instanceof Interruption) return { text: error.message, exitCode: error.exitCode };
  if (error instanceof ElementErrors) return { text: formatError(error), exitCode: EXIT.userError };
  if (error instanceof ElementError) {
    return { text: formatError(error), exitCode: error.code === 'COMMAND_FAILED' ? EXIT.failed : EXIT.userError };
  }
  const text = types.isNativeError(error) ? withCauses(error) : String(error);
  return { text: `This is a bug in Wheelhouse.\n${text}`, exitCode: EXIT.bug };
}

function withCauses(error: Error): string {
  const own = error.stack ?? error.message;
  return types.isNativeError(error.cause) ? `${own}\ncaused by: ${withCauses(error.cause)}` : own;
}
