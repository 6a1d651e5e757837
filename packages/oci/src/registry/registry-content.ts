import { createHash } from 'node:crypto';
import { ElementError } from '@wheelhouse/element';
import { MEDIA } from '../format/base-image.js';
import type { RegistryName } from '../format/base-reference.js';
import type { ImageContent } from '../format/image-content.js';
import { RegistryClient, type RegistryAccess } from './registry-client.js';

/** What an image can be described by, OCI's types and Docker's. */
const MANIFESTS = [
  MEDIA.index,
  MEDIA.manifest,
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/**
 * A repository of a registry as a place of images. Its index has one entry: what was asked for.
 *
 * @param digest that of a manifest or an index; default: what the tag stands for now
 */
export function registryContent(name: RegistryName, access: RegistryAccess, digest: string | undefined): ImageContent {
  const client = new RegistryClient(name, access);
  const manifests = new Map<string, Buffer>();
  const read = async (reference: string): Promise<{ readonly digest: string; readonly mediaType: string }> => {
    const response = await client.get(`manifests/${reference}`, MANIFESTS);
    const bytes = Buffer.from(await response.arrayBuffer());
    const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (reference.startsWith('sha256:') && reference !== found) {
      throw new ElementError({
        code: 'IMAGE',
        message: `the registry \`${name.host}\` answered with the manifest \`${found}\`, not \`${reference}\``,
      });
    }
    manifests.set(found, bytes);
    const { mediaType } = JSON.parse(bytes.toString('utf8')) as { mediaType?: string };
    return { digest: found, mediaType: mediaType ?? response.headers.get('content-type') ?? MEDIA.manifest };
  };
  return {
    index: async () => {
      const asked = await read(digest ?? name.tag);
      return { manifests: [{ ...asked, size: manifests.get(asked.digest)?.byteLength ?? 0 }] };
    },
    manifest: async (wanted) => {
      if (!manifests.has(wanted)) await read(wanted);
      return JSON.parse(manifests.get(wanted)?.toString('utf8') ?? 'null') as unknown;
    },
    blob: (wanted) => blobOf(client, wanted),
  };
}

async function* blobOf(client: RegistryClient, digest: string): AsyncGenerator<Uint8Array> {
  const { body } = await client.get(`blobs/${digest}`);
  if (body !== null) yield* body as unknown as AsyncIterable<Uint8Array>;
}
