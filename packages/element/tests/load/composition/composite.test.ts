import { type Plain } from '@wheelhouse/element';
import { assertComposited, composite, parseYaml } from '@wheelhouse/element/internal';
import { errorText } from '../project-directory.js';

function composed(...layers: readonly string[]): Plain {
  const [first = '', ...rest] = layers;
  const uppers = rest.map((text) => parseYaml(text, 'upper'));
  return uppers.reduce(composite, parseYaml(first, 'lower')).toPlain();
}

describe('composite', () => {
  it('replaces scalars and lists and goes into dictionaries', () => {
    expect(composed('a: 1\nl: [1, 2]\nd: {x: 1, y: 2}', 'a: 2\nl: [3]\nd: {y: 3, z: 4}\nn: new')).toEqual({
      a: '2',
      l: ['3'],
      d: { x: '1', y: '3', z: '4' },
      n: 'new',
    });
  });

  it('prepends, appends and replaces with list directives', () => {
    expect(composed('l: [b]', 'l: {(<): [a], (>): [c]}')).toEqual({ l: ['a', 'b', 'c'] });
    expect(composed('l: [b]', 'l: {(=): [x], (>): [y]}')).toEqual({ l: ['x', 'y'] });
  });

  it('joins directives until they meet a list', () => {
    const upper = composite(
      parseYaml('l: {(<): [b], (>): [y]}', 'middle'),
      parseYaml('l: {(<): [a], (>): [z]}', 'upper'),
    );
    expect(composite(parseYaml('l: [m]', 'lower'), upper).toPlain()).toEqual({ l: ['a', 'b', 'm', 'y', 'z'] });
    expect(composed('l: {(>): [y]}', 'l: {(=): [z]}')).toEqual({ l: { '(=)': ['z'] } });
  });

  it('keeps the order of the lower keys and the place of every value', () => {
    const node = composite(parseYaml('a: 1\nb: 2\n', 'lower'), parseYaml('\nb: 3\nc: 4\n', 'upper'));
    expect(node.keys()).toEqual(['a', 'b', 'c']);
    expect(node.origin.file).toBe('lower');
    expect(node.get('a')?.origin).toEqual({ file: 'lower', line: 1, column: 3 });
    expect(node.get('b')?.origin).toEqual({ file: 'upper', line: 2, column: 3 });
  });

  it('changes neither layer', () => {
    const lower = parseYaml('l: [b]\nd: {x: 1}', 'lower');
    const upper = parseYaml('l: {(>): [c]}\nd: {x: 2}', 'upper');
    composite(lower, upper);
    expect(lower.toPlain()).toEqual({ l: ['b'], d: { x: '1' } });
    expect(upper.toPlain()).toEqual({ l: { '(>)': ['c'] }, d: { x: '2' } });
  });

  it.each([
    [
      'a: {b: c}',
      'a: 1',
      "upper [line 1 column 3]: Cannot compose a scalar onto a dictionary at 'a', which was written at lower [line 1 column 3]",
    ],
    [
      'a: 1',
      'a: [b]',
      "upper [line 1 column 3]: Cannot compose a list onto a scalar at 'a', which was written at lower [line 1 column 3]",
    ],
    [
      'a: [b]',
      'a: {b: c}',
      "upper [line 1 column 3]: Cannot compose a dictionary onto a list at 'a', which was written at lower [line 1 column 3]",
    ],
    [
      'a: {b: c}',
      'a: {(>): [d]}',
      "upper [line 1 column 3]: Cannot compose list directives onto a dictionary at 'a', which was written at lower [line 1 column 3]",
    ],
    [
      'a: [b]',
      'a: {(>): [c], d: e}',
      'upper [line 1 column 3]: Dictionary contains list composition directives and arbitrary keys',
    ],
    ['a: [b]', 'a: {(>): c}', "upper [line 1 column 9]: Value of '(>)' is not of the expected type 'list'"],
  ])('refuses to lay %j under %j', (lower, upper, expected) => {
    expect(errorText(() => composed(lower, upper))).toBe(expected);
  });

  it('refuses a directive that found no list', () => {
    expect(
      errorText(() => {
        assertComposited(composite(parseYaml('', 'lower'), parseYaml('config:\n  commands:\n    (>): [a]\n', 'upper')));
      }),
    ).toBe('upper [line 3 column 4]: Attempt to override non-existing list');
  });
});
