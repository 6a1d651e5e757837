import { rmSync, statSync, writeFileSync } from 'node:fs';

/** How long what was learned holds: a token may be given more rights. */
const HOLDS_MS = 24 * 3_600_000;

/**
 * Whether nothing can be uploaded: because an option says so, or because the shared cache refused the first upload. That is
 * remembered in a file, so that the next proxy need not send an archive in vain to learn it again.
 */
export class ReadOnlyMemory {
  private learned: boolean;
  private hasWritten = false;

  /** @param path absolute path of the file */
  constructor(
    private readonly path: string,
    private readonly isOption: boolean,
    now: () => number,
  ) {
    const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    this.learned = since !== undefined && now() - since < HOLDS_MS;
  }

  get isReadOnly(): boolean {
    return this.isOption || this.learned;
  }

  /** An upload was forbidden. @returns whether that means all uploads: after one that was taken it means only itself */
  learn(): boolean {
    if (this.hasWritten || this.learned) return false;
    this.learned = true;
    try {
      writeFileSync(this.path, '');
    } catch {
      // Then it is learned once more.
    }
    return true;
  }

  /** An upload was taken. */
  disprove(): void {
    if (this.hasWritten) return;
    this.hasWritten = true;
    this.learned = false;
    rmSync(this.path, { force: true });
  }
}
