import type { KeyedElement, KeyedElements } from './keyed-element.js';
import { readInputs } from './read-inputs.js';
import { ElementError } from '../base/error.js';
import { parseJson, type Json } from '../base/json.js';
import type { BlobStore } from '../cas/blob-store.js';
import { digestOf, type Digest } from '../cas/digest.js';
import { directoriesInMemory } from '../cas/digest-only-blobs.js';
import { decodeDirectory } from '../cas/directory.js';
import { readBlob, writeBlob } from '../cas/tree.js';
import type { Key } from '../plugin/ports.js';
import { isSourceFacts, type SourceFacts } from '../plugin/source-facts.js';

/** Says that a file is a document of keys, and of which form. */
const FORMAT = 'wheelhouse-keys-1';

/** An element in a document. */
interface DocumentElement {
  readonly name: string;
  readonly kind: string;
  readonly inputs: Json;
  readonly dependencies: readonly { readonly name: string; readonly key: Key }[];
  readonly sources: readonly (SourceFacts | null)[];
}

/** What one machine tells another about its keys. Files are named in it by their digests; their content is not. */
export interface KeyDocument {
  readonly format: typeof FORMAT;
  /** The keys of what was asked for, by name. */
  readonly targets: Readonly<Record<string, Key>>;
  /** Those and all that they are built from, by key. */
  readonly elements: Readonly<Record<string, DocumentElement>>;
  /** The directories of the sources' trees: REAPI `Directory` messages in base64, by digest. */
  readonly directories: Readonly<Record<string, string>>;
}

/** A document that was read. */
export interface ReadKeys extends KeyedElements {
  readonly targets: ReadonlyMap<string, Key>;
}

/** Writes down the elements of these keys, and all that they are built from. */
export async function documentOf(targets: ReadonlyMap<string, Key>, elements: KeyedElements): Promise<KeyDocument> {
  const written: Record<string, DocumentElement> = {};
  const directories: Record<string, string> = {};
  const waiting = new Set(targets.values());
  // A set is walked in the order in which it grows.
  for (const key of waiting) {
    const found = await elements.find(key);
    if (found === undefined) continue;
    const { name, kind, inputs, dependencies, sources } = found;
    written[key] = { name, kind, inputs, dependencies, sources: sources.map(({ facts }) => facts ?? null) };
    for (const { facts, blobs } of sources) {
      for (const { tree } of [...(facts === undefined ? [] : [facts]), ...(facts?.parts ?? [])]) {
        if (tree !== undefined) await addDirectories(tree, blobs, directories);
      }
    }
    for (const dependency of dependencies) waiting.add(dependency.key);
  }
  return { format: FORMAT, targets: Object.fromEntries(targets), elements: written, directories };
}

/**
 * Reads the text of a document.
 *
 * @param label what the error calls it
 * @throws ElementError USAGE if it is not such a document
 */
export async function readKeyDocument(text: string, label: string): Promise<ReadKeys> {
  const document = parseJson(text);
  if (!isDocument(document)) {
    throw new ElementError({
      code: 'USAGE',
      message: `\`${label}\` is not a file of keys`,
      hint: 'write it on the other machine with `wheelhouse why TARGET --export FILE`',
    });
  }
  const blobs = directoriesInMemory();
  for (const text of Object.values(document.directories)) await writeBlob(blobs, Buffer.from(text, 'base64'));
  const { targets, elements } = document;
  return {
    targets: new Map(Object.entries(targets)),
    find: (key) => Promise.resolve(keyed(key, elements[key], blobs)),
  };
}

function keyed(key: Key, element: DocumentElement | undefined, blobs: BlobStore): KeyedElement | undefined {
  const inputs = readInputs(element?.inputs);
  if (element === undefined || inputs === undefined) return undefined;
  const { name, kind, dependencies, sources } = element;
  return {
    name,
    kind,
    key,
    inputs,
    dependencies,
    sources: sources.map((facts) => ({ blobs, ...(facts === null ? {} : { facts }) })),
  };
}

async function addDirectories(tree: Digest, blobs: BlobStore, to: Record<string, string>): Promise<void> {
  if (to[tree.hash] !== undefined || tree.sizeBytes === 0) return;
  let bytes: Uint8Array;
  try {
    bytes = await readBlob(blobs, tree);
  } catch (error) {
    // What is not kept any more is compared by its digest.
    if (error instanceof ElementError && error.code === 'STORE') return;
    throw error;
  }
  to[tree.hash] = Buffer.from(bytes).toString('base64');
  for (const { digest } of decodeDirectory(bytes).directories) await addDirectories(digest, blobs, to);
}

function isDocument(value: unknown): value is KeyDocument {
  return (
    isDictionary(value) &&
    value.format === FORMAT &&
    isDictionary(value.targets) &&
    Object.values(value.targets).every((key) => typeof key === 'string') &&
    isDictionary(value.elements) &&
    Object.values(value.elements).every(isElement) &&
    isDictionary(value.directories) &&
    Object.entries(value.directories).every(isDirectory)
  );
}

function isElement(value: unknown): boolean {
  return (
    isDictionary(value) &&
    typeof value.name === 'string' &&
    typeof value.kind === 'string' &&
    readInputs(value.inputs) !== undefined &&
    Array.isArray(value.dependencies) &&
    value.dependencies.every(
      (each) => isDictionary(each) && typeof each.name === 'string' && typeof each.key === 'string',
    ) &&
    Array.isArray(value.sources) &&
    value.sources.every((each) => each === null || isSourceFacts(each))
  );
}

function isDirectory([hash, text]: readonly [string, unknown]): boolean {
  return typeof text === 'string' && digestOf(Buffer.from(text, 'base64')).hash === hash;
}

function isDictionary(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
