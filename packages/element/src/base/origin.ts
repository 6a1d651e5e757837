/** Where a value was written: the file as the user knows it, the line counted from 1, the column counted from 0. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The place of an origin as BuildStream prints it: `app.bst [line 5 column 6]`. */
export function formatOrigin(origin: Origin): string {
  return `${origin.file} [line ${origin.line} column ${origin.column}]`;
}
