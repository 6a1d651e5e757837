/** Installs only the wheelhouse of a Python project on a base image. */
export interface ReleaseImageExecutorSchema {
  /** `oci:DIRECTORY`, `archive:FILE` or the name of an engine's image, each with or without `@sha256:...`. */
  readonly base?: string;
  /** The engine to load the image into, in addition to the layout in `dist`. */
  readonly engine?: 'none' | 'docker';
  /** The name of the image, with or without a tag. */
  readonly tag?: string;
  /** The program that a container runs, and its first arguments. */
  readonly entrypoint?: readonly string[];
  /** The default command of a container, or the default arguments of the entry point. */
  readonly command?: readonly string[];
  /** Variables of containers, beside those of the base. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ports that the application listens on, such as `8000` or `53/udp`. */
  readonly expose?: readonly string[];
  /** The directory that containers start in. */
  readonly workdir?: string;
  /** The numeric user and group id that containers run as. */
  readonly user?: number;
  /** Labels of the image, in addition to those that Wheelhouse sets. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Shows the output of builds while they run. */
  readonly verbose?: boolean;
  /** Retries builds that failed before and have not changed since. */
  readonly retryFailed?: boolean;
}
