import { isNamed } from '../../src/operations/ignored-hint.js';

test.each([
  ['bundle/js/a.js', 'FileNotFoundError: Forced include not found: /buildstream/h/bundle', true],
  ['web/static/a.js', "error: can't copy '/build/web/static/a.js'", true],
  ['src/x.c', 'cc1: fatal error: x.c: No such file or directory', true],
  ['app/_version.py', "ModuleNotFoundError: No module named 'app._version'", true],
  ['app/gen/__init__.py', "ImportError: cannot import name 'gen' from 'app'", true],
  ['app/_version.py', "ModuleNotFoundError: No module named 'six'", false],
  ['bundle/a.js', 'error: /build/bundle.txt and /build/bundles', false],
])('whether `%s` is named by a log: %s', (path, log, expected) => {
  expect(isNamed(path, log)).toBe(expected);
});
