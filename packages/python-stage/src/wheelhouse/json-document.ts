/** A value of an untrusted JSON document: every member of it may be of another type. */
export class JsonDocument {
  constructor(private readonly value: unknown) {}

  /** @returns `undefined` if the text is not JSON */
  static parse(text: string): JsonDocument | undefined {
    try {
      return new JsonDocument(JSON.parse(text));
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /** The document at a path of members; a document of `undefined` if there is none. */
  at(...path: readonly string[]): JsonDocument {
    let value = this.value;
    for (const key of path) {
      value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    }
    return new JsonDocument(value);
  }

  /** The items of a list; none if it is not a list. */
  items(): JsonDocument[] {
    return Array.isArray(this.value) ? this.value.map((item: unknown) => new JsonDocument(item)) : [];
  }

  /** The string, or a number or boolean as a string; `''` for anything else. */
  text(): string {
    return ['string', 'number', 'boolean'].includes(typeof this.value) ? String(this.value) : '';
  }

  /** The object itself; an empty one if it is not one. */
  members(): Readonly<Record<string, unknown>> {
    return isRecord(this.value) ? this.value : {};
  }

  /** For users: a text as it is, any other value as JSON, `''` if there is none. */
  shown(): string {
    if (this.value === undefined) return '';
    return typeof this.value === 'string' ? this.value : JSON.stringify(this.value);
  }

  /** The value itself. */
  get raw(): unknown {
    return this.value;
  }

  get isThere(): boolean {
    return this.value !== undefined;
  }

  get isList(): boolean {
    return Array.isArray(this.value);
  }

  get isObject(): boolean {
    return isRecord(this.value);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
