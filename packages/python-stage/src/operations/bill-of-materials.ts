import type { BlobStore } from '@wheelhouse/element';
import { packageVersion } from '@wheelhouse/element/program';
import type { TreeFile } from '../workspace/tree-files.js';
import { blobBytes } from '../inspection/archive.js';
import type { PlannedProject } from '../plan/planned-project.js';
import { sbomText, type SbomInput } from '../wheelhouse/sbom.js';
import { WheelArchive } from '../wheelhouse/wheel-archive.js';
import { describeWheel } from '../wheelhouse/wheel-description.js';

/** What a bill of materials lists. */
export interface ListedWheelhouse {
  readonly wheels: readonly TreeFile[];
  /** The project whose wheelhouse it is. */
  readonly project: PlannedProject;
  /** The crates that wheels were built with here, by the wheels' normalised names. */
  readonly crates: NonNullable<SbomInput['crates']>;
}

/** The bill of materials of a wheelhouse. @throws ElementError ARTIFACT if a wheel cannot be read */
export async function billOfMaterials(
  blobs: BlobStore,
  { wheels, project, crates }: ListedWheelhouse,
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
    version: packageVersion(__dirname),
    crates,
  });
}
