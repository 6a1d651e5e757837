import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of the package that a module belongs to. @param directory that of the module: `__dirname` */
export function packageVersion(directory: string): string {
  const file = join(directory, 'package.json');
  if (!existsSync(file)) {
    const above = dirname(directory);
    if (above === directory) throw new Error(`no package.json above ${directory}`);
    return packageVersion(above);
  }
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
