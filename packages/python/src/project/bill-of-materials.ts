import type { BlobStore } from '@wheelhouse/element';
import { packageVersion } from './package-version.js';
import type { TreeFile } from './tree-files.js';
import { blobBytes } from '../inspection/archive.js';
import type { PlannedProject } from '../plan/planned-project.js';
import { sbomText } from '../wheelhouse/sbom.js';
import { WheelArchive } from '../wheelhouse/wheel-archive.js';
import { describeWheel } from '../wheelhouse/wheel-description.js';

/** The bill of materials of a project's wheelhouse. @throws ElementError ARTIFACT where a wheel cannot be read */
export async function billOfMaterials(
  wheels: readonly TreeFile[],
  project: PlannedProject,
  blobs: BlobStore,
): Promise<string> {
  const described = [];
  for (const { path, sha256, digest } of wheels) {
    const archive = await WheelArchive.open(blobBytes(blobs, digest, path));
    described.push(await describeWheel(path, sha256, archive));
  }
  return sbomText({
    wheels: described,
    project: project.metadata.normalizedName,
    markers: project.interpreter.markers,
    version: packageVersion(),
  });
}
