import { join } from 'node:path';
import type { BuildSlots, Lock } from '../plugin/local-ports.js';
import { lockAny } from './file-lock.js';

/** For how many milliseconds a slot that was given back is kept for the next build of this process. */
const LINGER = 20;

/** For how many milliseconds a slot goes from build to build of one process before others can have it. */
const OWN = 1000;

/** A slot of this process. */
interface HeldSlot {
  readonly lock: Lock;
  /** When it was taken: milliseconds of a clock that never goes back. */
  readonly since: number;
}

/**
 * Slots as files, `<directory>/0.lock` and so on, each locked while it is taken: what all processes with the same store
 * run at once is bounded, and a slot is free again when its process is gone, however that ended (docs/adr/0089).
 */
export class DiskBuildSlots implements BuildSlots {
  private readonly idle = new Map<HeldSlot, NodeJS.Timeout>();

  /**
   * @param directory absolute path; made when first needed
   * @param count how many builds run at once on this machine
   */
  constructor(
    readonly directory: string,
    private readonly count: number,
  ) {}

  /** @throws ElementError HOST_TOOL without flock(1), STORE when a file cannot be opened; `signal.reason` when aborted */
  async acquire(signal: AbortSignal): Promise<Lock> {
    const slot = this.takeIdle() ?? (await this.take(signal));
    let isHeld = true;
    return {
      release: async () => {
        if (!isHeld) return;
        isHeld = false;
        await this.giveBack(slot);
      },
    };
  }

  private takeIdle(): HeldSlot | undefined {
    const [found] = this.idle;
    if (found === undefined) return undefined;
    const [slot, timer] = found;
    clearTimeout(timer);
    this.idle.delete(slot);
    return slot;
  }

  private async take(signal: AbortSignal): Promise<HeldSlot> {
    const paths = Array.from({ length: this.count }, (_, index) => join(this.directory, `${index}.lock`));
    const lock = await lockAny(paths, { turn: join(this.directory, 'turn.lock'), signal });
    return { lock, since: performance.now() };
  }

  /** A child is started for each slot that is taken, so one is not let go of between two builds. */
  private async giveBack(slot: HeldSlot): Promise<void> {
    if (performance.now() - slot.since >= OWN) {
      await slot.lock.release();
      return;
    }
    const timer = setTimeout(() => {
      this.idle.delete(slot);
      void slot.lock.release();
    }, LINGER).unref();
    this.idle.set(slot, timer);
  }
}
