import { ElementError } from '@wheelhouse/element';
import { DockerEngine } from '@wheelhouse/oci/internal';

/** When images are named with their digests: where an engine can tell them, or not at all, or else it is an error. */
export type Pinning = 'auto' | 'always' | 'never';
export const PINNINGS: readonly Pinning[] = ['auto', 'always', 'never'];

/** A reference to an image, and why it has no digest, if it has none. */
export interface PinnedImage {
  readonly reference: string;
  readonly note?: string;
}

/**
 * Pins an image to its digest in the registry: from the engine's own image, or else from the registry.
 *
 * @throws ElementError ENGINE if `pinning` is `always` and the digest cannot be determined
 */
export async function pinImage(
  reference: string,
  pinning: Pinning,
  environment: NodeJS.ProcessEnv,
): Promise<PinnedImage> {
  if (pinning === 'never' || reference.includes('@')) return { reference };
  try {
    const engine = await DockerEngine.connect(environment);
    const known = (await engine.inspect(reference))?.repoDigests[0]?.split('@')[1];
    const digest = known ?? (await engine.registryDigest(reference));
    if (digest !== undefined) return { reference: `${reference}@${digest}` };
    return unpinned(reference, pinning, `the Docker engine has no digest for \`${reference}\``);
  } catch (error) {
    if (!(error instanceof ElementError) || error.code !== 'ENGINE' || pinning === 'always') throw error;
    return unpinned(reference, pinning, error.reason);
  }
}

function unpinned(reference: string, pinning: Pinning, why: string): PinnedImage {
  const hint = 'add its digest: `NAME:TAG@sha256:...`';
  if (pinning === 'always') throw new ElementError({ code: 'ENGINE', message: why, hint });
  return { reference, note: `\`${reference}\` has no digest in the Dockerfiles: ${why}. To pin it, ${hint}.` };
}
