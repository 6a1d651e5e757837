import type { Collection } from './keeping.js';

/** The bodies that this process publishes, so that a collection of its own leaves them though no record names them yet. */
export class Pins {
  /** By their hashes, how often. */
  private readonly held = new Map<string, number>();
  /** What was published while a collection is under way, and may have escaped it. */
  private readonly recent = new Set<string>();
  private collecting: Promise<Collection> | undefined;

  /** Does `work`, which publishes the body of that hash. */
  async during<T>(hash: string, work: () => Promise<T>): Promise<T> {
    this.held.set(hash, (this.held.get(hash) ?? 0) + 1);
    try {
      return await work();
    } finally {
      if (this.collecting !== undefined) this.recent.add(hash);
      const left = (this.held.get(hash) ?? 1) - 1;
      if (left === 0) this.held.delete(hash);
      else this.held.set(hash, left);
    }
  }

  /** Does `collect`, which asks {@link has}. One that is under way is waited for and not begun again. */
  async collectOnce(collect: () => Promise<Collection>): Promise<Collection> {
    if (this.collecting === undefined) {
      this.recent.clear();
      this.collecting = collect().finally(() => {
        this.collecting = undefined;
      });
    }
    return await this.collecting;
  }

  has(hash: string): boolean {
    return this.held.has(hash) || this.recent.has(hash);
  }
}
