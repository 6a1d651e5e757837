import { ElementError, type BlobStore, type Digest } from '@wheelhouse/element';
import { errnoOf, readBlob } from '@wheelhouse/element/internal';
import { MEDIA, type BaseImage, type ImageConfig, type ImageLayer } from '../format/base-image.js';
import type { Descriptor, ImageContent, WantedImage } from '../format/image-content.js';
import { findManifest } from './layout-index.js';

/** Keeps the blobs of an image, wherever they are. @throws ElementError IMAGE */
export async function readImageContent(
  blobs: BlobStore,
  content: ImageContent,
  wanted: WantedImage,
): Promise<BaseImage> {
  const { label } = wanted;
  const { digest, manifest } = await findManifest(content, wanted);
  const config = await configOf(blobs, await keep(blobs, content, { label, descriptor: manifest.config }), label);
  const { diff_ids: diffIds } = config.rootfs;
  if (diffIds.length !== manifest.layers.length) throw unlikeLayers(label, manifest.layers.length, diffIds.length);
  const layers: ImageLayer[] = [];
  const image = { name: label, id: manifest.config.digest, manifestDigest: digest, config, layers };
  checkedPlatform(image, wanted);
  for (const [index, descriptor] of manifest.layers.entries()) {
    const mediaType = layerType(descriptor.mediaType, label);
    const blob = await keep(blobs, content, { label, descriptor });
    layers.push({ blob, mediaType, diffId: diffIds[index] ?? '' });
  }
  return image;
}

/** The image, if it runs on the machine that it is wanted for. @throws ElementError IMAGE */
export function checkedPlatform(image: BaseImage, { label, architecture: wanted }: WantedImage): BaseImage {
  const { os, architecture } = image.config;
  if (os === 'linux' && architecture === wanted) return image;
  throw new ElementError({
    code: 'IMAGE',
    message: `${label} is for \`${os}/${architecture}\`, but this machine is \`linux/${wanted}\``,
    hint: 'use a base for this machine, or build on a machine of that platform',
  });
}

/** For an image whose manifest and configuration do not fit one another. */
export function unlikeLayers(label: string, layers: number, diffIds: number): ElementError {
  return new ElementError({
    code: 'IMAGE',
    message: `${label} has ${layers} layers, but its configuration lists ${diffIds}`,
  });
}

async function configOf(blobs: BlobStore, blob: Digest, label: string): Promise<ImageConfig> {
  try {
    return JSON.parse(Buffer.from(await readBlob(blobs, blob)).toString('utf8')) as ImageConfig;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ElementError({ code: 'IMAGE', message: `${label}: cannot read \`${blob.hash}\``, cause });
  }
}

/** Keeps a blob that is named by its digest. */
async function keep(
  blobs: BlobStore,
  content: ImageContent,
  { label, descriptor: { digest, size } }: { readonly label: string; readonly descriptor: Descriptor },
): Promise<Digest> {
  const named: Digest = { hash: digest.replace(/^sha256:/, ''), sizeBytes: size };
  if ((await blobs.findMissing([named])).length === 0) return named;
  try {
    await blobs.write(named, content.blob(digest));
  } catch (cause) {
    const isMissing = errnoOf(cause) === 'ENOENT';
    if (!isMissing && (!(cause instanceof ElementError) || cause.code === 'IMAGE')) throw cause;
    const what = isMissing ? 'does not exist' : 'does not match its digest';
    throw new ElementError({ code: 'IMAGE', message: `${label}: the blob \`${digest}\` ${what}`, cause });
  }
  return named;
}

/** OCI's name of a layer's form. @throws ElementError IMAGE for one that cannot be read */
function layerType(mediaType: string, label: string): string {
  switch (mediaType) {
    case MEDIA.layer:
    case 'application/vnd.docker.image.rootfs.diff.tar':
      return MEDIA.layer;
    case MEDIA.gzipLayer:
    case 'application/vnd.docker.image.rootfs.diff.tar.gzip':
      return MEDIA.gzipLayer;
    default:
      throw new ElementError({
        code: 'IMAGE',
        message: `${label} has a layer of the type \`${mediaType}\``,
        hint: 'layers must be tar archives, optionally compressed with gzip',
      });
  }
}
