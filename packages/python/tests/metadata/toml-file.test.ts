import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { TomlFile } from '@wheelhouse/python/metadata';

const TEXT = `# The name comes first.
name.first = 'a'
[project]
"version" = "1.0"
dependencies = [
    "one",  # not "two"
    "two", 'three',
]
urls = { home = "https://example.org", "source code" = "here" }

  [ tool . "x y" . z ]
  key = """\\
    two"""

[[tool.list]]
name = "first"

[[tool.list]]
name = "second"
`;

const toml = TomlFile.parse(TEXT, 'pyproject.toml');

test.each<[place: string, path: string[], key: string | undefined, text: string | undefined, at: string]>([
  ['a dotted key', ['name'], 'first', undefined, '2:0'],
  ['a table', ['project'], undefined, undefined, '3:0'],
  ['a quoted key', ['project'], 'version', undefined, '4:0'],
  ['a string in a list', ['project'], 'dependencies', 'two', '7:4'],
  ['a string in single quotes', ['project'], 'dependencies', 'three', '7:11'],
  ['a key in the value', ['project'], 'urls', 'home', '9:9'],
  ['a string that is not in the value', ['project'], 'dependencies', 'four', '5:0'],
  ['a key that is not in the table', ['project'], 'readme', undefined, '3:0'],
  ['a key of an inline table', ['project', 'urls'], 'source code', undefined, '9:39'],
  ['a table with spaces and quotes in its header', ['tool', 'x y', 'z'], undefined, undefined, '11:2'],
  ['a string of several lines', ['tool', 'x y', 'z'], 'key', 'two', '12:8'],
  ['a table that only those below it are written of', ['tool', 'x y'], undefined, undefined, '11:2'],
  ['a string in an array of tables', ['tool'], 'list', 'second', '19:7'],
  ['an array of tables', ['tool'], 'list', undefined, '15:0'],
  ['a table that does not exist', ['nothing'], 'key', undefined, '1:0'],
  ['the file', [], undefined, undefined, '1:0'],
])('the place of %s', (_place, path, key, text, at) => {
  const { file, line, column } = toml.origin(path, key, text);
  expect(`${file}:${line}:${column}`).toBe(`pyproject.toml:${at}`);
});

test('a place is plain data', () => {
  const origin = toml.origin(['project'], 'version');
  expect({ ...origin }).toEqual({ file: 'pyproject.toml', line: 4, column: 0 });
  expect(JSON.stringify(origin)).toBe('{"file":"pyproject.toml","line":4,"column":0}');
});

test('places are found with the line endings of Windows', () => {
  const { line, column } = TomlFile.parse('[a]\r\n# b\r\n b = 1\r\n', 'x.toml').origin(['a'], 'b');
  expect([line, column]).toEqual([3, 1]);
});

test('text that is not TOML is an error at its place', () => {
  let error: unknown;
  try {
    TomlFile.parse('[a]\nb = \n', 'x.toml');
  } catch (thrown) {
    error = thrown;
  }
  expect(formatError(error as ElementError)).toBe('x.toml [line 2 column 4]: not valid TOML: invalid value');
});
