import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { sharedHint, soughtOutside } from '../../src/operations/outside-files.js';

let workspace: string;
beforeAll(() => {
  workspace = temporaryDirectory();
  mkdirSync(join(workspace, 'apps/a/a'), { recursive: true });
  mkdirSync(join(workspace, 'proto/common'), { recursive: true });
  for (const file of ['VERSION', 'apps/notes.txt', 'apps/a/inside.txt']) writeFileSync(join(workspace, file), '');
});

test.each<[string, string, string, string[]]>([
  ['a relative path', "FileNotFoundError: [Errno 2] No such file or directory: '../../VERSION'", '', ['VERSION']],
  ['a path in the build', "No such file or directory: '/application/../../VERSION'", '', ['VERSION']],
  ['a path that was resolved', "No such file or directory: '/VERSION'", '', ['VERSION']],
  ['one directory up', 'OSError: /notes.txt does not exist', '', ['apps/notes.txt']],
  ['a directory', 'error: package directory "../../proto/common" does not exist', '', ['proto/common']],
  ['a path beside what is shared', "No such file or directory: '/application/VERSION'", 'apps/a', ['VERSION']],
  ['a file of the project', "No such file or directory: '/application/inside.txt'", '', []],
  ['a file that the workspace lacks', "No such file or directory: '../../VERSIONS'", '', []],
  ['a line about something else', "copying '../../VERSION'", '', []],
])('%s that a build looked for is found in the workspace', (_what, log, subdirectory, expected) => {
  expect(soughtOutside(`Traceback\n${log}\n`, { workspace, project: 'apps/a', subdirectory })).toEqual(expected);
});

test('what is to be done is said', () => {
  expect(sharedHint([])).toBeUndefined();
  expect(sharedHint(['VERSION'])).toBe(
    '`VERSION` is outside the project: add it to the option `shared`, to build the project with it',
  );
  expect(sharedHint(['a', 'b'])).toBe(
    '`a`, `b` are outside the project: add them to the option `shared`, to build the project with them',
  );
});
