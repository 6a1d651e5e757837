import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';

import { readImageJson } from './image-files.js';

/** OCI image specification, "Content Descriptors". */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

/** OCI image specification, "Image Manifest". */
export interface ImageManifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

interface Index {
  readonly manifests: readonly Descriptor[];
}

/** The manifest of the one image of a layout that is asked for, or that runs on this machine. @throws ElementError IMAGE */
export async function layoutManifest(from: ImageDirectory): Promise<{ digest: string; manifest: ImageManifest }> {
  const index = (await readImageJson(join(from.path, 'index.json'), from.label)) as Index;
  const images = await imagesOf(from, index.manifests, from.digest === undefined);
  const [image] = images;
  if (image === undefined || images.length !== 1) {
    throw new ElementError({
      code: 'IMAGE',
      message:
        image === undefined
          ? `${from.label} has no image ${from.digest === undefined ? `for \`linux/${from.architecture}\`` : `\`${from.digest}\``}`
          : `${from.label} has ${images.length} images: ${images.map(({ digest }) => `\`${digest}\``).join(', ')}`,
      hint: 'choose one of its manifests: `oci:DIRECTORY@sha256:...`',
    });
  }
  const manifest = (await readImageJson(
    join(from.path, 'blobs', ...image.digest.split(':')),
    from.label,
  )) as ImageManifest;
  return { digest: image.digest, manifest };
}

/** The manifests of images, in nested indexes too. `asked`: whether the digest of an index above was requested. */
async function imagesOf(
  from: ImageDirectory,
  descriptors: readonly Descriptor[],
  asked: boolean,
): Promise<readonly Descriptor[]> {
  const found: Descriptor[] = [];
  for (const descriptor of descriptors) {
    const wanted = asked || descriptor.digest === from.digest;
    if (/\.(?:image\.index\.v1|manifest\.list\.v2)\+json$/.test(descriptor.mediaType)) {
      const path = join(from.path, 'blobs', ...descriptor.digest.split(':'));
      const nested = (await readImageJson(path, from.label)) as Index;
      found.push(...(await imagesOf(from, nested.manifests, wanted)));
    } else if (wanted && isImage(descriptor, from.architecture)) found.push(descriptor);
  }
  return [...new Map(found.map((image) => [image.digest, image])).values()];
}

/** Attestations and other artifacts are listed beside images; those of Docker say that they are for no platform. */
function isImage({ artifactType, platform }: Descriptor, architecture: string): boolean {
  if (artifactType !== undefined) return false;
  return platform === undefined || (platform.os === 'linux' && platform.architecture === architecture);
}

/** A directory with an image, to be read into a store. */
export interface ImageDirectory {
  /** Absolute path. */
  readonly path: string;
  /** What messages call it. */
  readonly label: string;
  /** The manifest or index that is asked for, where one is: `sha256:<hex>`. */
  readonly digest?: string;
  /** What the image runs on, as Go names it: `amd64`, `arm64`, ... */
  readonly architecture: string;
}
