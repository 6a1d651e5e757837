import type { ImageEngine, Progress } from '@wheelhouse/oci/internal';
import type { Operation } from '../workspace/operation.js';
import type { ReleaseImageResult } from '../image/release-image.js';
import type { ReleaseImageOptions } from '../image/image-options.js';

/**
 * Makes the release image of a project, by the Docker engine of the operation's environment where one is needed. What
 * reads archives and talks to engines is loaded only then.
 *
 * @throws ElementError IMAGE, ENGINE, ARTIFACT, LOCK_MISSING, LOCK_STALE, INTERPRETER, SANDBOX
 */
export async function makeImage(
  operation: Operation,
  options: ReleaseImageOptions,
  progress: Progress,
): Promise<ReleaseImageResult> {
  const [{ releaseImage }, { DockerEngine }] = await Promise.all([
    import('../image/release-image.js'),
    import('@wheelhouse/oci/internal'),
  ]);
  const connect = (): Promise<ImageEngine> => DockerEngine.connect(operation.engine.environment);
  return await releaseImage(operation, options, { connect, progress });
}
