import type { Element } from './element.js';
import type { Step } from './ports.js';
import type { Source } from './source.js';

/** How a step is run where it differs from what {@link ActionBuilder} was told for all. */
export interface RunOptions {
  /** What the log and an error call the command; the command itself unless given. */
  readonly label?: string;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * What `configureSandbox`, `stage`, `prepare` and `assemble` write to: the sandbox of BuildStream's reference, as the
 * description of an action. Nothing runs while it is written.
 */
export interface ActionBuilder {
  /** The directory commands start in: an absolute path. */
  setWorkDirectory(path: string): void;
  /** The whole environment of the commands. */
  setEnvironment(environment: Readonly<Record<string, string>>): void;
  /** A directory that commands may write below: an absolute path. */
  markDirectory(path: string): void;
  /** An empty file system in memory at an absolute path. */
  mountTmpfs(path: string): void;
  /** Stages the artifacts of these elements below `path` (the root unless given), in this order. */
  stageArtifacts(elements: readonly Element[], path?: string): void;
  /** Stages what these sources hold below `path`; `subdirectory` takes only that part of them. */
  stageSources(sources: readonly Source[], path: string, subdirectory?: string): void;
  /** Makes an empty directory at an absolute path, unless something staged is there. */
  makeDirectory(path: string): void;
  /** A command to run in the root as it is staged so far, before anything staged later. Its root is writable. */
  integrate(step: Step): void;
  /** A command line for `sh -c -e`, after all that came before. */
  run(command: string, options?: RunOptions): void;
}
