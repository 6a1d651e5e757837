import { relative } from 'node:path';
import type { VenvResult } from '@wheelhouse/python-stage/venv';

/**
 * Tells what is in a development environment.
 *
 * @param workspace absolute path
 * @param say takes a line without its newline
 */
export function tellVenv(
  { directory, fresh, wheels, editable }: NonNullable<VenvResult['venv']>,
  workspace: string,
  say: (line: string) => void,
): void {
  for (const { name, built } of fresh ? [] : editable) {
    if (built.length === 0) continue;
    say(`of ${name}, built files are not updated until the next run: ${built.join(', ')}`);
  }
  const place = relative(workspace, directory);
  const names = editable.map(({ name }) => name).join(', ');
  say(`environment: ${place.startsWith('..') ? directory : place}${fresh ? ' (up to date)' : ''}`);
  say(`${wheels} distributions installed, editable: ${names}`);
}
