import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  ElementError,
  Source,
  type BlobStore,
  type Consistency,
  type Digest,
  type Json,
  type MappingNode,
  type SourceFacts,
  type SourceIo,
  type SourceKind,
} from '@wheelhouse/element';
import { isAbsent, replaceMemo } from '@wheelhouse/element/internal';
import { DockerEngine } from '../engine/docker-engine.js';
import type { BaseImage, ImageLayer } from '../format/base-image.js';
import { imageArchitecture } from '../format/image-content.js';
import { applyLayers } from '../layers/apply-layers.js';
import { layerList, layersOf } from '../layers/layer-list.js';
import { IMAGE_SERVICES } from '../format/image-services.js';
import { parseBaseReference } from '../format/base-reference.js';
import { resolveBase } from './resolve-base.js';

/** What an image was found to consist of. */
interface FoundImage {
  readonly digest: string;
  readonly layers: readonly ImageLayer[];
}

/**
 * The root of an image of a registry, a layout or an engine (docs/adr/0111). It is identified by the content of its
 * layers, regardless of where they are from and of their compression.
 *
 * `image` is what the option `base` of release images is. `ref` is what tracking has found: the digest, and the layers
 * with their digests, so that nothing is asked for keys. Without it the image has to be named with its digest.
 */
export class ImageSource extends Source {
  private image = '';
  private found: FoundImage | undefined;

  /** @throws ElementError INVALID_DATA, IMAGE */
  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['image', 'ref']);
    this.image = this.nodeGetMember(node, 'str', 'image');
    parseBaseReference(this.image);
    const ref = node.mapping('ref');
    if (ref === undefined) return;
    this.nodeValidate(ref, ['digest', 'layers']);
    const digest = this.nodeGetMember(ref, 'str', 'digest');
    this.found = { digest, layers: layersOf(this, this.nodeGetMember(ref, 'list', 'layers')) };
  }

  /** @throws ElementError IMAGE, ENGINE if the image is named with its digest, and cannot be found */
  override async consistency(): Promise<Consistency> {
    if (this.found === undefined && parseBaseReference(this.image).digest === undefined) return 'inconsistent';
    this.found ??= this.remembered() ?? this.remember(await this.resolve(this.image));
    const missing = await this.services.store.blobs.findMissing(this.layers.map(({ blob }) => blob));
    return missing.length === 0 ? 'cached' : 'resolved';
  }

  override getUniqueKey(): Json {
    return this.layers.map(({ diffId }) => diffId);
  }

  override describe(): SourceFacts {
    return { label: placeOf(this.image), version: this.found?.digest ?? '' };
  }

  /** SHA-256 over what identifies the content, in hexadecimal. */
  get identityHash(): string {
    return createHash('sha256').update(JSON.stringify(this.getUniqueKey())).digest('hex');
  }

  /** @throws ElementError IMAGE, ENGINE */
  override async fetch(to: BlobStore, io: SourceIo): Promise<Digest> {
    const { layers } = this;
    if ((await to.findMissing(layers.map(({ blob }) => blob))).length > 0) {
      await this.resolve(`${placeOf(this.image)}@${this.found?.digest ?? ''}`, io.signal);
    }
    return await applyLayers(to, layers, { name: this.name, scratch: this.services.store.scratch });
  }

  /** What the name stands for now. @throws ElementError IMAGE, ENGINE */
  override async track(io: SourceIo): Promise<Json> {
    const { digest, layers } = foundIn(await this.resolve(this.image, io.signal));
    return { digest, layers: layerList(layers) };
  }

  private get layers(): readonly ImageLayer[] {
    if (this.found === undefined) throw new Error(`${this.name}: asked for its layers before it was looked at`);
    return this.found.layers;
  }

  private async resolve(image: string, signal?: AbortSignal): Promise<BaseImage> {
    const { environment } = this.services.find(IMAGE_SERVICES) ?? { environment: {} };
    try {
      return await resolveBase(image, {
        store: this.services.store,
        directory: this.project.directory,
        architecture: imageArchitecture(process.arch),
        environment,
        signal,
        engine: () => DockerEngine.connect(environment),
        progress: () => undefined,
      });
    } catch (error) {
      if (!(error instanceof ElementError) || error.origin !== undefined) throw error;
      const { code, reason, hint, cause } = error;
      throw new ElementError({ code, message: reason, origin: this.origin, hint, cause });
    }
  }

  private remembered(): FoundImage | undefined {
    try {
      return JSON.parse(readFileSync(this.memo(), 'utf8')) as FoundImage;
    } catch (error) {
      if (isAbsent(error) || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  private remember(image: BaseImage): FoundImage {
    const found = foundIn(image);
    replaceMemo(this.memo(), JSON.stringify(found));
    return found;
  }

  /** What a digest stands for on this machine cannot change. */
  private memo(): string {
    const question = [parseBaseReference(this.image).digest, process.arch];
    return this.services.store.memo(
      `image-${createHash('sha256').update(JSON.stringify(question)).digest('hex').slice(0, 32)}`,
    );
  }
}

/** The name of an image without its digest. */
function placeOf(image: string): string {
  const { digest } = parseBaseReference(image);
  return digest === undefined ? image : image.slice(0, -digest.length - 1);
}

function foundIn({ manifestDigest, id, layers }: BaseImage): FoundImage {
  return { digest: manifestDigest ?? id, layers };
}

/** Kind `image`. */
export const image: SourceKind = {
  kind: 'image',
  formatVersion: 1,
  create: (meta) => new ImageSource(meta),
};
