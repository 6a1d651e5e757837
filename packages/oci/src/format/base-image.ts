import type { Digest } from '@wheelhouse/element';

/** A layer of an image, as it is kept (OCI image specification, "Image Layer Filesystem Changeset"). */
export interface ImageLayer {
  /** What is kept: the tar archive, or its compressed form. */
  readonly blob: Digest;
  readonly mediaType: string;
  /** The uncompressed tar archive: `sha256:<hex>`. */
  readonly diffId: string;
}

/** An image whose blobs are in the store. Plain data. */
export interface BaseImage {
  /** What messages call it. */
  readonly name: string;
  /** The name by which a registry may know it; a path of this machine is none. */
  readonly reference?: string;
  /** The digest of its configuration, by which an engine knows it: `sha256:<hex>`. */
  readonly id: string;
  /** The digest by which a registry or a layout knows it, if one was known. */
  readonly manifestDigest?: string;
  readonly config: ImageConfig;
  /** Lowest first. */
  readonly layers: readonly ImageLayer[];
}

/** What containers are started with (OCI image specification, "Image Configuration", `config`). */
export interface ContainerConfig {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Volumes?: Readonly<Record<string, object>> | null;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly StopSignal?: string;
}

/** OCI image specification, "Image Configuration". Members that do not exist are not read. */
export interface ImageConfig {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly config?: ContainerConfig;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly string[] };
  readonly history?: readonly ImageHistory[];
}

/** OCI image specification, "Image Configuration", `history`. */
export interface ImageHistory {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

/** The media types of what an image is made of. */
export const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  gzipLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  empty: 'application/vnd.oci.empty.v1+json',
} as const;

/** `sha256:<hex>`, as images name blobs. */
export function ociDigest({ hash }: Digest): string {
  return `sha256:${hash}`;
}

/** The value of a variable in a container's environment. */
export function variableOf({ config }: ImageConfig, name: string): string | undefined {
  return config?.Env?.findLast((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}
