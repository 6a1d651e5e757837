import { posix } from 'node:path';
import { isValidName, normalizeName } from '@wheelhouse/python';

/**
 * Takes down that an option is wrong.
 *
 * @param path keys and indices that lead to the value within the options
 */
export type Fail = (message: string, hint: string, path: OptionPath) => void;

/** Where a value is within the options: keys of objects and indices of lists. */
export type OptionPath = readonly (string | number)[];

/** What the values of an option are. */
export interface OptionKind<T> {
  /** As the reference page says it. */
  readonly type: string;
  /** @returns the value as it is used; `undefined` if `fail` was told what is wrong with it */
  check(value: unknown, name: string, fail: Fail): T | undefined;
}

/** One of several keywords. */
export function choice<T extends string>(words: readonly T[]): OptionKind<T> {
  const known = words.map((word) => `\`${word}\``).join(', ');
  return {
    type: `one of ${known}`,
    check: (value, name, fail) => {
      const found = words.find((word) => word === value);
      if (found === undefined) fail(said(name, value), `it must be one of ${known}`, [name]);
      return found;
    },
  };
}

/** The interpreter of a project. */
export const INTERPRETER: OptionKind<string> = {
  type: 'a path, a command or a version as a string, such as `"3.12"`',
  check: (value, name, fail) => {
    if (typeof value === 'string' && value !== '') return value;
    fail(said(name, value), 'it must be a path, a command or a version such as "3.12"', [name]);
    return undefined;
  },
};

/** Globs of a project's files. @param known where only these have a meaning */
export function globs(known?: readonly string[]): OptionKind<readonly string[]> {
  const what = 'globs relative to the project';
  return listOf({
    type: known === undefined ? `a list of ${what}` : `a list of globs, each of ${listed(known)}`,
    hint: `it must be a list of ${what}`,
    check: (item) => {
      if (typeof item !== 'string' || item === '') return { hint: 'it must be a glob relative to the project' };
      if (leadsOut(item)) {
        return { message: `points outside the project: \`${item}\``, hint: 'globs are relative to the project' };
      }
      if (known?.includes(item) === false) {
        return {
          message: `is not one of the globs excluded by default: \`${item}\``,
          hint: `they are ${listed(known)}; other files are sources without this option`,
        };
      }
      return { item };
    },
  });
}

const FILE = 'a file relative to the project, or `{workspaceRoot}/` and a file relative to the workspace';

/** Files of the project or of the workspace. */
export const FILES: OptionKind<readonly string[]> = listOf({
  type: `a list; each item is ${FILE}`,
  hint: `it must be a list; each item is ${FILE}`,
  check: (item) =>
    typeof item === 'string' && item !== '' && !posix.isAbsolute(item) ? { item } : { hint: `it must be ${FILE}` },
});

const PATH = 'a file, a directory or a glob of either, relative to the workspace';

/** Files of the workspace. */
export const WORKSPACE_FILES: OptionKind<readonly string[]> = listOf({
  type: `a list; each item is ${PATH}`,
  hint: `it must be a list; each item is ${PATH}`,
  check: (item) => {
    if (typeof item !== 'string' || item === '') return { hint: `it must be ${PATH}` };
    if (!leadsOut(item)) return { item };
    return { message: `points outside the workspace: \`${item}\``, hint: 'paths are relative to the workspace' };
  },
});

const NAME = 'the name of an extra or of a dependency group';

/** Names of extras or of dependency groups. */
export const NAMES: OptionKind<readonly string[]> = listOf({
  type: 'a list of names',
  hint: `it must be a list; each item is ${NAME}`,
  check: (item) => (typeof item === 'string' && isValidName(item) ? { item } : { hint: `it must be ${NAME}` }),
});

const DISTRIBUTIONS_HINT = 'it must be a list of distribution names, such as ["markupsafe"]';

const DISTRIBUTION_LIST = listOf({
  type: 'a list of names of distributions',
  hint: DISTRIBUTIONS_HINT,
  check: (item) => {
    if (typeof item === 'string' && isValidName(item)) return { item: normalizeName(item) };
    const all = item === '*' || item === ':all:';
    return {
      hint: all ? 'list the distributions: all of them would include every build backend' : DISTRIBUTIONS_HINT,
    };
  },
});

/** Distributions: normalised names, sorted. There is no name for all of them. */
export const DISTRIBUTIONS: OptionKind<readonly string[]> = {
  ...DISTRIBUTION_LIST,
  check: (...given) => {
    const names = DISTRIBUTION_LIST.check(...given);
    return names === undefined ? undefined : [...new Set(names)].sort();
  },
};

/** An item of a list, or what is wrong with it. */
type CheckedItem = { readonly item: string } | { readonly message?: string; readonly hint: string };

function listOf(kind: {
  readonly type: string;
  readonly hint: string;
  readonly check: (item: unknown) => CheckedItem;
}): OptionKind<readonly string[]> {
  return {
    type: kind.type,
    check: (value, name, fail) => {
      if (!Array.isArray(value)) {
        fail(said(name, value), kind.hint, [name]);
        return undefined;
      }
      return value.flatMap((item: unknown, index): string[] => {
        const checked = kind.check(item);
        if ('item' in checked) return [checked.item];
        const at = `${name}[${index}]`;
        const message = checked.message === undefined ? said(at, item) : `the option \`${at}\` ${checked.message}`;
        fail(message, checked.hint, [name, index]);
        return [];
      });
    },
  };
}

/** The message for a wrong value. */
export function said(name: string, value: unknown): string {
  return `the option \`${name}\` is \`${JSON.stringify(value)}\``;
}

function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

/** Whether a relative path or glob leaves the directory that it is relative to. */
export function leadsOut(path: string): boolean {
  return posix.isAbsolute(path) || /^\.\.(\/|$)/.test(posix.normalize(path));
}
