import { ElementError, ElementErrors } from '../base/error.js';
import { systemError } from '../base/system-error.js';
import type { Element } from '../plugin/element.js';

/** The error that ended the build of an element, with the element's name; bugs have it too. */
export function errorOfElement({ name }: Element, error: unknown): Error {
  if (error instanceof ElementErrors) {
    const [first, ...more] = error.errors.map((each) => each.ofElement(name));
    if (first !== undefined && more.length === 0) return first;
    return first === undefined ? error : new ElementErrors([first, ...more]);
  }
  const users = error instanceof ElementError ? error : systemError(error);
  return users?.ofElement(name) ?? new Error(`${name} could not be built`, { cause: error });
}

/** Whether an error is one that the user can fix. */
export function isUserError(error: unknown): error is ElementError | ElementErrors {
  return error instanceof ElementError || error instanceof ElementErrors;
}
