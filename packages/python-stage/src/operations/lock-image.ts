import { DockerEngine, imageArchitecture, layerList, resolveBase } from '@wheelhouse/oci/internal';
import type { LockContext } from './lock-context.js';
import type { LockedImage } from '../toolchains/toolchain.js';

/** What an image is now; its blobs are then in the store. @throws ElementError IMAGE, ENGINE */
export async function lockImage(image: string, { workspace, engine, progress }: LockContext): Promise<LockedImage> {
  const { environment, signal, store } = engine;
  const { manifestDigest, id, layers } = await resolveBase(image, {
    store,
    directory: workspace.directory,
    architecture: imageArchitecture(process.arch),
    environment,
    signal,
    engine: () => DockerEngine.connect(environment),
    // What it says of pinning is what is done here.
    progress: (line) => {
      if (!line.startsWith('base: `')) progress(line);
    },
  });
  return { digest: manifestDigest ?? id, layers: layerList(layers) };
}
