import { closeSync, openSync } from 'node:fs';

/**
 * A mount that only a process of another mount namespace sees, looked at from here. It stays while it is open, also when
 * that process and its namespace are gone.
 */
export class MountView {
  private file: number | undefined;
  private failure: unknown;

  /** @param mountPoint absolute path */
  constructor(private readonly mountPoint: string) {}

  /** Opens it. @param pid a process that sees it @throws the error of open(2), which {@link error} is then */
  open(pid: number): void {
    try {
      this.file = openSync(`/proc/${pid}/root${this.mountPoint}`, 'r');
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  /** Why it could not be opened. */
  get error(): unknown {
    return this.failure;
  }

  /** The path by which this process reaches it, as long as it is open. */
  get path(): string {
    if (this.file === undefined) throw new Error(`\`${this.mountPoint}\` was not opened`);
    return `/proc/self/fd/${this.file}`;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}
