import { isValidName, normalizeName } from '@wheelhouse/python';

const HINT = 'it is a list of names of distributions, such as ["markupsafe"]';

/**
 * The option `noBinary`: distributions that are built from their sdists although there are wheels. There is no name for
 * all of them: that would build every build backend from source, too.
 *
 * @returns normalised names, sorted
 */
export function parseNoBinary(
  value: unknown,
  fail: (message: string, hint: string) => void,
): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    fail(`the option \`noBinary\` is \`${JSON.stringify(value)}\``, HINT);
    return undefined;
  }
  const names = value.filter((item: unknown, index): item is string => {
    if (typeof item === 'string' && isValidName(item)) return true;
    const all = item === '*' || item === ':all:';
    fail(
      `the option \`noBinary[${index}]\` is \`${JSON.stringify(item)}\``,
      all ? 'name the distributions: all of them would include every build backend' : HINT,
    );
    return false;
  });
  return [...new Set(names.map(normalizeName))].sort();
}
