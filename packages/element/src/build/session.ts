import { availableParallelism, release } from 'node:os';
import { Assembler } from './assembler.js';
import type { OnError } from './builder-options.js';
import { Builder } from './builder.js';
import { elementFacts } from './element-facts.js';
import type { BuildListener } from './events.js';
import { Fetcher } from './fetcher.js';
import type { Outcome } from './outcome.js';
import { preflight } from './preflight.js';
import type { Scheduler } from './scheduler.js';
import { STAGING_VERSION } from './staging.js';
import { ElementKeys } from '../key/element-key.js';
import type { Documents } from '../load/documents/documents.js';
import type { Element } from '../plugin/element.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { KeyHistory, KeyLocks, ScratchSpace } from '../plugin/local-ports.js';
import type { ArtifactRecord, ArtifactStore, Limits, Sandbox } from '../plugin/ports.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { Consistency, Source } from '../plugin/source.js';
import { resolveProject, type ElementGraph } from '../resolve/resolve-project.js';
import { SANDBOX_CONTRACT_VERSION } from '../sandbox/contract.js';

/** Where an engine keeps what it makes. Each part may be of this machine, in memory, or elsewhere. */
export interface EngineStores {
  readonly blobs: BlobStore;
  /** Artifacts by the keys of elements, and the results of actions by the actions' digests. */
  readonly artifacts: ArtifactStore;
  readonly locks: KeyLocks;
  readonly scratch: ScratchSpace;
  /** Optional: only users who ask what has changed need it. */
  readonly history?: KeyHistory;
}

/** Where elements are built, and where events go. Created once by each entry point. */
export interface Engine {
  readonly store: EngineStores;
  readonly sandbox: Sandbox;
  /** Decides what runs now; shared by all that this entry point opens. */
  readonly scheduler: Scheduler;
  readonly listener: BuildListener;
  readonly signal: AbortSignal;
  /** Whether a failure that is on record is tried again. */
  readonly retryFailed: boolean;
  /** What each action may take, commands and integration alike. Default: no limit. */
  readonly limits?: Limits;
  /** What happens to the other elements when one fails or cannot be carried out. Default: `quit`, as in BuildStream. */
  readonly onError?: OnError;
  /** Shared by sessions that stop together unless they are to continue. Default: one for each session. */
  readonly stopping?: AbortController;
}

/** What is built. */
export interface SessionInput {
  readonly documents: Documents;
  /** Absolute path of the project's directory. */
  readonly directory: string;
  /** Names of elements; the project's default targets if there are none. */
  readonly targets: readonly string[];
  readonly registry: PluginRegistry;
}

/** What a session is made of. */
interface OpenedSession {
  readonly graph: ElementGraph;
  readonly keys: ElementKeys;
  readonly builder: Builder;
  /** Absolute path. */
  readonly directory: string;
  readonly history: KeyHistory | undefined;
}

/** A project's elements, loaded, resolved, looked over and keyed: ready to be built. */
export class BuildSession {
  readonly graph: ElementGraph;
  readonly keys: ElementKeys;
  /** Absolute path of the project's directory. */
  readonly directory: string;

  private constructor(private readonly opened: OpenedSession) {
    this.graph = opened.graph;
    this.keys = opened.keys;
    this.directory = opened.directory;
  }

  /** @throws ElementErrors what is wrong with the project, or with this machine for it */
  static async open(engine: Engine, input: SessionInput): Promise<BuildSession> {
    const graph = await resolveProject({
      ...input,
      hostArch: process.arch,
      hostOs: process.platform,
      maxJobs: availableParallelism(),
    });
    const { fileDigests } = input.registry.services;
    const consistencies = await preflight(graph.elements).finally(() => fileDigests?.save());
    const keys = new ElementKeys({ sandbox: SANDBOX_CONTRACT_VERSION, staging: STAGING_VERSION });
    const builder = builderOf(engine, { graph, keys, consistencies });
    return new BuildSession({ graph, keys, builder, directory: input.directory, history: engine.store.history });
  }

  /**
   * These of the targets and what they need, as a session of its own: what several parts share is loaded, keyed, looked
   * up and built once (docs/adr/0101).
   *
   * @param targets names of some of this session's targets
   */
  part(targets: readonly string[]): BuildSession {
    const graph = this.graph.part(targets.map((name) => this.element(name)));
    return new BuildSession({ ...this.opened, graph });
  }

  /** Whether there is an element of that name. */
  has(name: string): boolean {
    return this.graph.find(name) !== undefined;
  }

  /** The element of that name. */
  element(name: string): Element {
    const element = this.graph.find(name);
    if (element === undefined) throw new Error(`the graph has no element ${name}`);
    return element;
  }

  /**
   * Builds the targets and all they need when they run. What failed is an outcome: see {@link throwErrors}.
   *
   * @throws `signal.reason` when aborted
   */
  async build(): Promise<Outcome[]> {
    const { targets } = this.graph;
    const { builder, directory, history } = this.opened;
    const outcomes = await builder.build(targets);
    const wanted = new Set(targets);
    for (const outcome of outcomes) {
      if (!wanted.has(outcome.element) || !('record' in outcome)) continue;
      history?.note(directory, outcome.element.name, { key: outcome.record.key, at: Date.now() });
    }
    return outcomes;
  }

  /** The artifact of an element that was built or found by `build`. */
  recordOf(name: string): ArtifactRecord {
    return this.opened.builder.recordOf(this.element(name));
  }
}

/** Puts together what builds the elements of a graph. */
function builderOf(
  engine: Engine,
  resolved: {
    readonly graph: ElementGraph;
    readonly keys: ElementKeys;
    readonly consistencies: ReadonlyMap<Source, Consistency>;
  },
): Builder {
  const { store, scheduler, listener, retryFailed, signal, sandbox } = engine;
  const { graph, keys, consistencies } = resolved;
  const stopping = engine.stopping ?? new AbortController();
  const ending = new AbortController();
  const fetcher = new Fetcher({
    scheduler,
    blobs: store.blobs,
    consistencyOf: (source) => consistencies.get(source),
    output: (element, text) => {
      listener({ type: 'output', element: elementFacts(element, keys.key(element)), text });
    },
    signal: ending.signal,
    stopping: stopping.signal,
  });
  const common = { keys, listener, scheduler, retryFailed, logDirectory: store.scratch.logs };
  const assembler = new Assembler({
    ...common,
    blobs: store.blobs,
    actions: store.artifacts,
    sandbox,
    fetched: fetcher.treeOf,
    clock: Date.now,
    limits: engine.limits ?? {},
    hostFacts: {
      sandbox: sandbox.name,
      kernel: release(),
      processors: String(availableParallelism()),
    },
  });
  return new Builder({
    ...common,
    targets: graph.targets,
    artifacts: store.artifacts,
    locks: store.locks,
    assembler,
    fetcher,
    onError: engine.onError ?? 'quit',
    stopping,
    ending,
    signal,
  });
}
