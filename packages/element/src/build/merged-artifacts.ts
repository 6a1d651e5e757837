import { ArtifactPublicData } from './artifact-public-data.js';
import { whitelistOf } from './overlap-whitelist.js';
import { StagingArea, type StagingWarning } from './staging.js';
import type { Digest } from '../cas/digest.js';
import type { Element } from '../plugin/element.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { ArtifactRecord } from '../plugin/ports.js';
import { writeTree } from '../cas/tree.js';

/** An element with its artifact. */
export interface BuiltElement {
  readonly element: Element;
  readonly record: ArtifactRecord;
}

/**
 * Lays artifacts over one another as they are staged at the root of a sandbox, without running integration commands.
 *
 * @param built in staging order
 * @throws ElementError STAGING if two of them cannot be in one root
 */
export async function mergeArtifacts(
  blobs: BlobStore,
  built: readonly BuiltElement[],
): Promise<{ readonly tree: Digest; readonly warnings: readonly StagingWarning[] }> {
  const area = new StagingArea(blobs);
  const publicData = new ArtifactPublicData();
  for (const { element, record } of built) {
    const mayOverlap = whitelistOf(publicData.of(element, record));
    await area.stage({ tree: record.tree, path: '/', owner: element.name, mayOverlap });
  }
  return { tree: await writeTree(blobs, area.tree), warnings: area.warnings };
}
