/**
 * What is never part of a toolchain: documentation and translations, which machines can be told not to install
 * (dpkg's `path-exclude`, rpm's `%_excludedocs`), and byte code, which is written whenever an interpreter runs.
 */
const EXCLUDED = [
  '/usr/share/bug',
  '/usr/share/doc',
  '/usr/share/doc-base',
  '/usr/share/gnome/help',
  '/usr/share/groff',
  '/usr/share/gtk-doc',
  '/usr/share/help',
  '/usr/share/info',
  '/usr/share/linda',
  '/usr/share/lintian',
  '/usr/share/locale',
  '/usr/share/man',
  '/usr/share/omf',
];

const BYTE_CODE = '__pycache__';

/** Whether a path of a package is part of a toolchain. @param path absolute */
export function isSystemPath(path: string): boolean {
  if (path.startsWith('/usr/share/') && EXCLUDED.some((each) => path === each || path.startsWith(`${each}/`))) {
    return false;
  }
  return !path.split('/').includes(BYTE_CODE);
}
