/** Installs the wheelhouse of a Python project, and nothing else, on a base image. */
export interface ReleaseImageExecutorSchema {
  /** `oci:DIRECTORY`, `archive:FILE` or the name of an engine's image, each with or without `@sha256:...`. */
  readonly base?: string;
  /** Who is given the image, beside the layout in `dist`. */
  readonly engine?: 'none' | 'docker';
  /** The name of the image, with or without a tag. */
  readonly tag?: string;
  /** The program that a container runs, and its first arguments. */
  readonly entrypoint?: readonly string[];
  /** What a container runs where nothing else is asked for, or what follows the entry point. */
  readonly command?: readonly string[];
  /** Variables of containers, beside those of the base. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ports that the application listens on, such as `8000` or `53/udp`. */
  readonly expose?: readonly string[];
  /** The directory that containers start in. */
  readonly workdir?: string;
  /** The number of the user and the group that containers run as. */
  readonly user?: number;
  /** Labels of the image, beside those that Wheelhouse gives it. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
  /** Tries again what failed before and has not changed since. */
  readonly retryFailed?: boolean;
}
