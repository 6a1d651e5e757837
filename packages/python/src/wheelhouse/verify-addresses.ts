import type { Findings } from './findings.js';
import type { WheelhouseContents } from './wheelhouse-contents.js';
import { publicAddress } from '../requirements/address.js';

/** A requirement by address (PEP 508): `name[extra] @ address ; marker`. */
const DIRECT = /^\s*[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\])?\s*@\s*(\S+)/;

/** The address that a line of `Requires-Dist` leads to, without credentials; `undefined` for a version. */
export function addressIn(requirement: string): string | undefined {
  const address = DIRECT.exec(requirement)?.[1];
  return address === undefined ? undefined : publicAddress(address);
}

/** Whether an address leads to a file of one machine, such as of the sandbox that a wheel was built in. */
export function isFileAddress(address: string): boolean {
  return /^file:/i.test(address);
}

/** Checks what wheels require by address: installers go there, whatever lies beside the wheel. */
export function verifyAddresses({ wheels }: WheelhouseContents, findings: Findings): void {
  for (const { file, requiresDist } of wheels) {
    for (const requirement of requiresDist) {
      const address = addressIn(requirement);
      if (address === undefined) continue;
      const shown = requirement.replace(/@\s*\S+/, `@ ${address}`);
      if (isFileAddress(address)) {
        findings.expect(false, file, `it requires \`${shown}\`, a path of the machine that it was built on`);
      } else {
        findings.warn(
          file,
          `it requires \`${shown}\`: pip installs it with \`--no-deps\` alone, and indexes refuse it`,
        );
      }
    }
  }
}
