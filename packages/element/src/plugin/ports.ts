import type { Digest } from '../cas/digest.js';
import type { Layer } from '../cas/layer.js';
import type { Json } from '../base/json.js';
import type { Plain } from '../load/node.js';
import type { SourceFacts } from './source-facts.js';

/** The identity of an element or of an action: 64 lower-case hexadecimal digits of a SHA-256. @public */
export type Key = string & { readonly __brand: 'Key' };

/** Takes the output of a command, or the messages of a fetch, while it runs. @public */
export interface Sink {
  write(chunk: Uint8Array): void;
}

/** The output and the abort signal of a long operation. @public */
export interface Io {
  readonly log: Sink;
  readonly signal: AbortSignal;
}

/** A dependency as a record pins it. */
export interface PinnedDependency {
  readonly name: string;
  readonly key: Key;
  readonly tree: Digest;
}

/** What is kept of a build: REAPI's ActionResult, with what names it. */
export interface ArtifactRecord {
  readonly key: Key;
  /** The element's full name, for users. */
  readonly element: string;
  readonly kind: string;
  /** 0, or the exit code of the command that failed. */
  readonly exitCode: number;
  /** The label of the command that failed. */
  readonly failedCommand?: string;
  /** The root `Directory` of the collected tree. */
  readonly tree: Digest;
  /** The root `Directory` of the merged input, where commands ran on it. */
  readonly root?: Digest;
  /** The commands' output. */
  readonly log?: Digest;
  /** The REAPI `Action`, where commands ran. Its result is a record under its hash. */
  readonly action?: Digest;
  readonly dependencies: readonly PinnedDependency[];
  /** The element's public data as its build left it, variables put in. Absent in the result of an action. */
  readonly public?: { readonly [domain: string]: Plain };
  /** The inputs whose canonical JSON hashes to `key`, kept so that two keys can be compared. */
  readonly inputs?: Json;
  /** What the sources consist of, in the order that `inputs` has; `null` for those that do not tell. */
  readonly sources?: readonly (SourceFacts | null)[];
  /** When the build began (milliseconds since 1970) and how long it ran (milliseconds). Recorded, not keyed. */
  readonly started: number;
  readonly elapsed: number;
  /** What the build ran on (sandbox, kernel, processors). Recorded, not keyed. */
  readonly host?: Readonly<Record<string, string>>;
}

/** Records by their key. */
export interface ArtifactStore {
  /** The record, only when every blob it names is there too. */
  get(key: Key): Promise<ArtifactRecord | undefined>;
  /**
   * Publishes `record`. The first success of a key stays; a failure is replaced by any later record. Returns the record
   * that is published now.
   */
  put(key: Key, record: ArtifactRecord): Promise<ArtifactRecord>;
}

/**
 * A directory of this machine that is bound, read-only, at its own path: part of a host toolchain.
 * `link` is a symbolic link with that target; `mask` an empty read-only directory laid over a part of
 * another mount.
 *
 * @public
 */
export type HostMount =
  | { readonly type: 'bind'; readonly path: string }
  | { readonly type: 'link'; readonly path: string; readonly target: string }
  | { readonly type: 'mask'; readonly path: string };

/** One command of an action. @public */
export interface Step {
  /** Program and arguments, run without a shell of the sandbox's own making. */
  readonly argv: readonly string[];
  /** What the log and an error call it. */
  readonly label: string;
  /** Absolute path inside the sandbox; created when absent and writable. */
  readonly cwd: string;
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What the commands are built for. @public */
export interface Platform {
  readonly os: string;
  /** REAPI's and BuildStream's name of the instruction set: `x86-64`, `aarch64`, ... */
  readonly arch: string;
}

/**
 * Bounds on an action. They are no part of an element's key, but an action with another time limit is another one
 * (REAPI, `Action.timeout`).
 *
 * There is none for memory or processes: the kernel counts those of a whole sandbox only by control groups, which an
 * ordinary user is not given everywhere, and its limits for single processes (setrlimit(2)) do not hold for root.
 *
 * @public
 */
export interface Limits {
  /** Seconds until the action is ended with all its processes, which is an error and not recorded. */
  readonly timeoutSeconds?: number;
}

/** A function from a tree to trees: everything a sandbox needs to know. @public */
export interface Action {
  /** The whole input tree. */
  readonly root: Digest;
  /**
   * A hint: layers, lowest first, that laid over one another equal `root`, with everything below `writable` cut out where
   * that is a list.
   */
  readonly layers?: readonly Layer[];
  /** Parts of this machine laid over the root. Only a sandbox on this machine takes them. */
  readonly host?: readonly HostMount[];
  /** What those parts are, as their toolchain says. Stands for their content in the action's digest. */
  readonly hostIdentity?: string;
  readonly steps: readonly Step[];
  /** Absolute paths that commands may write below; `all` for the whole root. */
  readonly writable: 'all' | readonly string[];
  /** Absolute paths with an empty file system in memory (`/tmp` and `/dev` are always there). */
  readonly tmpfs: readonly string[];
  /** Absolute paths of directories to collect. */
  readonly outputs: readonly string[];
  readonly platform: Platform;
  /** The ids commands run under; 0 if absent. */
  readonly ids?: { readonly uid: number; readonly gid: number };
  readonly limits: Limits;
}

/** Why a sandbox cannot run an action. @public */
export interface Refusal {
  readonly message: string;
  readonly hint?: string;
}

/** What running an action gave. @public */
export interface SandboxResult {
  /** 0, or the exit code of the first step that failed. */
  readonly exitCode: number;
  /** That step's label. */
  readonly failedStep?: string;
  /** The collected directories in the order of `outputs`; absent if the directory does not exist. */
  readonly outputs: readonly (Digest | undefined)[];
}

/** Something that realises actions. @public */
export interface Sandbox {
  readonly name: string;
  supports(action: Action): Refusal | undefined;
  /** @throws ElementError SANDBOX when the sandbox itself fails, ARTIFACT when an output cannot be held by a tree */
  run(action: Action, io: Io): Promise<SandboxResult>;
}
