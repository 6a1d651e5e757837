import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Makes directories with files in them, for one test file; they are removed after it. */
export function temporaryDirectories(): (files?: Readonly<Record<string, string>>) => string {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'wheelhouse-cache-'));
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });
  let count = 0;
  return (files = {}) => {
    const directory = join(root, String(count++));
    mkdirSync(directory);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    return directory;
  };
}
