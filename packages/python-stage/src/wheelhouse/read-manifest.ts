import { readFile } from 'node:fs/promises';
import { ElementError } from '@wheelhouse/element';
import { isAbsent } from '@wheelhouse/element/internal';
import type { Manifest, TestRecord } from './manifest.js';
import { JsonDocument } from './json-document.js';
import { refusedPath } from './own-file.js';

/** A document that is read, and how its errors call it. */
export interface DocumentPlace {
  /** Absolute path. */
  readonly path: string;
  /** Relative to the workspace. */
  readonly shown: string;
  /** The command that writes it. */
  readonly command: string;
}

/**
 * Reads `manifest.json`. Its paths stay in its directory.
 *
 * @throws ElementError ARTIFACT if it does not exist or is not a manifest
 */
export async function readManifest(place: DocumentPlace): Promise<Manifest> {
  const manifest = await readAs<Manifest>(place, (document) => {
    const texts = ['project', 'version', 'elementKey', 'sourceDigest', 'snapshotDigest'].map((member) =>
      textAt(document, member),
    );
    const lists = [...filesAt(document, 'files'), ...filesAt(document, 'uses')];
    const empty = document.at('files').items().length === 0 ? '`files` lists nothing' : undefined;
    const toolchain = document.at('toolchain').isObject ? undefined : '`toolchain` is not an object';
    return [...texts, empty, ...lists, toolchain].find((each) => each !== undefined);
  });
  if (manifest !== undefined) return manifest;
  throw new ElementError({
    code: 'ARTIFACT',
    message: `the manifest \`${place.shown}\` does not exist`,
    hint: `run \`${place.command}\``,
  });
}

/**
 * Reads `record.json`.
 *
 * @returns `undefined` if there is none
 * @throws ElementError ARTIFACT if it is not a record
 */
export async function readRecord(place: DocumentPlace): Promise<TestRecord | undefined> {
  return await readAs<TestRecord>(place, (document) => {
    const texts = ['snapshotDigest', 'testSourceDigest'].map((member) => textAt(document, member));
    const counts = ['passed', 'failed', 'skipped'].map((member) => {
      const value = document.at(member);
      return Number.isInteger(value.raw) ? undefined : `\`${member}\` is \`${value.shown()}\`, not a number`;
    });
    return [fileAt(document.at('wheel'), 'wheel'), ...texts, ...filesAt(document, 'uses'), ...counts].find(
      (each) => each !== undefined,
    );
  });
}

/** @param flaw what is wrong with a document that is an object, where something is */
async function readAs<T>(
  { path, shown, command }: DocumentPlace,
  flaw: (document: JsonDocument) => string | undefined,
): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  const document = JsonDocument.parse(text);
  const wrong = document?.isObject === true ? flaw(document) : 'it is not a JSON object';
  if (wrong === undefined) return document?.raw as T;
  throw new ElementError({
    code: 'ARTIFACT',
    message: `\`${shown}\` is not valid: ${wrong}`,
    hint: `run \`${command}\``,
  });
}

function textAt(document: JsonDocument, member: string): string | undefined {
  const value = document.at(member);
  return typeof value.raw === 'string' ? undefined : `\`${member}\` is \`${value.shown()}\`, not a string`;
}

function filesAt(document: JsonDocument, member: string): (string | undefined)[] {
  const list = document.at(member);
  if (!list.isList) return [`\`${member}\` is not a list`];
  return list.items().map((file, index) => fileAt(file, `${member}[${index}]`));
}

function fileAt(file: JsonDocument, member: string): string | undefined {
  const path = file.at('path');
  if (typeof path.raw !== 'string') return `\`${member}.path\` is \`${path.shown()}\`, not a path`;
  const refused = refusedPath(path.raw);
  if (refused !== undefined) return `\`${member}.path\` is \`${path.raw}\`, which ${refused}`;
  return textAt(file, 'sha256') === undefined ? undefined : `\`${member}.sha256\` is not a digest`;
}
