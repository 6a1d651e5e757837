import { ElementError } from '../../base/error.js';
import type { Directive } from './directive.js';

/** A directive that is not supported: each is an error at its place, and the dictionary is read without it. */
export function unsupported(key: string, what: string): Directive {
  return {
    key,
    apply(dictionary, value, { errors }) {
      errors.add(
        new ElementError({
          code: 'UNSUPPORTED_PROJECT',
          message: `${what} are not supported yet: \`${key}\``,
          origin: value.origin,
          hint: 'write out the resulting values instead',
        }),
      );
      return dictionary;
    },
  };
}
