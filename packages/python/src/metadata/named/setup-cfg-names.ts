import { posix } from 'node:path';
import { moduleFile } from './module-file.js';
import type { ProjectFiles } from '../project-files.js';
import type { NamedFile } from './named-file.js';
import { parseConfig } from '../setup-cfg.js';

/** Options of `[metadata]` that are patterns of files, one a line or divided by commas. */
const PATTERNS = new Set(['license_file', 'license_files']);
/** Options whose value is a path: of distutils2 and pbr. */
const PATHS = new Set(['description_file']);

/** The files that setuptools' `file:` and `attr:` take values from, and licences. */
export function namedBySetupCfg(files: ProjectFiles): NamedFile[] {
  const text = files.read('setup.cfg');
  if (text === undefined) return [];
  const file = files.label('setup.cfg');
  const found: NamedFile[] = [];
  const sections = parseConfig(text, file);
  const directories = packageDirectories(sections.get('options')?.get('package_dir')?.lines);
  for (const [section, options] of sections) {
    if (!/^(metadata|options|options\.extras_require)$/.test(section)) continue;
    for (const [option, { lines, line, column }] of options) {
      const origin = { file, line, column };
      const name = section === 'options.extras_require' ? '' : option.replaceAll('-', '_');
      const value = lines.map((each) => each.text).join('\n');
      const items = value
        .replace(/^(file|attr):/, '')
        .split(/[,\n]/)
        .map((item) => item.trim())
        .filter((item) => item !== '');
      if (value.startsWith('attr:')) {
        const path = moduleFile(items[0] ?? '', files, directories);
        if (path !== undefined) found.push({ path, origin });
      } else if (value.startsWith('file:') || (section === 'metadata' && PATHS.has(name))) {
        found.push(...items.map((item) => ({ path: posix.normalize(item), origin })));
      } else if (section === 'metadata' && PATTERNS.has(name)) {
        found.push(
          ...items.map((item) => ({
            path: posix.normalize(item),
            glob: true as const,
            licence: true as const,
            origin,
          })),
        );
      }
    }
  }
  return found;
}

function packageDirectories(lines: readonly { readonly text: string }[] | undefined): string[] {
  const [, root] = /^\s*=\s*(\S+)/m.exec((lines ?? []).map(({ text }) => text).join('\n')) ?? [];
  return [...(root === undefined ? [] : [root]), '', 'src'];
}
