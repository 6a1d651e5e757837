/** A string as Python code: in double quotes, as Black and Ruff write it. */
export function pythonString(text: string): string {
  // JSON's escapes are all Python's too; beyond them only DEL and the line separators are unprintable in source.
  return JSON.stringify(text);
}

/** A list of strings, one a line, indented for its place. @param indent of the line that the list begins on */
export function pythonList(items: readonly string[], indent: number): string {
  if (items.length === 0) return '[]';
  const margin = ' '.repeat(indent);
  return `[\n${items.map((item) => `${margin}    ${pythonString(item)},\n`).join('')}${margin}]`;
}
