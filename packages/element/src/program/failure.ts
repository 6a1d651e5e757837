import { types } from 'node:util';
import { ElementError, ElementErrors, formatError, type ErrorCode } from '../base/error.js';
import { Interruption } from '../base/interruption.js';
import { systemError } from '../base/system-error.js';

/**
 * What a program ends with: done, the user's error, a build or a test that failed or a check that found something, a
 * bug.
 */
export const EXIT = { done: 0, userError: 1, failed: 2, bug: 70 } as const;

/** An error as it is shown, and what the program ends with because of it. */
export interface Failure {
  readonly text: string;
  readonly exitCode: number;
}

/** Tells a user's error, a failed command, an interruption and a bug from one another. */
export function explainFailure(error: unknown): Failure {
  if (error instanceof Interruption) return { text: error.message, exitCode: error.exitCode };
  if (error instanceof ElementErrors) {
    return { text: formatError(error), exitCode: error.errors.some(endsBuild) ? EXIT.failed : EXIT.userError };
  }
  const users = error instanceof ElementError ? error : systemError(error);
  if (users !== undefined)
    return { text: formatError(users), exitCode: endsBuild(users) ? EXIT.failed : EXIT.userError };
  const text = types.isNativeError(error) ? withCauses(error) : String(error);
  return { text: `This is a bug in Wheelhouse.\n${text}`, exitCode: EXIT.bug };
}

/** What says nothing of the element that was being built: a full disk, a missing program, no user namespaces. */
const OF_THE_MACHINE: readonly ErrorCode[] = ['STORE', 'SYSTEM', 'HOST_TOOL', 'SANDBOX'];

/** Whether an element could not be built because of what it is (docs/adr/0064). */
function endsBuild({ code, element }: ElementError): boolean {
  if (code === 'COMMAND_FAILED') return true;
  return element !== undefined && !OF_THE_MACHINE.includes(code);
}

function withCauses(error: Error): string {
  const own = error.stack ?? error.message;
  return types.isNativeError(error.cause) ? `${own}\ncaused by: ${withCauses(error.cause)}` : own;
}
