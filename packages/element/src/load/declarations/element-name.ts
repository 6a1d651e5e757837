import { ElementError } from '../../base/error.js';
import type { Origin } from '../../base/origin.js';

/**
 * Checks the characters of an element's name: printable ASCII without what Windows keeps for itself.
 *
 * @param origin where the name is written; absent for a name that was given on a command line
 * @throws ElementError BAD_CHARACTERS_IN_NAME
 */
export function assertElementCharacters(name: string, origin?: Origin): void {
  if (/^[\x20-\x7e]*$/.test(name) && !/[<>"|?*]/.test(name)) return;
  throw new ElementError({
    code: 'BAD_CHARACTERS_IN_NAME',
    message: `Element '${name}' has invalid characters.`,
    origin,
  });
}

/**
 * Checks the name by which an element is asked for.
 *
 * @param origin where the name is written; absent for a name that was given on a command line
 * @throws ElementError UNSUPPORTED_PROJECT, BAD_CHARACTERS_IN_NAME, BAD_ELEMENT_SUFFIX, PROJ_PATH_INVALID
 */
export function assertElementName(name: string, origin?: Origin): void {
  assertElementCharacters(name, origin);
  if (!name.endsWith('.bst')) {
    throw new ElementError({
      code: 'BAD_ELEMENT_SUFFIX',
      message: `Element '${name}' does not have expected file extension \`.bst\``,
      origin,
    });
  }
  if (name.includes(':')) {
    throw new ElementError({
      code: 'UNSUPPORTED_PROJECT',
      message: `Elements of other projects are not supported yet: \`${name}\``,
      origin,
      hint: 'copy the element into this project',
    });
  }
  if (name.startsWith('/') || name.split('/').includes('..')) {
    throw new ElementError({
      code: 'PROJ_PATH_INVALID',
      message: `Element '${name}' must not lead outside of the elements directory`,
      origin,
    });
  }
}
