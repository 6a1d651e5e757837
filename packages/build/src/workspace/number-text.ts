/**
 * What a number was written as, on a command line or in a JSON file. A number keeps neither the last zero of `1.10` nor
 * that `1e5` was a name.
 *
 * @param words the values of the option on the command line, in order
 * @param index which of `count` values of the option it is
 * @returns `undefined` if that cannot be told
 */
export function numberText(value: number, words: readonly string[], index: number, count: number): string | undefined {
  const word = count === 1 ? words.at(-1) : words.length === count ? words[index] : undefined;
  if (word !== undefined && Number(word) === value) return word;
  return words.length === 0 && Number.isSafeInteger(value) ? String(value) : undefined;
}

/** The values of an option on a command line: `--name value` and `--name=value`, in either spelling. */
export function wordsOf(words: readonly string[], option: string): string[] {
  return words.flatMap((word, index): string[] => {
    const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (camelCase(name) !== option) return [];
    const next = words[index + 1];
    return value === undefined ? (next === undefined ? [] : [next]) : [value];
  });
}

/** `retry-failed` and `retryFailed` are one option; what follows the first dot is a key, taken as it is. */
function camelCase(name: string): string {
  const [option = '', ...keys] = name.split('.');
  return [option.replaceAll(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase()), ...keys].join('.');
}
