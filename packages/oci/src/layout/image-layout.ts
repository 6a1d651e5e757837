import { type BlobStore, type Digest } from '@wheelhouse/element';
import { emptyTree, writeBlob, writeTree, type FileNode } from '@wheelhouse/element/internal';
import { MEDIA, ociDigest, type BaseImage, type ImageLayer } from '../format/base-image.js';

/** An image whose blobs are in the store, and a layout that holds it. */
export interface LaidOutImage {
  /** The digest of its configuration: what an engine calls it. */
  readonly id: string;
  readonly config: Digest;
  /** Lowest first. */
  readonly layers: readonly ImageLayer[];
  /** What a registry and the layout call it. */
  readonly manifestDigest: string;
  /** The tree of the layout's directory. */
  readonly layout: Digest;
}

/** What an image consists of. */
export interface LayoutInput {
  readonly base: BaseImage;
  readonly layer: ImageLayer;
  /** The text of its configuration. */
  readonly config: string;
  /** The name that a layout gives it. */
  readonly name: string;
  readonly attestations: readonly Attestation[];
}

/** A document about an image. */
export interface Attestation {
  readonly mediaType: string;
  readonly content: Uint8Array;
}

const VERSION_FILE = JSON.stringify({ imageLayoutVersion: '1.0.0' });

interface SizedDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Keeps the manifest of an image, and the tree of an OCI image layout with it. Attestations are artifacts of their own
 * that refer to the image ("Image Manifest", `subject`), so that the image is the same with and without them.
 */
export async function layOutImage(blobs: BlobStore, input: LayoutInput): Promise<LaidOutImage> {
  const { base, layer } = input;
  const config = await writeBlob(blobs, input.config);
  const layers = [...base.layers, layer];
  const files = [config, ...layers.map(({ blob }) => blob)];
  const manifest = await keepJson(blobs, MEDIA.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: describe(config, MEDIA.config),
    layers: layers.map(({ blob, mediaType }) => describe(blob, mediaType)),
    annotations: baseAnnotations(base),
  });
  files.push(manifest.blob);
  const { architecture, os } = base.config;
  const listed: object[] = [
    {
      ...manifest.descriptor,
      annotations: { 'org.opencontainers.image.ref.name': input.name },
      platform: { architecture, os },
    },
  ];
  for (const { mediaType, content } of input.attestations) {
    const attestation = await writeBlob(blobs, content);
    const nothing = await writeBlob(blobs, '{}');
    const artifact = await keepJson(blobs, MEDIA.manifest, {
      schemaVersion: 2,
      mediaType: MEDIA.manifest,
      artifactType: mediaType,
      config: describe(nothing, MEDIA.empty),
      layers: [describe(attestation, mediaType)],
      subject: manifest.descriptor,
    });
    files.push(attestation, nothing, artifact.blob);
    listed.push({ ...artifact.descriptor, artifactType: mediaType });
  }
  const index = { schemaVersion: 2, mediaType: MEDIA.index, manifests: listed };
  return {
    id: ociDigest(config),
    config,
    layers,
    manifestDigest: manifest.descriptor.digest,
    layout: await layoutTree(blobs, files, JSON.stringify(index)),
  };
}

async function layoutTree(blobs: BlobStore, files: readonly Digest[], index: string): Promise<Digest> {
  const file = (name: string, digest: Digest): [string, FileNode] => [name, { name, digest, isExecutable: false }];
  const sha256 = { ...emptyTree(), files: new Map(files.map((digest) => file(digest.hash, digest))) };
  return await writeTree(blobs, {
    ...emptyTree(),
    files: new Map([
      file('index.json', await writeBlob(blobs, index)),
      file('oci-layout', await writeBlob(blobs, VERSION_FILE)),
    ]),
    directories: new Map([['blobs', { ...emptyTree(), directories: new Map([['sha256', sha256]]) }]]),
  });
}

/** OCI image specification, "Annotations": the image this one is based on. */
function baseAnnotations({ reference, manifestDigest }: BaseImage): Record<string, string> {
  return {
    ...(manifestDigest === undefined ? {} : { 'org.opencontainers.image.base.digest': manifestDigest }),
    ...(reference === undefined ? {} : { 'org.opencontainers.image.base.name': reference }),
  };
}

async function keepJson(
  blobs: BlobStore,
  mediaType: string,
  value: object,
): Promise<{ readonly blob: Digest; readonly descriptor: SizedDescriptor }> {
  const blob = await writeBlob(blobs, JSON.stringify(value));
  return { blob, descriptor: describe(blob, mediaType) };
}

function describe(blob: Digest, mediaType: string): SizedDescriptor {
  return { mediaType, digest: ociDigest(blob), size: blob.sizeBytes };
}
