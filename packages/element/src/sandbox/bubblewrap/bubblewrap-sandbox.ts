import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalArchitecture } from '../../base/architecture.js';
import { ElementError } from '../../base/error.js';
import { getHostTool } from '../../plugin/host-tool.js';
import type { BlobStore } from '../../cas/blob-store.js';
import type { LocalTrees, ScratchSpace } from '../../plugin/local-ports.js';
import type { Action, Io, Refusal, Sandbox, SandboxResult } from '../../plugin/ports.js';
import { runBatch, type BatchOutcome } from './batch-process.js';
import { batchCommand, readBatchStatus, refuseStep } from '../batch-command.js';
import { ARGUMENTS_FD, bubblewrapArguments } from './bubblewrap-arguments.js';
import { SANDBOX_MTIME } from '../contract.js';
import { collectOutputs } from '../outputs.js';
import { BUBBLEWRAP_HINT, probeBubblewrap } from './probe.js';
import { LogPipes, type LogPipe } from './log-pipes.js';
import { MountView } from './mount-view.js';
import { MOUNTED, overlayCommand } from './overlay-command.js';
import { copyWritable, realiseRoot, type Realisation, type RealisedRoot } from './realised-root.js';
import { copiedParts, overlaidRoot } from './written-parts.js';
import { planRoot, type RootPlan } from '../root-plan.js';

/** The stores that a bubblewrap sandbox works on. */
export interface BubblewrapStores {
  /** Holds the trees of actions, and takes their outputs. */
  readonly blobs: BlobStore;
  /** Makes trees of `blobs` directories of this machine. */
  readonly trees: LocalTrees;
  /** On the file system of `trees`. */
  readonly scratch: ScratchSpace;
}

/** What a bubblewrap sandbox works with. */
export interface BubblewrapSandboxOptions {
  readonly store: BubblewrapStores;
  /** The directories to look for `bwrap`, `unshare`, `mount` and `sh` in, as `PATH` lists them. */
  readonly path: string;
  /** How roots are realised. Default: `overlay`, and `tree` once the kernel has refused an overlay. */
  readonly realisation?: Realisation;
  /** The machine, as Node calls it. Default: this one. */
  readonly machine?: { readonly platform: string; readonly arch: string };
}

/** A line of the log, before commands that failed on an overlay run on a copy of the root. */
const ON_A_COPY = 'failed on an overlay, on which directories cannot be renamed; running again on a copy of the root\n';

/** The messages of mount(8) and bubblewrap are read here. */
const PLAIN: Readonly<Record<string, string>> = { LC_ALL: 'C' };

/**
 * Runs actions on Linux by bubblewrap, as root or as an ordinary user alike (docs/adr/0007). An overlay of the layers
 * needs a mount namespace around bubblewrap; where the kernel refuses one, bubblewrap alone binds a merged tree.
 */
export class BubblewrapSandbox implements Sandbox {
  readonly name = 'bubblewrap';
  private readonly store: BubblewrapStores;
  private readonly path: string;
  private readonly forced: Realisation | undefined;
  private readonly machine: { readonly platform: string; readonly arch: string };
  private readonly logs: LogPipes;
  /** Which overlays this machine does not allow: those that can only be read, and those that can be written. */
  private readonly refused = new Set<OverlayKind>();
  private probed: Promise<Refusal | undefined> | undefined;

  constructor(options: BubblewrapSandboxOptions) {
    this.store = options.store;
    this.path = options.path;
    this.logs = new LogPipes(() => getHostTool('mkfifo', options.path, 'install coreutils'));
    this.forced = options.realisation;
    this.machine = options.machine ?? process;
  }

  /** The answer of {@link probeBubblewrap}, asked for once. */
  probe(): Promise<Refusal | undefined> {
    this.probed ??= probeBubblewrap(this.path);
    return this.probed;
  }

  supports(action: Action): Refusal | undefined {
    if (this.machine.platform !== 'linux') {
      return {
        message: `bubblewrap only runs on Linux, and this machine is \`${this.machine.platform}\``,
        hint: 'build on a Linux machine, or in a Linux virtual machine',
      };
    }
    const { os, arch } = action.platform;
    const here = canonicalArchitecture(this.machine.arch) ?? this.machine.arch;
    if (os !== 'linux' || arch !== here) {
      return {
        message: `bubblewrap runs programs for \`linux\` on \`${here}\`, not for \`${os}\` on \`${arch}\``,
        hint: 'change `build-os` and `build-arch` of the element, or build it on such a machine',
      };
    }
    return action.steps.map(refuseStep).find((refusal) => refusal !== undefined);
  }

