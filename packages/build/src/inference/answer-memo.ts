import { readFileSync } from 'node:fs';
import { replaceMemo } from '@wheelhouse/element/internal';

/** An answer of the last time, by a key of all that it is made of: the first line of a file, and JSON after it. */
export class AnswerMemo<T> {
  /** @param path of the file */
  constructor(private readonly path: string) {}

  /** @param key without a line break */
  get(key: string): T | undefined {
    try {
      const text = readFileSync(this.path, 'utf8');
      return text.startsWith(`${key}\n`) ? (JSON.parse(text.slice(key.length + 1)) as T) : undefined;
    } catch {
      // No memo yet, or one cut short.
      return undefined;
    }
  }

  put(key: string, answer: T): void {
    replaceMemo(this.path, `${key}\n${JSON.stringify(answer)}`);
  }
}
