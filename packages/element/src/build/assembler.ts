import { ActionRecorder } from './action-recorder.js';
import { ActionRunner, type ActionRunnerOptions } from './action-runner.js';
import { ArtifactPublicData } from './artifact-public-data.js';
import { BuildLog, logPath } from './build-log.js';
import { elementFacts } from './element-facts.js';
import type { BuildListener, ElementFacts, ElementStep } from './events.js';
import { assembleRoot, type AssembledRoot } from './root-assembly.js';
import type { StagingWarning } from './staging.js';
import type { ElementKeys } from '../key/element-key.js';
import { ElementError } from '../base/error.js';
import type { Digest } from '../cas/digest.js';
import type { Element } from '../plugin/element.js';
import type { Action, ArtifactRecord, HostMount, Io, Limits, Step } from '../plugin/ports.js';
import { callMethod, callPlugin, pluginFault } from '../plugin/plugin-call.js';
import type { Source } from '../plugin/source.js';
import { fatalStagingWarnings, type StagingWarningName } from '../plugin/staging-warning.js';
import { subtree } from '../cas/tree.js';

/** The parts an {@link Assembler} works with. */
export interface AssemblerOptions extends ActionRunnerOptions {
  /** The tree of a source that has been fetched. */
  fetched(source: Source): Digest | undefined;
  readonly keys: ElementKeys;
  /** Absolute path of the directory of log files: `<element>/<key>.log`. */
  readonly logDirectory: string;
  readonly listener: BuildListener;
  readonly clock: () => number;
  /** Facts about this machine that are recorded, not keyed. */
  readonly hostFacts: Readonly<Record<string, string>>;
  /** Whether a failure that is on record is tried again. */
  readonly retryFailed: boolean;
  /** What each action may take. */
  readonly limits: Limits;
}

/** What assembling gave, not yet published. */
export interface Assembled {
  readonly record: ArtifactRecord;
  /** Whether it was made now; otherwise the same action had run before on the same root. */
  readonly ran: boolean;
}

/** Builds one element whose dependencies are built: stages, looks the action up, runs it, collects. */
export class Assembler {
  private readonly publicData = new ArtifactPublicData();

  private readonly runner: ActionRunner;

  constructor(private readonly options: AssemblerOptions) {
    this.runner = new ActionRunner(options);
  }

  /** @throws ElementError STAGING, SOURCE, SANDBOX, ARTIFACT, PLUGIN, STORE; `signal.reason` when aborted */
  async assemble(
    element: Element,
    artifactOf: (dependency: Element) => ArtifactRecord,
    signal: AbortSignal,
  ): Promise<Assembled> {
    const started = this.options.clock();
    const recorder = new ActionRecorder(element, (dependency) =>
      this.publicData.of(dependency, artifactOf(dependency)),
    );
    const collect = describe(element, recorder);
    const key = this.options.keys.key(element);
    const log = new BuildLog(logPath(this.options.logDirectory, element, key), (text) => {
      this.options.listener({ type: 'output', element: this.facts(element), text });
    });
    try {
      this.step(element, 'stage');
      const io: Io = { log, signal };
      const assembled = await this.assembleRoot(element, recorder, artifactOf, io);
      const base: RecordBase = {
        key,
        element: element.name,
        kind: element.kind,
        dependencies: element.closure('build').map((dependency) => pin(dependency, artifactOf(dependency))),
        public: recorder.ownPublic.toPlain(),
        inputs: this.options.keys.inputs(element),
        sources: element.sources.map((source) => source.describe?.() ?? null),
        host: this.options.hostFacts,
      };
      if (!element.runsCommands) {
        const tree = collected(element, await subtree(this.options.blobs, assembled.root, collect), collect);
        log.abandon();
        return { record: { ...base, tree, exitCode: 0, ...this.times(started) }, ran: true };
      }
      return await this.perform(element, this.actionOf(element, recorder, assembled, [collect]), {
        base,
        log,
        io,
        started,
      });
    } catch (error) {
      log.abandon();
      throw error;
    }
  }

  private async perform(
    element: Element,
    action: Action,
    { base, log, io, started }: { base: RecordBase; log: BuildLog; io: Io; started: number },
  ): Promise<Assembled> {
    const kept = await this.runner.lookUp(action);
    const { known } = kept;
    if (known !== undefined && (known.exitCode === 0 || !this.options.retryFailed)) {
      log.abandon();
      return { record: { ...known, ...base }, ran: false };
    }
    this.step(element, 'run');
    const result = await this.runner.run(element, action, io, () => {
      this.options.listener({ type: 'started', element: this.facts(element) });
    });
    this.step(element, 'collect');
    const [collect = ''] = action.outputs;
    const output = result.outputs[0];
    const tree = result.exitCode === 0 ? collected(element, output, collect) : output;
    const outcome = {
      element: base.element,
      kind: base.kind,
      tree: tree ?? action.root,
      root: action.root,
      exitCode: result.exitCode,
      ...(result.failedStep === undefined ? {} : { failedCommand: result.failedStep }),
      log: await log.close(this.options.blobs),
      ...this.times(started),
    };
    // What an element's own record has beside the result is not the action's.
    await this.runner.keep(kept, { ...outcome, dependencies: [], host: base.host });
    return { record: { ...base, ...outcome, action: kept.digest }, ran: true };
  }

