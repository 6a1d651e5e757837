import { said, type OptionKind } from './option-kinds.js';

/** Groups of projects that are resolved together: patterns of projects, by the names of the groups. */
export type Resolves = Readonly<Record<string, readonly string[]>>;

const HINT =
  'it must be an object of resolve names and lists of projects, such as `{"services": ["apps/*", "libs/common"]}`';

/** The option `resolves`. */
export const RESOLVES: OptionKind<Resolves> = {
  type: 'an object: for the name of each resolve, a list of names of projects or globs of their roots',
  check: (value, name, fail) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      fail(said(name, value), HINT, [name]);
      return undefined;
    }
    for (const [resolve, patterns] of Object.entries(value as Record<string, unknown>)) {
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(resolve)) {
        fail(`\`${resolve}\` is not a resolve name`, 'names are letters, digits, `-`, `_` and `.`', [name, resolve]);
      }
      const isList = Array.isArray(patterns) && patterns.length > 0;
      if (isList && patterns.every((pattern) => typeof pattern === 'string' && pattern !== '')) continue;
      fail(said(`${name}.${resolve}`, patterns), HINT, [name, resolve]);
    }
    return value as Resolves;
  },
};
