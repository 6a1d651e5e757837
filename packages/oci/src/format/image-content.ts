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

/** OCI image specification, "Image Index". */
export interface ImageIndex {
  readonly manifests: readonly Descriptor[];
}

/** What is looked for, wherever it is. */
export interface WantedImage {
  /** What messages call the place. */
  readonly label: string;
  /** The manifest or index that is asked for, where one is: `sha256:<hex>`. */
  readonly digest?: string;
  /** What the image runs on, as Go names it: `amd64`, `arm64`, ... */
  readonly architecture: string;
}

/** A place that has blobs of images by their digests: a layout, or a registry. What it answers is checked by its users. */
export interface ImageContent {
  /** What the place has. @throws ElementError IMAGE */
  index(): Promise<ImageIndex>;
  /** A manifest, or an index within the index. @throws ElementError IMAGE */
  manifest(digest: string): Promise<unknown>;
  /** A configuration or a layer. @throws ElementError IMAGE if it does not exist */
  blob(digest: string): AsyncIterable<Uint8Array>;
}

/** What Go, and so images, call an instruction set of Node. */
export function imageArchitecture(name: NodeJS.Architecture): string {
  return { x64: 'amd64', ia32: '386' }[name as string] ?? name;
}
