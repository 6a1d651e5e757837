/**
 * Where a value was written: the file as the user knows it, the line counted from 1, the column counted from 0.
 *
 * @public
 */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The full name of the junction by which the file's project is reached; absent for the project that was opened. */
  readonly junction?: string;
}

/**
 * A file or an element of a project as the user knows it from the project that was opened: `junction.bst:name`
 * (BuildStream reference: junction element).
 *
 * @param junction the full name of the junction by which the project is reached, if there is one
 */
export function nameInProject(name: string, junction: string | undefined): string {
  return junction === undefined ? name : `${junction}:${name}`;
}

/** The place of an origin as BuildStream prints it: `app.bst [line 5 column 6]`, `sub.bst:app.bst [line 5 column 6]`. */
export function formatOrigin(origin: Origin): string {
  return `${nameInProject(origin.file, origin.junction)} [line ${origin.line} column ${origin.column}]`;
}

/** Makes the places of one text. */
export type OriginOf = (line: number, column: number) => Origin;

/** The places in a file. @param junction see {@link Origin.junction} */
export function originsIn(file: string, junction: string | undefined): OriginOf {
  return (line, column) => (junction === undefined ? { file, line, column } : { file, line, column, junction });
}
