import { normalizeName } from '@wheelhouse/python/internal';
import type { WheelUnderInspection } from './wheel-under-inspection.js';

/** Names that installers refuse or that overwrite one another, and the one directory of metadata (PEP 427). */
export function checkMembers(wheel: WheelUnderInspection): void {
  const seen = new Map<string, string>();
  for (const { name, type } of wheel.archive.members) {
    const reason = unsafe(name);
    if (reason !== undefined) wheel.error(name, `the member's name ${reason}`);
    const other = seen.get(name.toLowerCase());
    if (other === name) wheel.error(name, 'the wheel contains it more than once');
    else if (other !== undefined) {
      wheel.warn(name, `it is the same as \`${other}\` on case-insensitive file systems`, 'rename one of them');
    }
    seen.set(name.toLowerCase(), name);
    if (type === 'link')
      wheel.warn(name, 'it is a symbolic link, which installers write as a file containing the path');
  }
  checkMetadataDirectory(wheel);
}

function unsafe(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'is an absolute path';
  if (name.split('/').includes('..')) return 'points outside of the wheel';
  if (name.includes('\\')) return 'has a backslash, which is a separator on Windows';
  return undefined;
}

function checkMetadataDirectory(wheel: WheelUnderInspection): void {
  const { fileName } = wheel;
  if (fileName === undefined) {
    wheel.error(undefined, 'not a valid wheel name');
    return;
  }
  const directories = wheel.metadataDirectories();
  const [only] = directories;
  if (only === undefined || directories.length > 1) {
    wheel.error(
      undefined,
      `it has ${directories.length} directories \`*.dist-info\` instead of one${
        directories.length === 0 ? '' : `: \`${directories.join('`, `')}\``
      }`,
    );
    return;
  }
  const [name = '', version = ''] = only.slice(0, -'.dist-info'.length).split('-');
  if (normalizeName(name) !== fileName.name || version !== fileName.version) {
    wheel.error(only, `the directory is not that of \`${fileName.name}\` ${fileName.version}, as the file name says`);
  }
}
