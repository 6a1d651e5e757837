import type { ByteSource } from './archive.js';
import { compareMetadata, type MetadataDifference, type ReadProject } from './compare-metadata.js';
import { checkEntryPoints } from './check-entry-points.js';
import { checkMembers } from './check-members.js';
import { checkAddresses, checkLicenceFiles, checkMetadata } from './check-metadata.js';
import { checkMissingFiles } from './check-missing-files.js';
import { checkProjectFiles, type InspectedProject } from './check-project-files.js';
import { checkRecord } from './check-record.js';
import { checkTags, checkWheelFile } from './check-tags.js';
import type { WheelFinding } from './wheel-finding.js';
import { WheelUnderInspection } from './wheel-under-inspection.js';
import { openZip } from './zip-archive.js';

/**
 * Checks a wheel (docs/guide/building-wheels.md). For a wheel that is built from a third-party sdist only what
 * keeps it from being installed is reported.
 *
 * @param project what the wheel was built from, where it is the workspace's own
 * @throws ElementError ARTIFACT if it is no zip file
 */
export async function inspectWheel(bytes: ByteSource, project?: InspectedProject): Promise<readonly WheelFinding[]> {
  const archive = await openZip(bytes);
  try {
    const wheel = new WheelUnderInspection(archive);
    checkMembers(wheel);
    if (wheel.distInfo === undefined) return wheel.findings;
    await checkRecord(wheel);
    const [tags, metadata] = [await checkWheelFile(wheel), await checkMetadata(wheel)];
    if (project === undefined) return wheel.findings.filter(({ severity }) => severity === 'error');
    if (tags !== undefined) await checkTags(wheel, tags);
    if (metadata !== undefined) {
      checkLicenceFiles(wheel, metadata);
      checkAddresses(wheel, metadata);
    }
    await checkEntryPoints(wheel);
    checkProjectFiles(wheel, project);
    checkMissingFiles(wheel, project);
    return wheel.findings;
  } finally {
    archive.close();
  }
}

/**
 * How the metadata of a wheel differs from what was read of its project, field by field.
 *
 * @throws ElementError ARTIFACT if it is no zip file
 */
export async function metadataDifferences(bytes: ByteSource, project: ReadProject): Promise<MetadataDifference[]> {
  const archive = await openZip(bytes);
  try {
    return await compareMetadata(new WheelUnderInspection(archive), project);
  } finally {
    archive.close();
  }
}
