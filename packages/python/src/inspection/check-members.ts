import type { WheelUnderInspection } from './wheel-under-inspection.js';
import { normalizeName } from '../requirements/name.js';

/** Names that installers refuse or that overwrite one another, and the one directory of metadata (PEP 427). */
export function checkMembers(wheel: WheelUnderInspection): void {
  const seen = new Map<string, string>();
  for (const { name, type } of wheel.archive.members) {
    const reason = unsafe(name);
    if (reason !== undefined) wheel.error(name, `the member's name ${reason}`);
    const other = seen.get(name.toLowerCase());
    if (other === name) wheel.error(name, 'the wheel holds it more than once');
    else if (other !== undefined) {
      wheel.warn(name, `it is \`${other}\` where file names have no case`, 'rename one of them');
    }
    seen.set(name.toLowerCase(), name);
    if (type === 'link') wheel.warn(name, 'it is a link, which installers write as a file with the path in it');
  }
  checkMetadataDirectory(wheel);
}

function unsafe(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'is an absolute path';
  if (name.split('/').includes('..')) return 'leads out of the wheel';
  if (name.includes('\\')) return 'has a backslash, which is a separator on Windows';
  return undefined;
}

function checkMetadataDirectory(wheel: WheelUnderInspection): void {
  const { fileName } = wheel;
  if (fileName === undefined) {
    wheel.error(undefined, 'this is not the name of a wheel');
    return;
  }
  const directories = wheel.metadataDirectories();
  const [only] = directories;
  if (only === undefined || directories.length > 1) {
    wheel.error(
      undefined,
      `it has ${directories.length} directories \`*.dist-info\` where one is expected${
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
