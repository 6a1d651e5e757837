import { publicAddress } from '@wheelhouse/python/internal';

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