  async run(action: Action, io: Io): Promise<SandboxResult> {
    const refusal = this.supports(action);
    if (refusal !== undefined) throw refused(refusal);
    io.signal.throwIfAborted();
    const plan = await planRoot(this.store.blobs, action);
    const scratch = await this.store.scratch.directory();
    try {
      return await this.execute({ action, plan, scratch: scratch.path, io });
    } finally {
      await scratch.dispose();
    }
  }

  private async execute(run: Run): Promise<SandboxResult> {
    if (run.action.steps.length === 0) return await this.collectOnly(run);
    const kind: OverlayKind = run.plan.writable[0]?.path === '/' ? 'written' : 'read';
    const first = await this.attempt(run, this.forced ?? (this.refused.has(kind) ? 'tree' : 'overlay'));
    if (first === undefined) {
      this.refused.add(kind);
      return await this.execute(run);
    }
    if (!first.wroteOverlay || first.result.exitCode === 0) return first.result;
    // Directories of an overlay cannot be renamed (EXDEV, rename(2)): the failure may be for that.
    run.io.log.write(Buffer.from(ON_A_COPY));
    return await this.runOnCopy(run);
  }

  private async collectOnly({ action, plan, scratch }: Run): Promise<SandboxResult> {
    const writable = await copyWritable(plan, { store: this.store, scratch });
    const parts = copiedParts(this.store.blobs, plan, writable);
    return { exitCode: 0, outputs: await collectOutputs(this.store.blobs, action, parts) };
  }

  private async runOnCopy(run: Run): Promise<SandboxResult> {
    const again = await this.attempt(run, 'tree');
    if (again === undefined) throw new Error('a copy was refused as an overlay is');
    return again.result;
  }

  /** @returns `undefined` if the machine does not allow the overlay, unless nothing else is to be tried */
  private async attempt(run: Run, realisation: Realisation): Promise<Attempt | undefined> {
    const { action, plan } = run;
    const { blobs } = this.store;
    // The overlay that failed is in the other.
    const scratch = realisation === 'overlay' ? run.scratch : join(run.scratch, realisation);
    mkdirSync(scratch, { recursive: true });
    const root = await realiseRoot(plan, { store: this.store, scratch, layers: action.layers, realisation });
    const { written } = root;
    const view = new MountView(root.path);
    try {
      const outcome = await this.batch(run, root, view);
      if (root.overlay !== undefined && !outcome.timedOut && !linesOf(outcome).includes(MOUNTED)) {
        if (this.forced !== 'overlay') return undefined;
        throw refused({ message: `the kernel refuses an overlay: ${messagesOf(outcome).trim()}` });
      }
      const ended = await this.judge(action, outcome);
      const wroteOverlay = written !== undefined;
      if (wroteOverlay && ended.exitCode !== 0) return { result: { ...ended, outputs: [] }, wroteOverlay };
      const parts =
        written === undefined ? copiedParts(blobs, plan, root.writable) : [overlaidRoot(blobs, plan, written, view)];
      return { result: { ...ended, outputs: await collectOutputs(blobs, action, parts) }, wroteOverlay };
    } catch (error) {
      // Such as a /proc that hides processes from others: what was written could not be collected.
      if (view.error !== undefined && this.forced !== 'overlay') return undefined;
      throw error;
    } finally {
      view.close();
    }
  }

