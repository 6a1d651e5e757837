import type { Findings } from './findings.js';
import type { WheelhouseContents } from './wheelhouse-contents.js';
import { addressIn, isFileAddress } from '../inspection/required-address.js';

/** Checks the direct URL requirements of wheels: installers use the URL even if a wheel is beside it. */
export function verifyAddresses({ wheels }: WheelhouseContents, findings: Findings): void {
  for (const { file, requiresDist } of wheels) {
    for (const requirement of requiresDist) {
      const address = addressIn(requirement);
      if (address === undefined) continue;
      const shown = requirement.replace(/@\s*\S+/, `@ ${address}`);
      if (isFileAddress(address)) {
        findings.expect(false, file, `it requires \`${shown}\`, a path on the build machine`);
      } else {
        findings.warn(file, `it requires \`${shown}\`: pip installs it only with \`--no-deps\`, and indexes refuse it`);
      }
    }
  }
}
