/** Settings of one step that override those of the `ActionBuilder`. @public */
export interface RunOptions {
  /** What the log and an error call the command; default: the command itself. */
  readonly label?: string;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}
