import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { type Outcome } from '@wheelhouse/element/internal';
import {
  imageArchive,
  type ImageEngine,
  type Progress,
  type LaidOutImage,
  imageArchitecture,
  resolveBase,
} from '@wheelhouse/oci/internal';
import { checkedWheelhouse } from './checked-wheelhouse.js';
import { composeImage } from './image-composition.js';
import { checkImageOptions, imageName, type ReleaseImageOptions } from './image-options.js';
import { outputsOf, type Operation } from '../workspace/operation.js';
import { writeOutputTree } from '../workspace/tree-files.js';

/** What {@link releaseImage} works with beside the operation. */
export interface ImageServices {
  /** The engine of containers; asked for only if one is needed. @throws ElementError ENGINE */
  readonly connect: () => Promise<ImageEngine>;
  readonly progress: Progress;
}

/** What {@link releaseImage} made; `undefined` if an element failed. */
export interface ReleaseImageResult {
  readonly outcomes: readonly Outcome[];
  readonly made?: {
    /** Absolute path of the image layout. */
    readonly directory: string;
    /** The digest of the image's configuration: what an engine calls it. */
    readonly id: string;
    /** What a registry calls it. */
    readonly manifestDigest: string;
    readonly tag: string;
  };
}

/** The user if none is asked for: beyond those of distributions. */
const USER = 10_001;

/**
 * Installs a project's wheelhouse, and nothing else, on a base image, and writes the result to `dist/<root>/image/` as
 * an OCI image layout (docs/adr/0036). When anything fails, nothing is written.
 *
 * @throws ElementError IMAGE, ENGINE, ARTIFACT, LOCK_MISSING, LOCK_STALE, INTERPRETER, SANDBOX
 */
export async function releaseImage(
  operation: Operation,
  options: ReleaseImageOptions,
  { connect, progress }: ImageServices,
): Promise<ReleaseImageResult> {
  const { workspace, project, engine } = operation;
  checkImageOptions(options);
  if (options.base === undefined) throw noBase(project.ref.name);
  const wheelhouse = await checkedWheelhouse(operation);
  const connected = options.engine === 'docker' ? await connect() : undefined;
  const base = await resolveBase(options.base, {
    store: engine.store,
    directory: workspace.directory,
    architecture: imageArchitecture(process.arch),
    environment: engine.environment,
    signal: engine.signal,
    engine: async () => connected ?? (await connect()),
    progress,
  });
  const tag = options.tag ?? imageName(wheelhouse.manifest);
  const user = options.user ?? USER;
  const { outcomes, image } = await composeImage(operation, { wheelhouse, base, settings: options, user, tag });
  if (image === undefined) return { outcomes };
  engine.signal.throwIfAborted();
  const directory = join(outputsOf(operation).dist, 'image');
  await writeOutputTree(engine.store.blobs, directory, image.layout);
  if (connected !== undefined) await give(connected, operation, { image, tag, progress });
  return { outcomes, made: { directory, id: image.id, manifestDigest: image.manifestDigest, tag } };
}

/** Hands an image to an engine, which may have it already. */
async function give(
  connected: ImageEngine,
  { engine }: Operation,
  { image, tag, progress }: { readonly image: LaidOutImage; readonly tag: string; readonly progress: Progress },
): Promise<void> {
  if ((await connected.inspect(image.id)) !== undefined) {
    await connected.tag(image.id, tag);
    return;
  }
  progress(`engine: loading \`${tag}\``);
  const archive = imageArchive(engine.store.blobs, image, [tag]);
  const abort = (): void => {
    archive.destroy(engine.signal.reason as Error);
  };
  engine.signal.addEventListener('abort', abort);
  try {
    await connected.load(archive, progress);
  } finally {
    engine.signal.removeEventListener('abort', abort);
  }
}

function noBase(project: string): ElementError {
  return new ElementError({
    code: 'IMAGE',
    message: `no base is set for the image of \`${project}\``,
    hint: 'set the option `base` of the target, or `releaseImage: {"base": "..."}` in nx.json, to `oci:DIRECTORY`, `archive:FILE`, `registry:NAME` or an image name',
  });
}
