import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Files by their paths relative to a directory. */
export type Files = Readonly<Record<string, string>>;

/** Writes files below a directory. */
export function writeFiles(directory: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

/** Makes directories with files in them, for one test file; they are removed after it. */
export function temporaryDirectories(): (files?: Files) => string {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'wheelhouse-build-'));
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });
  let count = 0;
  return (files = {}) => {
    const directory = join(root, String(count++));
    mkdirSync(directory);
    writeFiles(directory, files);
    return directory;
  };
}

/** Makes a directory a git repository with nothing committed. */
export function gitInit(directory: string): void {
  execFileSync('git', ['init', '--quiet', directory]);
}

/** A pyproject.toml of a project that setuptools builds. */
export function pyproject(name: string, dependencies: readonly string[] = []): string {
  return [
    '[build-system]',
    'requires = ["setuptools"]',
    'build-backend = "setuptools.build_meta"',
    '',
    '[project]',
    `name = "${name}"`,
    'version = "1.0.0"',
    `dependencies = ${JSON.stringify(dependencies)}`,
    '',
  ].join('\n');
}

/** A lock with one distribution, as `lock` writes them. */
export function lockText(name: string, version: string, hashes: readonly string[]): string {
  const entry = [`${name}==${version}`, ...hashes.map((hash) => `    --hash=sha256:${hash}`)].join(' \\\n');
  return [
    '# wheelhouse lock 1',
    '# kind: runtime',
    '# distribution: app',
    '# python: 3.9',
    '# uv: 0.9.0',
    `# requirements: sha256:${'0'.repeat(64)}`,
    entry,
    '',
  ].join('\n');
}
