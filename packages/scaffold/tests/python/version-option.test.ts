import { pythonOption, versionFileText } from '../../src/python/version-option.js';

test.each([
  [3.12, '3.12'],
  [3.1, '3.10'],
  [3, '3'],
  ['3.1', '3.1'],
  ['/opt/python/bin/python3', '/opt/python/bin/python3'],
  [undefined, undefined],
])('the option `python` %j is %j', (value, text) => {
  expect(pythonOption(value)).toBe(text);
});

test.each([
  ['3.12', '3.12\n'],
  ['python3.12', '3.12\n'],
  ['3.12.1', '3.12.1\n'],
  ['3', '3.11\n'],
  ['/opt/python/bin/python3', '3.11\n'],
])('`.python-version` of `%s`', (option, text) => {
  expect(versionFileText(option, '3.11')).toBe(text);
});
