import { ScalarNode, Variables } from '@wheelhouse/element';
import { parseYaml, toMapping } from '@wheelhouse/element/internal';
import { errorText } from '../project-directory.js';

const origin = { file: 'app.bst', line: 5, column: 6 };

function variables(text: string): Variables {
  return new Variables(parseYaml(text, 'app.bst'));
}

describe('Variables', () => {
  it('expands references in any order of definition', () => {
    const vars = variables('a: "%{b}/x"\nb: "%{c}-%{c}"\nc: deep\n');
    expect(vars.get('a')).toBe('deep-deep/x');
    expect(vars.get('absent')).toBeUndefined();
    expect(vars.expand(new ScalarNode('[%{c}] %{} %{1x} 100%', origin))).toBe('[deep] %{} %{1x} 100%');
  });

  it('sorts its record by name', () => {
    expect(Object.entries(variables('b: 1\na: "%{b}"\nc:\n').toRecord())).toEqual([
      ['a', '1'],
      ['b', '1'],
      ['c', ''],
    ]);
  });

  it('expands a whole subtree, and says everything that is undefined in it', () => {
    const vars = variables('a: x\n');
    const node = parseYaml('l: ["%{a}", {d: "%{a}/%{a}"}]\n"%{a}": k\n', 'app.bst');
    expect(vars.expandNode(node).toPlain()).toEqual({ l: ['x', { d: 'x/x' }], '%{a}': 'k' });
    expect(errorText(() => vars.expandNode(parseYaml('l:\n- "%{foo}"\n- "%{a}%{bar}"\n', 'app.bst')))).toBe(
      "app.bst [line 2 column 2]: Reference to undefined variable 'foo'\n" +
        "app.bst [line 3 column 2]: Reference to undefined variable 'bar'",
    );
  });

  it('names the place of the reference to an undefined variable', () => {
    expect(errorText(() => variables('a: b\n').expand(new ScalarNode('%{foo}', origin)))).toBe(
      "app.bst [line 5 column 6]: Reference to undefined variable 'foo'",
    );
    expect(errorText(() => variables('x: "%{a}"\na: "%{foo}"\n').expand(new ScalarNode('%{x}', origin)))).toBe(
      "app.bst [line 2 column 3]: Reference to undefined variable 'foo'",
    );
  });

  it('shows a cycle with every step of it', () => {
    expect(errorText(() => variables('x: "%{a}"\na: "%{b}"\nb: "%{c}"\nc: "%{a}"\n').get('x'))).toBe(
      "Circular dependency detected on variable 'a'\n" +
        "app.bst [line 2 column 3]: Variable 'a' refers to variable 'b'\n" +
        "app.bst [line 3 column 3]: Variable 'b' refers to variable 'c'\n" +
        "app.bst [line 4 column 3]: Variable 'c' refers to variable 'a'",
    );
  });

  it('refuses a string that variables make too long, with its position', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `v${index}: "%{v${index + 1}}%{v${index + 1}}"`);
    const bad = variables([...lines, 'v40: x', ''].join('\n'));
    const text =
      'app.bst [line 16 column 5]: The text is longer than 16 MiB after its variables are expanded\n' +
      'hint: look for variables that refer to one another more than once';
    expect(errorText(() => bad.get('v0'))).toBe(text);
    expect(bad.get('v16')?.length).toBe(2 ** 24);
    expect(bad.check().map(({ message }) => message)).toEqual([text.split('\n')[0]]);
  });

  it('reports every bad variable once', () => {
    const errors = variables('a: "%{b}"\nb: "%{a}"\nc: "%{a}"\nd: "%{foo}"\ne: "%{d}"\nf: fine\n').check();
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ['CIRCULAR_REFERENCE_VARIABLE', "Circular dependency detected on variable 'a'"],
      ['UNRESOLVED_VARIABLE', "app.bst [line 4 column 3]: Reference to undefined variable 'foo'"],
    ]);
  });

  it('follows chains that are longer than the stack is deep', () => {
    const length = 30_000;
    const chain = Object.fromEntries(
      Array.from({ length }, (_, index) => [`v${index}`, index === 0 ? 'end' : `%{v${index - 1}}`]),
    );
    expect(new Variables(toMapping(chain, origin)).get(`v${length - 1}`)).toBe('end');
    const ring = new Variables(toMapping({ ...chain, v0: `%{v${length - 1}}` }, origin));
    expect(() => ring.get('v7')).toThrow("Circular dependency detected on variable 'v7'");
  });

  it('expands each variable once, however often it is referred to', () => {
    const layers = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`v${index}`, index === 0 ? '' : `%{v${index - 1}}`.repeat(10)]),
    );
    expect(new Variables(toMapping(layers, origin)).get('v199')).toBe('');
  });

  it.each([
    ['1st: x\n', "app.bst [line 1 column 5]: Invalid symbol name for variable name: '1st'"],
    ['the variable: x\n', "app.bst [line 1 column 14]: Invalid symbol name for variable name: 'the variable'"],
  ])('refuses the name in %j', (text, expected) => {
    expect(errorText(() => variables(text))).toBe(
      `${expected}\nSymbol names must contain only alphanumeric characters, may not start with a digit, and may contain underscores or dashes`,
    );
  });

  it('refuses a value that is not a scalar', () => {
    expect(errorText(() => variables('a: [b]\n'))).toBe(
      "app.bst [line 1 column 3]: Value of 'a' is not of the expected type 'scalar'",
    );
  });
});
