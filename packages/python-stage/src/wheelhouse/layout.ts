import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';

/** The requirements file of a wheelhouse, with the hashes of its wheels. */
export const REQUIREMENTS = 'requirements.txt';

/** The bill of materials of a wheelhouse. */
export const SBOM = 'sbom.cdx.json';

/** The provenance of a wheelhouse. */
export const PROVENANCE = 'provenance.intoto.json';

/** The manifest beside a wheelhouse, which lists it and what it was built from. */
export const MANIFEST = 'manifest.json';

/** The record of a project's tests. */
export const RECORD = 'record.json';

/** The statement beside a record, for other tools. */
export const TEST_RESULT = 'test-result.intoto.json';

/** Whether a directory looks like a wheelhouse: wheels, and a file that says what they are. @param path absolute */
export async function isWheelhouse(path: string): Promise<boolean> {
  if (!existsSync(path) || !(await stat(path)).isDirectory()) return false;
  const names = await readdir(path);
  return names.includes(REQUIREMENTS) && names.some((name) => name.endsWith('.whl'));
}
