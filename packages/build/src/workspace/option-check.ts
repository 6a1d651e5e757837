import { OPTION_FORMATS } from './option-formats.js';

/**
 * Takes down that an option is wrong.
 *
 * @param path keys and indices that lead to the value within the options
 */
export type Fail = (message: string, hint: string, path: OptionPath) => void;

/** Where a value is within the options: keys of objects and indices of lists. */
export type OptionPath = readonly (string | number)[];

/** What messages are made of, beside the keywords of JSON Schema. */
interface Wording {
  /** What a right value is, as hints and the reference page say it. The values inside are described by it, too. */
  readonly 'x-value'?: string;
  /** What a wrong value is not. A message with it shows the value only where it is one of several words. */
  readonly 'x-noun'?: string;
  /** What else hints say. */
  readonly 'x-hint'?: string;
}

/** A JSON Schema of one option of the plugin, as far as those go; options about targets are checked by themselves. */
export interface PluginOptionSchema extends Wording {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  /** Forms of different types. */
  readonly anyOf?: readonly PluginOptionSchema[];
  readonly minLength?: number;
  /** A name in {@link OPTION_FORMATS}. */
  readonly format?: string;
  readonly minItems?: number;
  readonly items?: PluginOptionSchema;
  readonly properties?: Readonly<Record<string, PluginOptionSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: PluginOptionSchema | boolean;
  readonly propertyNames?: Wording & { readonly pattern: string };
}

/** Where a value is, and the hint for it if its schema has no words for it: empty for the option itself. */
interface Place {
  readonly path: OptionPath;
  readonly hint: string;
  readonly fail: Fail;
}

/** Checks a value of an option by its schema: `fail` is told everything that is wrong with it. */
export function checkOption(value: unknown, schema: PluginOptionSchema, name: string, fail: Fail): void {
  check(value, schema, { path: [name], hint: '', fail });
}

function check(value: unknown, schema: PluginOptionSchema, outer: Place): void {
  const described = outer.hint === '' ? describeOption(schema) : schema['x-value'];
  const place = described === undefined ? outer : { ...outer, hint: `it must be ${described}` };
  const form = formOf(value, schema.anyOf ?? []);
  if (form !== undefined) check(value, form, place);
  else if (schema.type === 'array' && Array.isArray(value) && value.length >= (schema.minItems ?? 0)) {
    for (const [index, item] of value.entries()) check(item, schema.items ?? {}, inside(place, index));
  } else if (schema.type === 'object' && isObject(value)) {
    checkObject(value, schema, place);
  } else if (schema.type === 'string' && typeof value === 'string' && value.length >= (schema.minLength ?? 0)) {
    checkText(value, schema, place);
  } else if (schema.type !== 'boolean' || typeof value !== 'boolean') refuse(value, schema, place);
}

/** Of several forms the one that a value is meant to have: by its type, and of objects by their keys. */
function formOf(value: unknown, forms: readonly PluginOptionSchema[]): PluginOptionSchema | undefined {
  const fitting = forms.filter(({ type }) => type === (isObject(value) ? 'object' : typeof value));
  return fitting.find(({ required = [] }) => isObject(value) && required.every((key) => key in value)) ?? fitting[0];
}

function checkObject(value: Readonly<Record<string, unknown>>, schema: PluginOptionSchema, place: Place): void {
  const { properties = {}, required = [], additionalProperties: others, propertyNames: names } = schema;
  for (const [key, item] of Object.entries(value).filter(([each]) => !Object.hasOwn(properties, each))) {
    const inner = inside(place, key);
    if (names !== undefined && !new RegExp(names.pattern).test(key)) {
      place.fail(`\`${key}\` is not ${names['x-noun'] ?? 'a name'}`, names['x-hint'] ?? place.hint, inner.path);
    }
    if (typeof others === 'object') check(item, others, inner);
    else if (others === false) place.fail(`unknown option \`${pathText(inner.path)}\``, place.hint, inner.path);
  }
  for (const [key, property] of Object.entries(properties)) {
    if (value[key] !== undefined || required.includes(key)) check(value[key], property, inside(place, key));
  }
}

function checkText(text: string, schema: PluginOptionSchema, place: Place): void {
  const { path, hint, fail } = place;
  const problem = schema.format === undefined ? undefined : OPTION_FORMATS[schema.format]?.(text);
  if (problem !== undefined) {
    if (problem.what === undefined) refuse(text, schema, { ...place, hint: problem.hint ?? hint });
    else fail(`the option \`${pathText(path)}\` ${problem.what}`, problem.hint ?? hint, path);
  } else if (schema.enum?.includes(text) === false) {
    const noun = schema['x-noun'];
    if (noun === undefined) refuse(text, schema, place);
    else {
      const hints = [`they are ${listed(schema.enum)}`, ...(schema['x-hint'] === undefined ? [] : [schema['x-hint']])];
      fail(`the option \`${pathText(path)}\` is not ${noun}: \`${text}\``, hints.join('; '), path);
    }
  }
}

/** A value with a noun of its own may have a password in it. */
function refuse(value: unknown, { 'x-noun': noun, enum: words }: PluginOptionSchema, place: Place): void {
  const { path, hint, fail } = place;
  const is = noun === undefined || words !== undefined ? `is \`${JSON.stringify(value)}\`` : `is not ${noun}`;
  fail(`the option \`${pathText(path)}\` ${is}`, hint, path);
}

/** What a valid value is, in words; `undefined` if only its context says. */
export function describeOption(schema: PluginOptionSchema): string | undefined {
  if (schema['x-value'] !== undefined) return schema['x-value'];
  if (schema.enum !== undefined) return `one of ${listed(schema.enum)}`;
  const item = schema.items === undefined ? undefined : describeOption(schema.items);
  return item === undefined ? undefined : `a list; each item is ${item}`;
}

function inside(place: Place, key: string | number): Place {
  return { ...place, path: [...place.path, key] };
}

function pathText(path: OptionPath): string {
  return path.map((key, depth) => (typeof key === 'number' ? `[${key}]` : `${depth > 0 ? '.' : ''}${key}`)).join('');
}

function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

/** Whether a value is an object of JSON. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
