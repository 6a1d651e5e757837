import { PythonModule } from '../../src/python/python-module.js';
import { checkName } from '../../src/python/module-name.js';
import { pythonList, pythonString } from '../../src/python/python-literal.js';

const MODULE = new PythonModule(`"""What it does.

More."""
from flask import Flask

# __version__ = "0"
__version__ = "1.2"
__version__: str = '1.3'
escaped = "a\\n"
app = Flask(__name__)


@cache
def main():
    other = Flask("inner")
    os.environ.setdefault("KEY", "value")
`);

test('a module is read by its syntax', () => {
  expect(MODULE.summary).toBe('What it does.');
  expect(MODULE.textOf('__version__')).toBe('1.3');
  expect(MODULE.textOf('escaped')).toBeUndefined();
  expect(MODULE.calls()).toEqual([{ name: 'app', callee: 'Flask' }]);
  expect(MODULE.functions()).toEqual(['main']);
  expect(MODULE.argumentsOf('setdefault')).toEqual([['KEY', 'value']]);
});

test('texts and lists are written as Python', () => {
  expect(pythonString('say "é"\\')).toBe('"say \\"é\\"\\\\"');
  expect(pythonList(['a', 'b'], 4)).toBe('[\n        "a",\n        "b",\n    ]');
  expect(pythonList([], 4)).toBe('[]');
});

test.each([
  ['Shop_2', undefined],
  ['a b', '`a b` is not a distribution name'],
  ['2fa', '`2fa` would have a package `2fa`, which begins with a digit'],
  ['async', '`async` would have a package `async`, which is a Python keyword'],
  ['Tests', '`Tests` would have a package `tests`, which is a name with another meaning in a project'],
  ['JSON', "`JSON` would have a package `json`, which is a module of Python's standard library"],
  [
    'Typing_Extensions',
    '`Typing_Extensions` is a distribution on the index that generated Python projects use: everything that requires `typing-extensions` would get this project instead',
  ],
])('the name %s', (name, message) => {
  if (message === undefined)
    expect(() => {
      checkName(name);
    }).not.toThrow();
  else
    expect(() => {
      checkName(name);
    }).toThrow(message);
});
