import type { Scheduler } from './scheduler.js';
import { ElementError } from '../base/error.js';
import type { Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { Element } from '../plugin/element.js';
import type { Action, ArtifactRecord, ArtifactStore, Io, Key, Sandbox, SandboxResult } from '../plugin/ports.js';
import { writeAction } from '../sandbox/action-message.js';

/** The parts an {@link ActionRunner} works with. */
export interface ActionRunnerOptions {
  readonly blobs: BlobStore;
  /** Where the results of actions are looked up and kept, under the actions' digests. */
  readonly actions: ArtifactStore;
  readonly sandbox: Sandbox;
  readonly scheduler: Scheduler;
}

/** An action whose messages are in the store, and its result if it has one. */
export interface KeptAction {
  readonly digest: Digest;
  readonly known: ArtifactRecord | undefined;
  /** Whether its result is a whole root. */
  readonly makesRoot: boolean;
}

/** Looks actions up, runs them, and keeps their results. */
export class ActionRunner {
  /** Results that are whole roots: many elements ask for one, and a store looks at every blob of it. */
  private readonly roots = new Map<Key, ArtifactRecord>();

  constructor(private readonly options: ActionRunnerOptions) {}

  /** Writes the messages of an action and looks for its result. */
  async lookUp(action: Action): Promise<KeptAction> {
    const digest = await writeAction(this.options.blobs, action);
    const key = digest.hash as Key;
    const makesRoot = action.outputs.includes('/');
    const known = this.roots.get(key) ?? (await this.options.actions.get(key));
    if (makesRoot && known?.exitCode === 0) this.roots.set(key, known);
    return { digest, known, makesRoot };
  }

  /**
   * Runs an action for an element in a slot of the machine.
   *
   * @param onStart called when it has the slot
   * @throws ElementError SANDBOX if the sandbox refuses it; `signal.reason` when aborted
   */
  async run(element: Element, action: Action, io: Io, onStart?: () => void): Promise<SandboxResult> {
    const { sandbox, scheduler } = this.options;
    const refusal = sandbox.supports(action);
    if (refusal !== undefined) {
      throw new ElementError({
        code: 'SANDBOX',
        message: `${element.name}: ${refusal.message}`,
        hint: refusal.hint,
        origin: element.origin,
      });
    }
    return await scheduler.runCommands(async () => {
      onStart?.();
      return await sandbox.run(action, io);
    }, io.signal);
  }

  /** Keeps the result of an action that was looked up. */
  async keep({ digest, makesRoot }: KeptAction, record: Omit<ArtifactRecord, 'key' | 'action'>): Promise<void> {
    const key = digest.hash as Key;
    const kept = { ...record, key, action: digest };
    await this.options.actions.put(key, kept);
    if (makesRoot && kept.exitCode === 0) this.roots.set(key, kept);
  }
}
