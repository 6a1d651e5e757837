import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalArchitecture } from '../../base/architecture.js';
import { ElementError } from '../../base/error.js';
import { getHostTool } from '../../plugin/host-tool.js';
import type { BlobStore } from '../../cas/blob-store.js';
import type { LocalTrees, ScratchSpace, TreeLease } from '../../plugin/local-ports.js';
import type { Action, Io, Refusal, Sandbox, SandboxResult } from '../../plugin/ports.js';
import { makeFifo, runBatch, type BatchOutcome } from './batch-process.js';
import { batchCommand, readBatchStatus, refuseStep } from '../batch-command.js';
import { ARGUMENTS_FD, bubblewrapArguments } from './bubblewrap-arguments.js';
import { SANDBOX_MTIME } from '../contract.js';
import { collectOutputs } from '../outputs.js';
import { BUBBLEWRAP_HINT, probeBubblewrap } from './probe.js';
import { copyWritable, realiseRoot, type Realisation, type RealisedRoot } from './realised-root.js';
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
  /** How read-only roots are realised. Default: `overlay`, and `tree` once the kernel has refused an overlay. */
  readonly realisation?: Realisation;
  /** The machine, as Node calls it. Default: this one. */
  readonly machine?: { readonly platform: string; readonly arch: string };
}

/** A line of the standard error: the overlay is mounted. What comes after is from bubblewrap or the batch. */
const MOUNTED = 'mounted';

/** The messages of mount(8) and bubblewrap are read here. */
const PLAIN: Readonly<Record<string, string>> = { LC_ALL: 'C' };

/**
 * Mounts the overlay on a place that only this process and its children see, then becomes bubblewrap. Lower directories
 * are named relative to the working directory. mount(8) since 2.39 hands options over one by one, each at most 256 bytes
 * long, unless an environment variable forbids that.
 */
const MOUNT_SCRIPT = `"$1" -t overlay overlay -o "$2" "$3" && echo ${MOUNTED} >&2 && shift 3 && exec "$@"`;

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
  private overlayRefused = false;
  private probed: Promise<Refusal | undefined> | undefined;

  constructor(options: BubblewrapSandboxOptions) {
    this.store = options.store;
    this.path = options.path;
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
    const leases: TreeLease[] = [];
    const scratch = await this.store.scratch.directory();
    try {
      const log = join(scratch.path, 'log');
      // The program runs while this process copies.
      const fifo = makeFifo(getHostTool('mkfifo', this.path, 'install coreutils'), log);
      const copies = await copyWritable(plan, this.store.trees, scratch.path).finally(() => fifo);
      const run: Run = { action, plan, copies, scratch: scratch.path, log, leases, io };
      const outcome = action.steps.length === 0 ? { exitCode: 0 } : await this.execute(run);
      return { ...outcome, outputs: await collectOutputs(this.store.blobs, action, plan, copies) };
    } finally {
      await allEnded([scratch.dispose(), ...leases.map((lease) => lease.release())]);
    }
  }

  private async execute(run: Run): Promise<Omit<SandboxResult, 'outputs'>> {
    const first = await this.realise(run, this.forced ?? (this.overlayRefused ? 'tree' : 'overlay'));
    const outcome = await this.batch(run, first);
    if (first.overlay === undefined || outcome.timedOut || linesOf(outcome).includes(MOUNTED)) {
      return await this.judge(run.action, outcome);
    }
    if (this.forced === 'overlay') {
      throw refused({ message: `the kernel refuses an overlay: ${messagesOf(outcome).trim()}` });
    }
    this.overlayRefused = true;
    return await this.judge(run.action, await this.batch(run, await this.realise(run, 'tree')));
  }

  private async realise(run: Run, realisation: Realisation): Promise<RealisedRoot> {
    return await realiseRoot(run.plan, run.copies, {
      store: this.store,
      scratch: run.scratch,
      layers: run.action.layers,
      realisation,
      hold: (lease) => {
        run.leases.push(lease);
      },
    });
  }

  private async batch({ action, plan, scratch, log, io }: Run, root: RealisedRoot): Promise<BatchOutcome> {
    const { arguments: program, environment } = batchCommand(action.steps);
    const bubblewrap = [
      ...[getHostTool('bwrap', this.path, BUBBLEWRAP_HINT), '--args', String(ARGUMENTS_FD), '--'],
      ...program,
    ];
    const { overlay } = root;
    const [command = '', ...args] =
      overlay === undefined ? bubblewrap : [...this.overlayCommand(root.path, overlay.options), ...bubblewrap];
    return await runBatch(
      {
        command,
        args,
        options: bubblewrapArguments({
          ids: action.ids,
          plan,
          root: root.path,
          writable: root.writable,
          ...makeEmpty(scratch),
          environment,
        }),
        log,
        cwd: overlay?.cwd ?? scratch,
        // Without the overlay's own, which `env` removes, this is the environment of the sandbox's first process.
        environment: overlay === undefined ? PLAIN : { ...PLAIN, LIBMOUNT_FORCE_MOUNT2: 'always' },
        timeoutSeconds: action.limits.timeoutSeconds,
      },
      io,
    );
  }

  private overlayCommand(path: string, options: string): string[] {
    const tool = (name: string): string => getHostTool(name, this.path, 'install util-linux and coreutils');
    const namespaces = ['--user', '--map-root-user', '--mount'];
    const mount = [tool('sh'), '-c', MOUNT_SCRIPT, 'sh', tool('mount'), options, path];
    return [tool('unshare'), ...namespaces, ...mount, tool('env'), '-i', 'LC_ALL=C'];
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

/** What belongs to one run of an action. */
interface Run {
  readonly action: Action;
  readonly plan: RootPlan;
  readonly copies: readonly string[];
  /** Absolute path of this run's own directory. */
  readonly scratch: string;
  /** Absolute path of the fifo that takes the output. */
  readonly log: string;
  readonly leases: TreeLease[];
  readonly io: Io;
}

/** Waits for all, also where one fails: every lease is given back. */
async function allEnded(ends: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(ends);
  await Promise.all(ends);
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
