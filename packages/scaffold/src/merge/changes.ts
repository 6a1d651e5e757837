import type { Tree } from '@nx/devkit';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** Something that a generator would have written and did not, because it is the user's. */
export interface Conflict {
  /** Relative to the workspace. */
  readonly file: string;
  /** A unified diff, from what is there to what would have been written. */
  readonly diff: string;
}

/**
 * What a generator does to files. Every file is the user's once it is there: a text that differs from the one that
 * would be written stays, and the difference is a conflict that people are shown (docs/adr/0045).
 */
export class Changes {
  private readonly found: Conflict[] = [];
  private readonly said: string[] = [];

  constructor(readonly tree: Tree) {}

  /** What was kept, in the order in which it was met. */
  get conflicts(): readonly Conflict[] {
    return this.found;
  }

  /** What people should know. */
  get notes(): readonly string[] {
    return this.said;
  }

  /** Says something once everything is done. */
  note(text: string): void {
    this.said.push(text);
  }

  /**
   * A file whose whole text is generated.
   *
   * @param file relative to the workspace
   * @param mode permissions of a file that is new
   */
  write(file: string, text: string, mode?: number): void {
    const before = this.tree.read(file, 'utf8');
    if (before === null) {
      this.tree.write(file, text, mode === undefined ? undefined : { mode });
    } else if (before !== text) {
      this.keep(file, before, text);
    }
  }

  /** A file that is edited: `text` is what is there with something added or changed. */
  edit(file: string, text: string): void {
    if (this.tree.read(file, 'utf8') !== text) this.tree.write(file, text);
  }

  /** Tells of a difference that stays. */
  keep(file: string, present: string, wanted: string): void {
    const options = { context: 2, headerOptions: FILE_HEADERS_ONLY };
    const diff = createTwoFilesPatch(file, file, present, wanted, 'as it is', 'as generated', options);
    this.found.push({ file, diff });
  }
}
