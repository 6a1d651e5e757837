// Made from schema.json: `npm run generate`.

/**
 * Installs only the wheelhouse of a Python project on a base image.
 */
export interface ReleaseImageExecutorSchema {
  /**
   * The image to install on: `oci:DIRECTORY` with an OCI image layout, `archive:FILE` of one or of `docker save`, or the name of an image in the engine; each with or without `@sha256:...`.
   */
  base?: string | number;
  /**
   * The engine to load the image into, in addition to the layout in `dist`.
   */
  engine?: 'none' | 'docker';
  /**
   * The name of the image, with or without a tag; defaults to the project's name and version.
   */
  tag?: string | number;
  /**
   * The program that a container runs, and its first arguments.
   */
  entrypoint?: (string | number)[];
  /**
   * The default command of a container, or the default arguments of the entry point.
   */
  command?: (string | number)[];
  /**
   * Environment variables of containers, in addition to those of the base. Everyone with the image can read them.
   */
  env?: {
    [k: string]: string | number;
  };
  /**
   * Ports that the application listens on, such as `8000` or `53/udp`.
   */
  expose?: (string | number)[];
  /**
   * The working directory of containers, an absolute path; defaults to the user's home.
   */
  workdir?: string | number;
  /**
   * The numeric user and group id that containers run as.
   */
  user?: number;
  /**
   * Labels of the image, in addition to those that Wheelhouse sets.
   */
  labels?: {
    [k: string]: string | number;
  };
  /**
   * Shows the output of builds while they run.
   */
  verbose?: boolean;
  /**
   * Retries builds that failed before and have not changed since.
   */
  retryFailed?: boolean;
  /**
   * The arguments of the command line that are not options of Nx.
   */
  __unparsed__?: string[];
}
