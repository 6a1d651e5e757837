import { setImmediate } from 'node:timers/promises';
import type { Lock } from '../plugin/local-ports.js';
import { lockFiles } from './file-lock.js';

/** A group of locks that one child process holds. */
interface Group {
  readonly lock: Promise<Lock | undefined>;
  users: number;
}

/**
 * Shared locks of this process. Those asked for in one iteration of the event loop are held by one child, which ends when
 * the last of them is released; a lock that is held already is counted once more. A child costs some milliseconds, and a
 * build can have hundreds of layers.
 */
export class SharedLocks {
  private readonly held = new Map<string, Group>();
  private next: { readonly paths: Set<string>; readonly group: Group } | undefined;

  async acquire(path: string): Promise<Lock> {
    const group = this.held.get(path) ?? this.join(path);
    group.users++;
    try {
      await group.lock;
    } catch (error) {
      this.forget(group);
      throw error;
    }
    let released = false;
    return {
      release: async () => {
        if (released) return;
        released = true;
        if (--group.users > 0) return;
        this.forget(group);
        await (await group.lock)?.release();
      },
    };
  }

  private join(path: string): Group {
    if (this.next === undefined) {
      const paths = new Set<string>();
      this.next = { paths, group: { users: 0, lock: this.take(paths) } };
    }
    this.next.paths.add(path);
    this.held.set(path, this.next.group);
    return this.next.group;
  }

  private async take(paths: ReadonlySet<string>): Promise<Lock | undefined> {
    await setImmediate();
    this.next = undefined;
    return await lockFiles([...paths], { shared: true });
  }

  private forget(group: Group): void {
    for (const [path, holder] of this.held) if (holder === group) this.held.delete(path);
  }
}
