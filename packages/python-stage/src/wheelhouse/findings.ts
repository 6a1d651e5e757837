import type { JsonDocument } from './json-document.js';

/** Something about a wheelhouse that is not as it must be. */
export interface WheelhouseFinding {
  /** The path, from the wheelhouse, of the file it is about. */
  readonly file: string;
  /** A sentence about that file, the values in backticks. */
  readonly message: string;
}

/** What checks found, and how many there were. */
export class Findings {
  readonly list: WheelhouseFinding[] = [];
  /** What is as it was recorded, and most likely not as it was meant. */
  readonly warnings: WheelhouseFinding[] = [];
  private count = 0;

  get checked(): number {
    return this.count;
  }

  /** Notes a check, and what it says where it does not hold. */
  expect(holds: boolean, file: string, message: string): void {
    this.count += 1;
    if (!holds) this.list.push({ file, message });
  }

  warn(file: string, message: string): void {
    this.warnings.push({ file, message });
  }

  /** Notes that a member of a file says one thing, while the truth is another. */
  compare(file: string, member: string, values: { readonly recorded: string; readonly computed: string }): void {
    const { recorded, computed } = values;
    this.expect(recorded === computed, file, `\`${member}\` is recorded as \`${recorded}\`, but is \`${computed}\``);
  }

  /** The same for an untrusted member: another type is another value. */
  compareValue(file: string, member: string, recorded: JsonDocument, computed: string | number): void {
    const message = `\`${member}\` is recorded as \`${recorded.shown()}\`, but is \`${computed}\``;
    this.expect(recorded.raw === computed, file, message);
  }
}
