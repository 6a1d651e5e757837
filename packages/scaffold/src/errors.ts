import { types } from 'node:util';
import { ElementError, ElementErrors, formatError } from '@wheelhouse/element';

declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** A name that no distribution, module or project can have. */
    NAME: true;
    /** A directory that is there although it must not be, is not there although it must, or lies elsewhere. */
    PLACE: true;
    /** An option with a value that is none of its choices. */
    OPTION: true;
    /** A file of the workspace that is to be edited and cannot be read. */
    UNREADABLE: true;
    /** There is nothing in a directory that a Python project could be made of. */
    NO_PROJECT: true;
    /** A step of the build stage cannot be taken here. */
    STAGE: true;
    /** Files of a project that contradict each other, where only people can say which of them is right. */
    DRIFT: true;
  }
}

/** The codes of user errors that this package adds to those of the packages below. */
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
