/** What git says of where a project stands. */
export interface Described {
  /** The tag's version, without a `v` in front and without its local part. */
  readonly version: string;
  /** That local part, where the tag has one. */
  readonly local?: string;
  /** How many commits came after the tag. */
  readonly distance: number;
  /** The commit, in full. */
  readonly node: string;
  readonly dirty: boolean;
  /** The branch, or `HEAD` if none is checked out. */
  readonly branch: string;
  /** The day of the commit, UTC: `YYYY-MM-DD`. */
  readonly date: string;
  /** The version in a name, as the settings find it in a tag. */
  /** What the `Sem-Ver:` lines of the commits after the tag say, which pbr reads; absent for other tools. */
  readonly semVer?: ReadonlySet<string>;
  readonly versionIn: (name: string) => string | undefined;
}
