import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { parseWheelName, compareVersions, isVersion } from '@wheelhouse/python/internal';
import type { Findings } from './findings.js';
import { JsonDocument } from './json-document.js';
import { isWheelhouse, PROVENANCE, RECORD, REQUIREMENTS, SBOM, TEST_RESULT } from './layout.js';
import { ownFile } from './own-file.js';
import { describeWheel, sha256Of, type WheelDescription } from './wheel-description.js';
import { checkRecord } from './wheel-record.js';
import { WheelArchive } from './wheel-archive.js';
import { fileBytes } from '../inspection/archive.js';

/** A directory that is taken for a wheelhouse, as its bytes say. */
export interface WheelhouseContents {
  /** Absolute path. */
  readonly directory: string;
  /** Sorted by their files' names. */
  readonly wheels: readonly WheelDescription[];
  /** Digests (hexadecimal SHA-256) of all its files, by name. */
  readonly digests: ReadonlyMap<string, string>;
  readonly requirements: string | undefined;
  readonly sbom: JsonDocument | undefined;
  readonly provenance: JsonDocument | undefined;
}

/**
 * Reads everything that is in a wheelhouse, each wheel against its own RECORD.
 *
 * @throws ElementError ARTIFACT if the directory is not a wheelhouse at all
 */
export async function readWheelhouse(directory: string, findings: Findings): Promise<WheelhouseContents> {
  if (!(await isWheelhouse(directory))) {
    throw new ElementError({
      code: 'ARTIFACT',
      message: `\`${directory}\` is not a wheelhouse: there is no directory with wheels and a \`${REQUIREMENTS}\``,
      hint: 'the target `build-wheel` writes them: `dist/<root>/wheelhouse`',
    });
  }
  const names = (await readdir(directory)).sort();
  const digests = new Map<string, string>();
  const wheels: WheelDescription[] = [];
  for (const name of names) {
    const { path, refused } = await ownFile(directory, name);
    if (path === undefined) {
      findings.expect(false, name, `it ${refused}, and is not part of a wheelhouse`);
      continue;
    }
    const sha256 = await sha256Of(fileBytes(path));
    digests.set(name, sha256);
    if (name.endsWith('.whl')) wheels.push(await readWheel(directory, name, { sha256, findings }));
    else findings.expect(KNOWN.includes(name), name, 'it is not part of a wheelhouse');
  }
  const document = async (name: string): Promise<JsonDocument | undefined> => {
    findings.expect(digests.has(name), name, 'it does not exist');
    if (!digests.has(name)) return undefined;
    const parsed = JsonDocument.parse(await readFile(join(directory, name), 'utf8'));
    findings.expect(parsed?.isObject === true, name, 'it is not a JSON object');
    return parsed?.isObject === true ? parsed : undefined;
  };
  findings.expect(digests.has(REQUIREMENTS), REQUIREMENTS, 'it does not exist');
  return {
    directory,
    wheels,
    digests,
    requirements: digests.has(REQUIREMENTS) ? await readFile(join(directory, REQUIREMENTS), 'utf8') : undefined,
    sbom: await document(SBOM),
    provenance: await document(PROVENANCE),
  };
}

/** What may be in a wheelhouse besides wheels; a record that a user put there travels with it. */
const KNOWN = [REQUIREMENTS, SBOM, PROVENANCE, RECORD, TEST_RESULT];

async function readWheel(
  directory: string,
  file: string,
  { sha256, findings }: { readonly sha256: string; readonly findings: Findings },
): Promise<WheelDescription> {
  let archive: WheelArchive | undefined;
  try {
    archive = await WheelArchive.open(fileBytes(join(directory, file)));
    await checkRecord(file, archive, findings);
    const wheel = await describeWheel(file, sha256, archive);
    const named = parseWheelName(file);
    findings.compare(file, 'Name', { recorded: wheel.normalizedName, computed: named.name });
    if (!sameVersion(wheel.version, named.version)) {
      findings.compare(file, 'Version', { recorded: wheel.version, computed: named.version });
    }
    return wheel;
  } catch (error) {
    if (!(error instanceof ElementError) || error.code !== 'ARTIFACT') throw error;
    findings.expect(false, file, error.reason.replace(`\`${file}\``, 'it'));
    return unread(file, sha256);
  } finally {
    archive?.close();
  }
}

/** Whether two spellings are one version (PEP 440). */
export function sameVersion(a: string, b: string): boolean {
  return a === b || (isVersion(a) && isVersion(b) && compareVersions(a, b) === 0);
}

/** A wheel of which nothing is known but its file. */
function unread(file: string, sha256: string): WheelDescription {
  const match = /^([^-]+)-([^-]+)/.exec(file);
  const [, name = file, version = ''] = match ?? [];
  const normalizedName = name.replaceAll('_', '-').toLowerCase();
  return { file, sha256, name, normalizedName, version, requiresDist: [], licence: { classifiers: [] } };
}
