import { types } from 'node:util';
import { ElementError, ElementErrors } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';

declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** A name is not valid for a distribution, module or project. */
    NAME: true;
    /** A directory exists that must not, does not exist, or is in the wrong place. */
    PLACE: true;
    /** The value of an option is not one of its choices. */
    OPTION: true;
    /** A file of the workspace that would be edited cannot be read. */
    UNREADABLE: true;
    /** A directory contains nothing that could be a Python project. */
    NO_PROJECT: true;
    /** A step of the build stage cannot be run here. */
    STAGE: true;
    /** Files of a project contradict each other, and only its author can decide which of them is right. */
    DRIFT: true;
  }
}

/** The codes of user errors that this package adds to those of the packages below. @public */
export type ScaffoldErrorCode = 'NAME' | 'PLACE' | 'OPTION' | 'UNREADABLE' | 'NO_PROJECT' | 'STAGE' | 'DRIFT';

/**
 * What Nx shows of an error is its message: a user's error with its hint, and a bug as it is.
 *
 * @returns to be thrown
 */
export function shown(error: unknown): Error {
  if (error instanceof ElementError || error instanceof ElementErrors) {
    return new Error(formatError(error), { cause: error });
  }
  return types.isNativeError(error) ? error : new Error(String(error));
}

/** One of `choices`. @throws ElementError OPTION @param name the option's */
export function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new ElementError({
    code: 'OPTION',
    message: `the option \`${name}\` is \`${value}\``,
    hint: `it must be one of ${choices.map((choice) => `\`${choice}\``).join(', ')}`,
  });
}
