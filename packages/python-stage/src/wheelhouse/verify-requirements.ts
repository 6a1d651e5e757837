import { ElementError } from '@wheelhouse/element';
import { parseEntries } from '@wheelhouse/python/lockfile';
import type { Findings } from './findings.js';
import { REQUIREMENTS } from './layout.js';
import type { WheelhouseContents } from './wheelhouse-contents.js';

/** Checks that requirements.txt asks for exactly the wheels that are there, by their digests. */
export function verifyRequirements({ requirements = '', wheels }: WheelhouseContents, findings: Findings): void {
  const entries = readEntries(requirements, findings);
  for (const { normalizedName, version, hashes } of entries) {
    const pinned = `${normalizedName}==${version}`;
    const wheel = wheels.find((each) => each.normalizedName === normalizedName);
    findings.expect(wheel !== undefined, REQUIREMENTS, `\`${pinned}\` is required, but there is no wheel of it`);
    if (wheel === undefined) continue;
    const recorded = hashes.join(' ').replaceAll('sha256:', '');
    findings.compare(REQUIREMENTS, pinned, { recorded, computed: wheel.sha256 });
  }
  for (const { file, normalizedName } of wheels) {
    const count = wheels.filter((each) => each.normalizedName === normalizedName).length;
    findings.expect(count === 1, file, `it is one of ${count} wheels of \`${normalizedName}\``);
    const isKnown = entries.some((entry) => entry.normalizedName === normalizedName);
    findings.expect(isKnown, file, `\`${REQUIREMENTS}\` does not list it`);
  }
}

function readEntries(text: string, findings: Findings): ReturnType<typeof parseEntries> {
  try {
    return parseEntries(text.split('\n'), REQUIREMENTS);
  } catch (error) {
    if (!(error instanceof ElementError)) throw error;
    findings.expect(false, REQUIREMENTS, error.reason);
    return [];
  }
}
