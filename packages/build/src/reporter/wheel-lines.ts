import { relative } from 'node:path';
import { formatDifference, type WheelResult } from '@wheelhouse/python';

/** What is said of a project's wheel: where it lies, or how a second build of it differs. @param workspace absolute path */
export function wheelLines({ made, differing }: WheelResult, workspace: string): string[] {
  const lines = differing.flatMap(({ path, differences }) => [
    `${path} differs when it is built again:`,
    ...differences.map((difference) => `  ${formatDifference(difference)}`),
  ]);
  if (made === undefined) return lines;
  const { wheel, sdist, wheelhouse } = made;
  lines.push(`wheel: ${relative(workspace, wheel)}`);
  if (sdist !== undefined) lines.push(`sdist: ${relative(workspace, sdist)}`);
  lines.push(`wheelhouse: ${relative(workspace, wheelhouse)}`);
  return lines;
}
