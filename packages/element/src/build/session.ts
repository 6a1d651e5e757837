import { availableParallelism, release } from 'node:os';
import { Assembler } from './assembler.js';
import { Builder, type Outcome } from './builder.js';
import type { BuildListener } from './events.js';
import { Fetcher } from './fetcher.js';
import { preflight } from './preflight.js';
import type { Scheduler } from './scheduler.js';
import { STAGING_VERSION } from './staging.js';
import { ElementKeys } from '../key/element-key.js';
import type { Documents } from '../load/documents/documents.js';
import type { Element } from '../plugin/element.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { KeyLocks, ScratchSpace } from '../plugin/local-ports.js';
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
}

/** Where elements are built, and who is told. Made once by each entry point. */
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
}

/** What is built. */
export interface SessionInput {
  readonly documents: Documents;
  /** Absolute path of the project's directory. */
  readonly directory: string;
  /** Names of elements; the project's default targets where there are none. */
  readonly targets: readonly string[];
  readonly registry: PluginRegistry;
}

/** A project's elements, loaded, resolved, looked over and keyed: ready to be built. */
export class BuildSession {
  private readonly builder: Builder;
  private readonly fetcher: Fetcher;

  private constructor(
    private readonly engine: Engine,
    readonly graph: ElementGraph,
    readonly keys: ElementKeys,
    consistencies: ReadonlyMap<Source, Consistency>,
  ) {
    const { store } = engine;
    this.fetcher = new Fetcher({
      scheduler: engine.scheduler,
      blobs: store.blobs,
      consistencyOf: (source) => consistencies.get(source),
      output: (element, chunk) => {
        engine.listener({ type: 'output', element, chunk });
      },
      signal: engine.signal,
    });
    this.builder = new Builder({
      artifacts: store.artifacts,
      keys,
      listener: engine.listener,
      retryFailed: engine.retryFailed,
      lock: (key, onWait, signal) => store.locks.acquire(key, { onWait, signal }),
      signal: engine.signal,
      assembler: new Assembler({
        blobs: store.blobs,
        actions: store.artifacts,
        sandbox: engine.sandbox,
        fetched: this.fetcher.treeOf,
        keys,
        logDirectory: store.scratch.logs,
        listener: engine.listener,
        clock: Date.now,
        retryFailed: engine.retryFailed,
        limits: engine.limits ?? {},
        hostFacts: {
          sandbox: engine.sandbox.name,
          kernel: release(),
          processors: String(availableParallelism()),
        },
      }),
    });
  }

  /** @throws ElementErrors what is wrong with the project, or with this machine for it */
  static async open(engine: Engine, input: SessionInput): Promise<BuildSession> {
    const graph = await resolveProject({
      ...input,
      hostArch: process.arch,
      hostOs: process.platform,
      maxJobs: availableParallelism(),
    });
    const consistencies = await preflight(graph.elements);
    return new BuildSession(
      engine,
      graph,
      new ElementKeys({ sandbox: SANDBOX_CONTRACT_VERSION, staging: STAGING_VERSION }),
      consistencies,
    );
  }

  /** Whether there is an element of that name. */
  has(name: string): boolean {
    return this.graph.elements.some((each) => each.name === name);
  }

  /** The element of that name. */
  element(name: string): Element {
    const element = this.graph.elements.find((each) => each.name === name);
    if (element === undefined) throw new Error(`the graph holds no element ${name}`);
    return element;
  }

  /** The elements that a build of the targets has to make: those without an artifact that it comes upon. */
  async missing(): Promise<Element[]> {
    const visited = new Set<Element>();
    const missing: Element[] = [];
    const visit = async (element: Element): Promise<void> => {
      if (visited.has(element)) return;
      visited.add(element);
      const record = await this.engine.store.artifacts.get(this.keys.key(element));
      if (record !== undefined) return;
      missing.push(element);
      for (const dependency of element.closure('build')) await visit(dependency);
    };
    for (const target of this.graph.targets) for (const needed of target.closure('run')) await visit(needed);
    return missing;
  }

  /** Brings what a build of the targets is going to need to this machine. @throws ElementError FETCH, LOCK_HASH, SOURCE */
  async fetch(): Promise<void> {
    const missing = await this.missing();
    this.fetcher.begin(missing);
    await this.fetcher.idle();
    for (const element of missing) await this.fetcher.ready(element);
  }

  /** Builds the targets and all they need when they run. @throws ElementError when a build cannot be carried out */
  async build(): Promise<Outcome[]> {
    await this.fetch();
    return await this.builder.build(this.graph.targets);
  }

  /** The artifact of an element that was built or found by `build`. */
  recordOf(name: string): ArtifactRecord {
    return this.builder.recordOf(this.element(name));
  }
}
