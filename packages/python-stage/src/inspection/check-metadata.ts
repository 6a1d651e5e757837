import { ElementError } from '@wheelhouse/element';
import {
  isValidName,
  normalizeName,
  parseRequirement,
  compareVersions,
  isSpecifier,
  isVersion,
} from '@wheelhouse/python/internal';
import { metadataFields } from '@wheelhouse/python/metadata';
import { addressIn, isFileAddress } from './required-address.js';
import type { WheelUnderInspection } from './wheel-under-inspection.js';

const METADATA_VERSIONS = ['1.0', '1.1', '1.2', '2.0', '2.1', '2.2', '2.3', '2.4', '2.5'];

/** METADATA is what installers can read, and is about what the file name says (core metadata specifications). */
export async function checkMetadata(wheel: WheelUnderInspection): Promise<((name: string) => string[]) | undefined> {
  const place = `${wheel.distInfo ?? ''}/METADATA`;
  const text = await wheel.metadata('METADATA');
  if (text === undefined) {
    wheel.error(place, 'the file does not exist');
    return undefined;
  }
  const fields = metadataFields(text);
  const [format = '', name = '', version = ''] = ['metadata-version', 'name', 'version'].map(
    (key) => fields(key)[0] ?? '',
  );
  if (!METADATA_VERSIONS.includes(format)) wheel.error(place, `\`Metadata-Version\` is \`${format}\``);
  const { fileName } = wheel;
  if (!isValidName(name)) wheel.error(place, `\`Name\` is \`${name}\``);
  else if (fileName !== undefined && normalizeName(name) !== fileName.name) {
    wheel.error(place, `\`Name\` is \`${name}\`, but the file name has \`${fileName.name}\``);
  }
  if (!isVersion(version)) wheel.error(place, `\`Version\` is \`${version}\``);
  else if (fileName !== undefined && !sameVersion(version, fileName.version)) {
    wheel.error(place, `\`Version\` is \`${version}\`, but the file name has \`${fileName.version}\``);
  }
  for (const requirement of fields('requires-dist')) {
    if (!isRequirement(requirement)) wheel.error(place, `\`Requires-Dist\` is not a requirement: \`${requirement}\``);
  }
  const [python] = fields('requires-python');
  if (python !== undefined && !isSpecifier(python)) wheel.error(place, `\`Requires-Python\` is \`${python}\``);
  return fields;
}

/** The licence files that METADATA names are where PEP 639 has them; before it, beside METADATA. */
export function checkLicenceFiles(wheel: WheelUnderInspection, fields: (name: string) => string[]): void {
  const directory = wheel.distInfo ?? '';
  const placed = METADATA_VERSIONS.indexOf(fields('metadata-version')[0] ?? '') >= METADATA_VERSIONS.indexOf('2.4');
  for (const path of fields('license-file')) {
    const standard = `${directory}/licenses/${path}`;
    if (wheel.files.has(standard)) continue;
    if (placed)
      wheel.error(`${directory}/METADATA`, `the licence file \`${path}\` is not at \`${standard}\` (PEP 639)`);
    else if (!wheel.files.has(`${directory}/${path.split('/').at(-1) ?? ''}`)) {
      wheel.warn(`${directory}/METADATA`, `the licence file \`${path}\` is not in the wheel`);
    }
  }
}

/** A path of the sandbox in METADATA, which pip would follow, does not exist on any other machine. */
export function checkAddresses(wheel: WheelUnderInspection, fields: (name: string) => string[]): void {
  for (const requirement of fields('requires-dist')) {
    const address = addressIn(requirement);
    if (address === undefined || !isFileAddress(address)) continue;
    wheel.warn(
      `${wheel.distInfo ?? ''}/METADATA`,
      `\`Requires-Dist\` is \`${requirement}\`, a path in the sandbox: installers cannot use it, and indexes refuse it`,
      'require the project by its name in `project.dependencies`, and give its path only to the tool that needs it, such as `[tool.poetry.dependencies]`',
    );
  }
}

function isRequirement(text: string): boolean {
  try {
    parseRequirement(text, { file: 'METADATA', line: 1, column: 0 });
    return true;
  } catch (error) {
    if (error instanceof ElementError) return false;
    throw error;
  }
}

/** File names write a version without its dashes. */
function sameVersion(version: string, named: string): boolean {
  const plain = named.replaceAll('_', '-');
  return isVersion(plain) ? compareVersions(version, plain) === 0 : version.replaceAll('-', '_') === named;
}
