import { relative } from 'node:path';
import type { WheelResult } from '@wheelhouse/python-stage/internal';
import { formatDifference, formatFinding } from '@wheelhouse/python-stage/inspection';

/**
 * What is said of a project's wheel: what is odd in it, what to do where it failed, how a second build of it differs,
 * and where it is.
 *
 * @param workspace absolute path
 */
export function wheelLines(
  { made, warnings, hints = [], differing, verified }: WheelResult,
  workspace: string,
): string[] {
  const lines = warnings.flatMap((finding) => [
    `warning: ${formatFinding(finding)}`,
    ...(finding.hint === undefined ? [] : [`  hint: ${finding.hint}`]),
  ]);
  lines.push(
    ...hints.map((hint) => `hint: ${hint}`),
    ...differing.flatMap(({ path, differences }) => [
      `${path} differs when rebuilt:`,
      ...differences.map((difference) => `  ${formatDifference(difference)}`),
    ]),
  );
  if (made === undefined) return lines;
  const { wheel, sdist, wheelhouse } = made;
  lines.push(`wheel: ${relative(workspace, wheel)}`);
  if (sdist !== undefined) lines.push(`sdist: ${relative(workspace, sdist)}`);
  lines.push(`wheelhouse: ${relative(workspace, wheelhouse)}`);
  lines.push(...verified.map((file) => `verified: ${file} is identical when rebuilt`));
  return lines;
}
