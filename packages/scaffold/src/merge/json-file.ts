import { ElementError } from '@wheelhouse/element';
import { applyEdits, modify, parse, printParseErrorCode, type JSONPath, type ParseError } from 'jsonc-parser';

/** How the lines around an edit are written. */
const formattingOptions = { insertSpaces: true, tabSize: 2, keepLines: true };

/** A JSON document that is edited in place: comments stay, and so does the form of what is not beside an edit. */
export class JsonFile {
  /** @throws ElementError UNREADABLE @param file what messages call it */
  static parse(text: string, file: string): JsonFile {
    const errors: ParseError[] = [];
    const value: unknown = parse(text, errors, { allowTrailingComma: true });
    const [first] = errors;
    if (first === undefined && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new JsonFile(text);
    }
    const before = text.slice(0, first?.offset ?? 0);
    const line = before.split('\n').length;
    throw new ElementError({
      code: 'UNREADABLE',
      message: first === undefined ? 'not a JSON object' : `not valid JSON: ${printParseErrorCode(first.error)}`,
      origin: { file, line, column: before.length - before.lastIndexOf('\n') - 1 },
    });
  }

  private constructor(private current: string) {}

  get text(): string {
    return this.current;
  }

  /** The value at a path; `undefined` if there is none. */
  get(path: JSONPath): unknown {
    let value: unknown = parse(this.current);
    for (const key of path) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = (value as Record<string | number, unknown>)[key];
    }
    return value;
  }

  /** Puts a value at a path; objects on the way to it are made. */
  set(path: JSONPath, value: unknown): void {
    const edits = modify(this.current, path, value, { formattingOptions });
    this.current = applyEdits(this.current, edits);
  }

  /** Adds to the end of the list at a path, which is made if there is none. */
  append(path: JSONPath, value: unknown): void {
    const list = this.get(path);
    if (!Array.isArray(list)) {
      this.set(path, [value]);
      return;
    }
    const edits = modify(this.current, [...path, list.length], value, { isArrayInsertion: true, formattingOptions });
    this.current = applyEdits(this.current, edits);
  }
}
