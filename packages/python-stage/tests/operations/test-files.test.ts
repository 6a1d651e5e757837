import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Digest } from '@wheelhouse/element';
import { captureTree, MemoryBlobStore } from '@wheelhouse/element/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { writeBackTestFiles, type WrittenFiles } from '../../src/operations/test-files.js';

const blobs = new MemoryBlobStore();
let directory: string;
let before: Digest;
/** What a run left. */
let sandbox: string;

function write(base: string, path: string, text: string): void {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  writeFileSync(join(base, path), text);
}

async function writeBack(): Promise<WrittenFiles> {
  const after = await captureTree(blobs, sandbox, { label: 'sandbox' });
  return await writeBackTestFiles({ blobs, before, after, directory, globs: ['tests/**', 'approved/*.txt'] });
}

function read(path: string): string {
  return readFileSync(join(directory, path), 'utf8');
}

beforeEach(async () => {
  directory = temporaryDirectory();
  write(directory, 'tests/test_app.py', 'test\n');
  write(directory, 'tests/snapshots/old.txt', 'old\n');
  write(directory, 'pyproject.toml', '[project]\n');
  before = await captureTree(blobs, directory, { label: 'before' });
  sandbox = join(temporaryDirectory(), 'sandbox');
  cpSync(directory, sandbox, { recursive: true });
});

test('what a run did not change is not written', async () => {
  expect(await writeBack()).toEqual({ written: [], removed: [] });
});

test('files that are new, changed and gone below the globs are taken back, and no others', async () => {
  write(sandbox, 'tests/snapshots/new/a.txt', 'new\n');
  write(sandbox, 'tests/test_app.py', 'changed\n');
  chmodSync(join(sandbox, 'tests/test_app.py'), 0o755);
  rmSync(join(sandbox, 'tests/snapshots/old.txt'));
  write(sandbox, 'approved/b.txt', 'approved\n');
  write(sandbox, 'pyproject.toml', 'changed\n');
  write(sandbox, 'elsewhere/c.txt', 'new\n');
  write(sandbox, 'tests/__pycache__/test_app.pyc', 'compiled\n');
  symlinkSync('/etc/passwd', join(sandbox, 'tests/link'));
  expect(await writeBack()).toEqual({
    written: ['approved/b.txt', 'tests/snapshots/new/a.txt', 'tests/test_app.py'],
    removed: ['tests/snapshots/old.txt'],
  });
  expect(read('tests/test_app.py')).toBe('changed\n');
  expect(statSync(join(directory, 'tests/test_app.py')).mode & 0o777).toBe(0o755);
  expect(read('pyproject.toml')).toBe('[project]\n');
  for (const path of ['elsewhere', 'tests/__pycache__', 'tests/link', 'tests/snapshots/old.txt']) {
    expect({ [path]: existsSync(join(directory, path)) }).toEqual({ [path]: false });
  }
});

test('what git ignores is not taken back', async () => {
  execFileSync('git', ['init', '-q', directory]);
  writeFileSync(join(directory, '.gitignore'), '*.log\n');
  write(sandbox, 'tests/run.log', 'noise\n');
  write(sandbox, 'tests/a.txt', 'new\n');
  expect(await writeBack()).toEqual({ written: ['tests/a.txt'], removed: [] });
});

test('a file that was changed in the project meanwhile keeps everything from being written', async () => {
  write(sandbox, 'tests/a.txt', 'new\n');
  write(sandbox, 'tests/test_app.py', 'by the run\n');
  write(directory, 'tests/test_app.py', 'by a person\n');
  await expect(writeBack()).rejects.toThrow(
    '`tests/test_app.py` cannot be written back: it changed while the tests ran',
  );
  expect([read('tests/test_app.py'), existsSync(join(directory, 'tests/a.txt'))]).toEqual(['by a person\n', false]);
});

test('nothing is written through a symbolic link', async () => {
  const outside = temporaryDirectory();
  rmSync(join(directory, 'tests/snapshots'), { recursive: true });
  symlinkSync(outside, join(directory, 'tests/snapshots'));
  write(sandbox, 'tests/snapshots/new.txt', 'new\n');
  await expect(writeBack()).rejects.toThrow(
    '`tests/snapshots/new.txt` cannot be written back: `tests/snapshots` is not a directory of the project',
  );
  expect(existsSync(join(outside, 'new.txt'))).toBe(false);
});
