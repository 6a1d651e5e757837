import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** So long nothing may change before a change is reported: an editor or git writes several files at once. Milliseconds. */
const QUIET_MS = 100;

/**
 * Paths that change in directories, without those below them. inotify(7) and its like watch directories, so only those
 * that have files of interest are watched, and not an environment of ten thousand files beside them.
 */
export class ChangedPaths {
  private readonly watchers = new Map<string, FSWatcher>();
  private readonly changed = new Set<string>();
  private wake: () => void = () => undefined;

  /** Watches these directories, absolute paths, and no others. Directories that do not exist are skipped. */
  watch(directories: ReadonlySet<string>): void {
    for (const [directory, watcher] of this.watchers) {
      if (directories.has(directory)) continue;
      watcher.close();
      this.watchers.delete(directory);
    }
    for (const directory of directories) if (!this.watchers.has(directory)) this.start(directory);
  }

  /**
   * Waits for a change, and then until there was none for a moment.
   *
   * @returns the absolute paths that have changed since the last call @throws `signal.reason` when aborted
   */
  async next(signal: AbortSignal): Promise<ReadonlySet<string>> {
    await this.first(signal);
    for (let before = -1; before !== this.changed.size;) {
      before = this.changed.size;
      await sleep(QUIET_MS);
      signal.throwIfAborted();
    }
    const changed = new Set(this.changed);
    this.changed.clear();
    return changed;
  }

  close(): void {
    this.watch(new Set());
  }

  private start(directory: string): void {
    let watcher: FSWatcher;
    try {
      watcher = watch(directory);
    } catch {
      // It was removed: then its parent tells.
      return;
    }
    this.watchers.set(directory, watcher);
    const stop = (): void => {
      watcher.close();
      this.watchers.delete(directory);
      this.add(directory);
    };
    watcher.on('change', (_event, name) => {
      this.add(join(directory, String(name)));
    });
    watcher.on('error', stop);
  }

  private add(path: string): void {
    this.changed.add(path);
    this.wake();
  }

  private async first(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.changed.size > 0) return;
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.wake = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
    });
  }
}
