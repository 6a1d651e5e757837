import { ElementError } from '@wheelhouse/element';
import type { Descriptor, ImageContent, ImageIndex, ImageManifest, WantedImage } from '../format/image-content.js';

/** The manifest of the one image that is asked for, or that runs on this machine. @throws ElementError IMAGE */
export async function findManifest(
  content: ImageContent,
  wanted: WantedImage,
): Promise<{ digest: string; manifest: ImageManifest }> {
  const { manifests } = await content.index();
  const images = await imagesOf(content, wanted, { descriptors: manifests, asked: wanted.digest === undefined });
  const [image] = images;
  if (image === undefined || images.length !== 1) {
    throw new ElementError({
      code: 'IMAGE',
      message:
        image === undefined
          ? `${wanted.label} has no image ${wanted.digest === undefined ? `for \`linux/${wanted.architecture}\`` : `\`${wanted.digest}\``}`
          : `${wanted.label} has ${images.length} images: ${images.map(({ digest }) => `\`${digest}\``).join(', ')}`,
      hint: `choose one of its manifests: \`${wanted.label}@sha256:...\``,
    });
  }
  return { digest: image.digest, manifest: (await content.manifest(image.digest)) as ImageManifest };
}

/** The manifests of images, in nested indexes too. `asked`: whether the digest of an index above was requested. */
async function imagesOf(
  content: ImageContent,
  wanted: WantedImage,
  { descriptors, asked }: { readonly descriptors: readonly Descriptor[]; readonly asked: boolean },
): Promise<readonly Descriptor[]> {
  const found: Descriptor[] = [];
  for (const descriptor of descriptors) {
    const isAsked = asked || descriptor.digest === wanted.digest;
    if (/\.(?:image\.index\.v1|manifest\.list\.v2)\+json$/.test(descriptor.mediaType)) {
      const nested = (await content.manifest(descriptor.digest)) as ImageIndex;
      found.push(...(await imagesOf(content, wanted, { descriptors: nested.manifests, asked: isAsked })));
    } else if (isAsked && isImage(descriptor, wanted.architecture)) found.push(descriptor);
  }
  return [...new Map(found.map((image) => [image.digest, image])).values()];
}

/** Attestations and other artifacts are listed beside images; those of Docker say that they are for no platform. */
function isImage({ artifactType, platform }: Descriptor, architecture: string): boolean {
  if (artifactType !== undefined) return false;
  return platform === undefined || (platform.os === 'linux' && platform.architecture === architecture);
}