  private async batch({ action, plan, scratch, io }: Run, root: RealisedRoot, view: MountView): Promise<BatchOutcome> {
    const { arguments: program, environment } = batchCommand(action.steps);
    const bubblewrap = [
      ...[getHostTool('bwrap', this.path, BUBBLEWRAP_HINT), '--args', String(ARGUMENTS_FD), '--'],
      ...program,
    ];
    const { overlay } = root;
    const [command = '', ...args] =
      overlay === undefined ? bubblewrap : [...overlayCommand(overlay.mounts, this.path), ...bubblewrap];
    return await this.withLog(scratch, (log) =>
      runBatch(
        {
          command,
          args,
          options: bubblewrapArguments({
            ids: action.ids,
            plan,
            root: root.path,
            writable: root.writable,
            waits: root.written !== undefined,
            ...(plan.mounts.some(({ type }) => type.startsWith('mask-')) ? makeEmpty(scratch) : NOTHING_EMPTY),
            environment,
          }),
          log,
          cwd: overlay?.cwd ?? scratch,
          // Without the overlay's own, which `env` takes away, this is the environment of the sandbox's first process.
          environment: overlay === undefined ? PLAIN : { ...PLAIN, LIBMOUNT_FORCE_MOUNT2: 'always' },
          timeoutSeconds: action.limits.timeoutSeconds,
          ...(root.written === undefined
            ? {}
            : {
                onMade: (pid: number): void => {
                  view.open(pid);
                },
              }),
        },
        io,
      ),
    );
  }

  private async withLog<T>(scratch: string, use: (log: LogPipe) => Promise<T>): Promise<T> {
    const log = await this.logs.take(scratch);
    try {
      const used = await use(log);
      this.logs.giveBack(log);
      return used;
    } catch (error) {
      this.logs.discard(log);
      throw error;
    }
  }

  private async judge(action: Action, outcome: BatchOutcome): Promise<Omit<SandboxResult, 'outputs'>> {
    const begun = readBatchStatus(outcome.errorOutput);
    const step = begun === undefined ? undefined : action.steps[begun];
    const { exitCode } = outcome;
    const messages = messagesOf(outcome);
    if (outcome.timedOut) {
      const seconds = action.limits.timeoutSeconds ?? 0;
      const limit = `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
      throw new ElementError({
        code: 'COMMAND_FAILED',
        message: `Command '${step?.label ?? ''}' exceeded its time limit of ${limit}`,
      });
    }
    if (exitCode === 0 && begun === action.steps.length - 1) return { exitCode: 0 };
    if (exitCode !== undefined && exitCode !== 0 && step !== undefined) return { exitCode, failedStep: step.label };
    if (/^bwrap: execvp sh: /m.test(messages)) {
      throw refused({
        message: "Staged artifacts do not provide command 'sh'",
        hint: 'depend on an element that has a shell in its `PATH`, such as a toolchain',
      });
    }
    if (exitCode !== undefined) {
      throw new ElementError({
        code: 'SANDBOX',
        message: `the command 'sh' of the staged artifacts exited with code ${exitCode} before the commands finished`,
        detail: messages,
      });
    }
    const refusal = await this.probe();
    if (refusal !== undefined) throw refused(refusal);
    throw new ElementError({ code: 'SANDBOX', message: 'bubblewrap did not create the sandbox', detail: messages });
  }
}

type OverlayKind = 'read' | 'written';

/** What belongs to one run of an action. */
interface Run {
  readonly action: Action;
  readonly plan: RootPlan;
  /** Absolute path of this run's own directory. */
  readonly scratch: string;
  readonly io: Io;
}

/** What the commands of an action came to on a root of one kind. */
interface Attempt {
  readonly result: SandboxResult;
  /** Whether the root was an overlay that they could write. */
  readonly wroteOverlay: boolean;
}

function linesOf({ errorOutput }: BatchOutcome): string[] {
  return errorOutput.split('\n');
}

/** The messages of the programs outside of the sandbox. */
function messagesOf(outcome: BatchOutcome): string {
  return linesOf(outcome)
    .filter((line) => line !== MOUNTED && readBatchStatus(line) === undefined)
    .join('\n');
}

function refused({ message, hint }: Refusal): ElementError {
  return new ElementError({ code: 'SANDBOX', message, hint });
}

const NOTHING_EMPTY = { emptyDirectory: '', emptyFile: '' };

/** An empty directory and an empty file: what hides parts of this machine. */
function makeEmpty(scratch: string): { readonly emptyDirectory: string; readonly emptyFile: string } {
  const emptyDirectory = join(scratch, 'empty-directory');
  const emptyFile = join(scratch, 'empty-file');
  mkdirSync(emptyDirectory, { recursive: true });
  chmodSync(emptyDirectory, 0o755);
  writeFileSync(emptyFile, '');
  chmodSync(emptyFile, 0o644);
  for (const path of [emptyDirectory, emptyFile]) utimesSync(path, SANDBOX_MTIME, SANDBOX_MTIME);
  return { emptyDirectory, emptyFile };
}