  private async assembleRoot(
    element: Element,
    recorder: ActionRecorder,
    artifactOf: (dependency: Element) => ArtifactRecord,
    io: Io,
  ): Promise<AssembledRoot> {
    return await assembleRoot(recorder.instructions, writableOf(recorder), {
      element,
      blobs: this.options.blobs,
      io,
      fetched: (source) => this.options.fetched(source),
      artifactOf,
      publicOf: (owner) => (owner === element ? recorder.ownPublic : this.publicData.of(owner, artifactOf(owner))),
      integrate: (root, layers, steps) => this.integrate(element, { root, layers }, steps, io),
      warn: (warning) => {
        this.warn(element, warning);
      },
    });
  }

  private warn(element: Element, { kind, path, owner, other }: StagingWarning): void {
    const what = kind === 'overlap' ? `overlaps the one of ${other}` : `was not staged over the directory of ${other}`;
    const message = `\`${path}\` of ${owner} ${what}`;
    const name: StagingWarningName = kind === 'overlap' ? 'overlaps' : 'unstaged-files';
    if (fatalStagingWarnings(element.project).includes(name)) {
      throw new ElementError({
        code: 'STAGING',
        message: `${element.name}: ${message}`,
        origin: element.origin,
        hint: `\`${name}\` is among the project's fatal-warnings; an \`overlap-whitelist\` in public data allows single paths`,
      });
    }
    this.options.listener({ type: 'warning', element: this.facts(element), message });
  }

  /** Integration is an action of its own: the same root is integrated once, for all that depend on it. */
  private async integrate(element: Element, assembled: AssembledRoot, steps: readonly Step[], io: Io): Promise<Digest> {
    const action: Action = {
      ...this.environmentOf(element, assembled),
      steps,
      writable: 'all',
      tmpfs: [],
      outputs: ['/'],
    };
    const kept = await this.runner.lookUp(action);
    if (kept.known?.exitCode === 0) return kept.known.tree;
    const started = this.options.clock();
    const result = await this.runner.run(element, action, io);
    if (result.exitCode !== 0 || result.outputs[0] === undefined) {
      throw new ElementError({
        code: 'COMMAND_FAILED',
        message: `${element.name}: integration command \`${result.failedStep ?? ''}\` failed with exit code ${result.exitCode}`,
        origin: element.origin,
      });
    }
    const tree = result.outputs[0];
    await this.runner.keep(kept, {
      element: element.name,
      kind: element.kind,
      exitCode: 0,
      tree,
      root: action.root,
      dependencies: [],
      ...this.times(started),
    });
    return tree;
  }

  private actionOf(element: Element, recorder: ActionRecorder, assembled: AssembledRoot, outputs: string[]): Action {
    return {
      ...this.environmentOf(element, assembled),
      steps: recorder.steps,
      writable: writableOf(recorder),
      tmpfs: recorder.tmpfs,
      outputs,
    };
  }

  private environmentOf(
    element: Element,
    assembled: AssembledRoot,
  ): Pick<Action, 'root' | 'layers' | 'host' | 'hostIdentity' | 'platform' | 'ids' | 'limits'> {
    const toolchains = element.closure('build').filter((dependency) => dependency.hostMounts().length > 0);
    return {
      root: assembled.root,
      ...(assembled.layers === undefined ? {} : { layers: assembled.layers }),
      host: mountsOf(toolchains),
      hostIdentity: toolchains.map((toolchain) => this.options.keys.key(toolchain)).join(' '),
      platform: { os: element.sandbox.os, arch: element.sandbox.arch },
      ids: { uid: element.sandbox.uid, gid: element.sandbox.gid },
      limits: this.options.limits,
    };
  }

  private step(element: Element, step: ElementStep['step']): void {
    this.options.listener({ type: 'step', element: this.facts(element), step });
  }

  private facts(element: Element): ElementFacts {
    return elementFacts(element, this.options.keys.key(element));
  }

  private times(started: number): { readonly started: number; readonly elapsed: number } {
    return { started, elapsed: this.options.clock() - started };
  }
}

/** Lets an element write down its action. @returns the directory to collect @throws ElementError PLUGIN */
function describe(element: Element, recorder: ActionRecorder): string {
  for (const method of ['configureSandbox', 'stage', 'prepare'] as const) {
    callMethod(element, element, method, recorder);
  }
  const collect: unknown = callPlugin(element, 'assemble', () => element.assemble(recorder));
  if (typeof collect === 'string') return collect;
  throw pluginFault(element, 'assemble', `returned ${typeof collect}, not the directory to collect`);
}

type RecordBase = Pick<ArtifactRecord, 'key' | 'element' | 'kind' | 'dependencies'> &
  Required<Pick<ArtifactRecord, 'public' | 'inputs' | 'sources' | 'host'>>;

function collected(element: Element, tree: Digest | undefined, path: string): Digest {
  if (tree !== undefined) return tree;
  throw new ElementError({
    code: 'ARTIFACT',
    message: `${element.name}: Directory '${path}' was not found inside the sandbox, unable to collect artifact contents`,
    origin: element.origin,
  });
}

function pin(dependency: Element, { key, tree }: ArtifactRecord): ArtifactRecord['dependencies'][number] {
  return { name: dependency.name, key, tree };
}

function writableOf(recorder: ActionRecorder): 'all' | readonly string[] {
  return recorder.writable.includes('/') ? 'all' : recorder.writable;
}

function mountsOf(toolchains: readonly Element[]): HostMount[] {
  const mounts = new Map<string, HostMount>();
  for (const toolchain of toolchains) for (const mount of toolchain.hostMounts()) mounts.set(mount.path, mount);
  return [...mounts.values()];
}
