import { ElementError } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { numberText, wordsOf } from './number-text.js';

/** A JSON schema of one option, as far as those of the executors go. */
export interface OptionSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly items?: OptionSchema;
  readonly minItems?: number;
  readonly additionalProperties?: OptionSchema;
  readonly oneOf?: readonly OptionSchema[];
}

/** The schema.json of an executor. */
export interface ExecutorSchema {
  readonly properties: Readonly<Record<string, OptionSchema>>;
}

/** Options as they were written: what may be a text is one, where Nx hands on what looks like a number as one. */
export type Written<T> = { readonly [K in keyof T]: WrittenValue<T[K]> };

type WrittenValue<V> = string extends V ? Exclude<V, number> : V extends object ? Written<V> : V;

/** What Nx passes to an executor besides its options: the arguments of the command line, as they were written. */
export interface GivenWords {
  readonly __unparsed__?: readonly string[];
}

/**
 * The options of an executor, checked by its schema, every text as it was written. Nx hands on what looks like a number as
 * one, and in a batch it ends with an unhandled rejection where a schema refuses something: so the schemas of batches let
 * everything pass, by an `anyOf` beside what they really ask for.
 *
 * @param passesOn whether options that the schema does not have belong to another consumer
 * @throws ElementError TARGET_OPTIONS, all that are wrong together
 */
export function executorOptions<T extends object>(
  { properties }: ExecutorSchema,
  given: T,
  { passesOn = false }: { readonly passesOn?: boolean } = {},
): Written<T> {
  const { __unparsed__: words = [], ...options } = given as GivenWords & Readonly<Record<string, unknown>>;
  const errors: ElementError[] = [];
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const reading: Reading = { words, errors, name, path: name };
    if (schema !== undefined) checked[name] = value === undefined ? value : read(value, schema, reading);
    else if (passesOn) checked[name] = value;
    else {
      const known = Object.keys(properties).filter((each) => each !== '__unparsed__');
      fail(reading, `unknown option \`${name}\``, `the options are ${listed(known)}`);
    }
  }
  throwCollected(errors);
  return { ...checked, ...(passesOn ? { __unparsed__: words } : {}) } as Written<T>;
}

interface Reading {
  readonly words: readonly string[];
  readonly errors: ElementError[];
  /** The option as the command line has it. */
  readonly name: string;
  /** Where the value is, as people know it. */
  readonly path: string;
  /** Which of the values that the command line gives the option. */
  readonly index?: number;
  readonly count?: number;
}

function read(value: unknown, schema: OptionSchema, reading: Reading): unknown {
  if (schema.oneOf !== undefined) {
    const fitting = schema.oneOf.find((each) => fits(value, each));
    if (fitting !== undefined) return read(value, fitting, reading);
  }
  if (schema.oneOf !== undefined || !fits(value, schema)) {
    refuse(value, schema, reading);
    return undefined;
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) {
      refuse(value, schema, reading);
      return undefined;
    }
    return value.map((item: unknown, index) =>
      read(item, schema.items ?? {}, { ...reading, path: `${reading.path}[${index}]`, index, count: value.length }),
    );
  }
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
      const path = `${reading.path}.${key}`;
      return [key, read(item, schema.additionalProperties ?? {}, { ...reading, name: path, path })];
    });
    return Object.fromEntries(entries);
  }
  if (typeof value !== 'number' || !typesOf(schema).includes('string')) return value;
  const text = numberText(value, wordsOf(reading.words, reading.name), reading.index ?? 0, reading.count ?? 1);
  if (text !== undefined) return text;
  fail(
    reading,
    `the option \`${reading.path}\` is the number \`${value}\`, which may have been written differently, as \`1.10\` is \`1.1\``,
    `write it as a string: \`"${value}"\``,
  );
  return undefined;
}

/** Whether a value is of the type that a schema asks for. A number is accepted as a string. */
function fits(value: unknown, schema: OptionSchema): boolean {
  const types = typesOf(schema);
  if (types.length === 0) return true;
  if (Array.isArray(value)) return types.includes('array');
  if (isMap(value)) return types.includes('object');
  if (schema.enum !== undefined) return typeof value === 'string' && schema.enum.includes(value);
  if (typeof value === 'number')
    return types.includes('string') || (types.includes('integer') && Number.isInteger(value));
  return types.includes(typeof value);
}

function refuse(value: unknown, schema: OptionSchema, reading: Reading): void {
  fail(reading, `the option \`${reading.path}\` is \`${JSON.stringify(value)}\``, `it must be ${described(schema)}`);
}

function described(schema: OptionSchema): string {
  if (schema.oneOf !== undefined) return schema.oneOf.map(described).join(' or ');
  if (schema.enum !== undefined) return `one of ${listed(schema.enum)}`;
  const [type = ''] = typesOf(schema);
  if (type === 'array') return `a list; each item is ${described(schema.items ?? {})}`;
  const words: Readonly<Record<string, string>> = {
    string: 'a string',
    boolean: '`true` or `false`',
    integer: 'a whole number',
    object: 'an object of strings',
  };
  return words[type] ?? type;
}

function typesOf({ type = [] }: OptionSchema): readonly string[] {
  return typeof type === 'string' ? [type] : type;
}

function fail({ errors }: Reading, message: string, hint: string): void {
  errors.push(new ElementError({ code: 'TARGET_OPTIONS', message, hint }));
}

function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
