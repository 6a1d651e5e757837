import { mkdirSync } from 'node:fs';
import { ElementError, ElementErrors, type ErrorCode } from '@wheelhouse/element';
import { Interruption } from '@wheelhouse/element/internal';
import { explainFailure } from '@wheelhouse/element/program';

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function ofBuild(code: ErrorCode): ElementError {
  return new ElementError({ code, message: 'x' }).ofElement('app.bst');
}

it.each<[string, unknown, number, string]>([
  ["a user's error", new ElementError({ code: 'USAGE', message: 'x', hint: 'y' }), 1, 'x\nhint: y'],
  ['a command that failed', new ElementError({ code: 'COMMAND_FAILED', message: 'x' }), 2, 'x'],
  ['an error that ended a build', ofBuild('STAGING'), 2, 'app.bst: x'],
  ['an error of a plugin that ended a build', ofBuild('PLUGIN'), 2, 'app.bst: x'],
  ['a full store while an element was built', ofBuild('STORE'), 1, 'app.bst: x'],
  [
    'several errors of one element',
    new ElementErrors([ofBuild('SOURCE'), ofBuild('SOURCE')]),
    2,
    'app.bst: x\napp.bst: x',
  ],
  ['an interruption', new Interruption('SIGTERM'), 143, 'interrupted by SIGTERM'],
  [
    'a path below a file',
    thrown(() => {
      mkdirSync('/etc/passwd/x');
    }),
    1,
    'cannot make `/etc/passwd/x`: a part of the path is not a directory (ENOTDIR)',
  ],
  [
    'a path that is too long',
    thrown(() => {
      mkdirSync(`/tmp/${'x'.repeat(300)}`);
    }),
    1,
    `cannot make \`/tmp/${'x'.repeat(300)}\`: file name too long (ENAMETOOLONG)`,
  ],
  [
    'a full disk, where the system call names no path',
    Object.assign(new Error('ENOSPC: no space left on device, write'), {
      errno: -28,
      code: 'ENOSPC',
      syscall: 'write',
    }),
    1,
    'cannot write: no space left on device (ENOSPC)\nhint: free some space there, or choose another location',
  ],
  [
    'a program that is not there',
    Object.assign(new Error('spawn git ENOENT'), { errno: -2, code: 'ENOENT', syscall: 'spawn git' }),
    1,
    'the program `git` is not on PATH',
  ],
  [
    'a NUL character in a path',
    thrown(() => {
      mkdirSync('a\0b');
    }),
    1,
    "a path contains a NUL character\nThe argument 'path' must be a string, Uint8Array, or URL without null bytes. Received 'a\\x00b'",
  ],
])('%s', (_what, error, exitCode, text) => {
  expect(explainFailure(error)).toEqual({ text, exitCode });
});

it('a bug ends with 70 and its stack, and with that of what caused it', () => {
  const { exitCode, text } = explainFailure(new Error('app.bst could not be built', { cause: new TypeError('boom') }));
  expect(exitCode).toBe(70);
  expect(text).toMatch(
    /^This is a bug in Wheelhouse\.\nError: app\.bst could not be built\n {4}at .*\ncaused by: TypeError: boom\n/s,
  );
});
