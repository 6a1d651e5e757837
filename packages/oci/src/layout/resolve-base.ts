import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ElementError, type SourceStore } from '@wheelhouse/element';
import { replaceFile } from '@wheelhouse/element/internal';
import type { BaseImage } from '../format/base-image.js';
import { parseBaseReference, type BaseReference } from '../format/base-reference.js';
import { readImage } from './image-directory.js';
import { registryContent } from '../registry/registry-content.js';
import { registryCredentials } from '../registry/registry-credentials.js';
import { readImageContent } from './read-image-content.js';
import type { ImageEngine, Progress } from '../engine/image-engine.js';
import { openUncompressed, unpackImageArchive } from './image-files.js';

/** What a base image is looked for with. */
export interface BaseContext {
  readonly store: SourceStore;
  /** Absolute path that relative paths start from. */
  readonly directory: string;
  /** What the image has to run on, as Go names it. */
  readonly architecture: string;
  /** Says where programs of registries' credentials are, and the credentials. */
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Asked only if the base is one of the engine's. */
  readonly engine: () => Promise<ImageEngine>;
  readonly progress: Progress;
}

/**
 * Brings a base image into the store. One that is named without a digest is resolved to what the name stands for now,
 * which is said.
 *
 * @param text the option `base` @throws ElementError IMAGE, ENGINE
 */
export async function resolveBase(text: string, context: BaseContext): Promise<BaseImage> {
  const reference = parseBaseReference(text);
  const image = await read(text, reference, context);
  if (reference.digest === undefined) {
    const pinned = `${text}@${image.manifestDigest ?? image.id}`;
    context.progress(`base: \`${text}\` is now \`${pinned}\`, which would pin it`);
  }
  return image;
}

async function read(text: string, reference: BaseReference, context: BaseContext): Promise<BaseImage> {
  const { store, architecture } = context;
  const pin = reference.digest === undefined ? {} : { digest: reference.digest };
  switch (reference.type) {
    case 'layout': {
      const path = required(text, reference.path, context);
      return await readImage(store.blobs, { path, label: `oci:${reference.path}`, architecture, ...pin });
    }
    case 'archive': {
      const path = required(text, reference.path, context);
      const archive = await openUncompressed(path);
      return await readArchive(archive, context, { label: `archive:${reference.path}`, ...pin });
    }
    case 'registry': {
      const { environment, signal } = context;
      const credentials = (): ReturnType<typeof registryCredentials> =>
        registryCredentials(reference.host, environment);
      const content = registryContent(reference, { credentials, signal }, reference.digest);
      const image = await readImageContent(store.blobs, content, { label: text, architecture, ...pin });
      return { ...image, reference: `${reference.host}/${reference.repository}:${reference.tag}` };
    }
    case 'engine':
      return await fromEngine(reference, context);
    default: {
      const unknown: never = reference;
      throw new Error(`no such reference: ${JSON.stringify(unknown)}`);
    }
  }
}

async function readArchive(
  archive: AsyncIterable<Uint8Array>,
  { store, architecture }: BaseContext,
  named: { readonly label: string; readonly digest?: string },
): Promise<BaseImage> {
  const temporary = await store.scratch.directory();
  try {
    await unpackImageArchive(archive, temporary.path, named.label);
    return await readImage(store.blobs, { path: temporary.path, architecture, ...named });
  } finally {
    await temporary.dispose();
  }
}

/** An image of the engine is packed and read once: what its id stands for cannot change. */
async function fromEngine(
  { name, digest }: Extract<BaseReference, { type: 'engine' }>,
  context: BaseContext,
): Promise<BaseImage> {
  const engine = await context.engine();
  const asked = digest === undefined ? name : `${name}@${digest}`;
  const look = async (): ReturnType<ImageEngine['inspect']> =>
    (await engine.inspect(asked)) ?? (digest === undefined ? undefined : await engine.inspect(digest));
  let found = await look();
  if (found === undefined) {
    context.progress(`base: pulling \`${asked}\``);
    await engine.pull(digest === undefined ? tagged(name) : asked, context.progress);
    found = await look();
  }
  if (found === undefined) {
    throw new ElementError({
      code: 'IMAGE',
      message: `the engine does not have the image \`${asked}\` after pulling it`,
    });
  }
  const manifestDigest = found.repoDigests.find((each) => each.startsWith(`${repository(name)}@`))?.split('@')[1];
  const known = await remembered(found.id, context);
  if (known === undefined) context.progress(`base: reading \`${asked}\` from the engine`);
  const image = known ?? (await readArchive(await engine.save(found.id), context, { label: `\`${asked}\`` }));
  if (known === undefined) replaceFile(memoOf(found.id, context), JSON.stringify(image));
  return { ...image, name, reference: name, ...(manifestDigest === undefined ? {} : { manifestDigest }) };
}

async function remembered(id: string, context: BaseContext): Promise<BaseImage | undefined> {
  const path = memoOf(id, context);
  if (!existsSync(path)) return undefined;
  const image = JSON.parse(readFileSync(path, 'utf8')) as BaseImage;
  const missing = await context.store.blobs.findMissing(image.layers.map(({ blob }) => blob));
  return missing.length === 0 ? image : undefined;
}

function memoOf(id: string, { store }: BaseContext): string {
  return store.memo(`base-image-${createHash('sha256').update(id).digest('hex')}`);
}

function repository(name: string): string {
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}

/** Without a tag, an engine would pull every image of a name. */
function tagged(name: string): string {
  return repository(name) === name ? `${name}:latest` : name;
}

function required(text: string, path: string, { directory }: BaseContext): string {
  const absolute = resolve(directory, path);
  if (existsSync(absolute)) return absolute;
  throw new ElementError({
    code: 'IMAGE',
    message: `the base \`${text}\`: \`${path}\` does not exist`,
    hint: 'paths are relative to the workspace',
  });
}
