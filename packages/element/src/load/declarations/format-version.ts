import { ElementError } from '../../base/error.js';
import type { MappingNode } from '../node.js';

/** The version of BuildStream whose format this is: what a project's `min-version` is compared with. */
export const FORMAT_VERSION: { readonly major: number; readonly minor: number } = { major: 2, minor: 8 };

/**
 * Checks project.conf's `min-version`.
 *
 * @throws ElementError INVALID_DATA if it is absent or not a version
 * @throws ElementError UNSUPPORTED_PROJECT if the project is written for another version of the format
 */
export function assertFormatVersion(project: MappingNode): void {
  const node = project.required('min-version', project.scalar('min-version'));
  const text = node.asString();
  const match = /^(\d+)\.(\d+)$/.exec(text);
  if (match === null) {
    throw new ElementError({
      code: 'INVALID_DATA',
      message: `\`${text}\` is not a version of the format`,
      origin: node.origin,
      hint: `a version is two numbers separated by a dot, such as \`${FORMAT_VERSION.major}.${FORMAT_VERSION.minor}\``,
    });
  }
  const [major, minor] = [Number(match[1]), Number(match[2])];
  if (major === FORMAT_VERSION.major && minor <= FORMAT_VERSION.minor) return;
  throw new ElementError({
    code: 'UNSUPPORTED_PROJECT',
    message: 'Version mismatch',
    origin: node.origin,
    detail: `The project is written for BuildStream ${text}, but this version of Wheelhouse reads the format of BuildStream ${FORMAT_VERSION.major}.${FORMAT_VERSION.minor}.`,
  });
}
