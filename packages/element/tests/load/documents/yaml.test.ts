import { ElementError, ElementErrors, type Node } from '@wheelhouse/element';
import { parseYaml } from '@wheelhouse/element/internal';
import { errorText } from '../project-directory.js';

function place(node: Node | undefined): string {
  return node === undefined ? 'absent' : `${node.origin.line}:${node.origin.column}`;
}

describe('parseYaml', () => {
  it('holds every scalar as the text that was written, without white space around it', () => {
    const node = parseYaml('a: 1.0\nb: yes\nc: "x "\nd: |\n  make\n  install\ne: null\nf: >\n  one\n  two\n', 'a.bst');
    expect(node.toPlain()).toEqual({
      a: '1.0',
      b: 'yes',
      c: 'x',
      d: 'make\ninstall',
      e: 'null',
      f: 'one two',
    });
  });

  it('counts lines from 1 and columns from 0', () => {
    const node = parseYaml(
      '# first\nkind: manual\nlist:\n# in between\n- a\n-   b: 1\nflow:  {x: [1, 2]}\nbelow:\n  # c\n  deep: |\n    t\n',
      'a',
    );
    expect(place(node)).toBe('2:0');
    expect(place(node.get('kind'))).toBe('2:6');
    expect(place(node.sequence('list'))).toBe('5:0');
    expect(node.sequence('list')?.items.map(place)).toEqual(['5:2', '6:4']);
    expect(place(node.mapping('flow'))).toBe('7:7');
    expect(place(node.mapping('flow')?.get('x'))).toBe('7:11');
    expect(place(node.mapping('below'))).toBe('10:2');
    expect(place(node.mapping('below')?.get('deep'))).toBe('10:8');
  });

  it('places an empty value right after its colon or dash', () => {
    const node = parseYaml('depends:\nlist:\n-\n- x\nlast:   # comment\n', 'a');
    expect(node.get('depends')?.toPlain()).toBeNull();
    expect(place(node.get('depends'))).toBe('1:8');
    expect(node.sequence('list')?.items.map(place)).toEqual(['3:1', '4:2']);
    expect(place(node.get('last'))).toBe('5:5');
  });

  it('counts a column in code points', () => {
    expect(place(parseYaml('{a: "\u{1f40e}", b: c}', 'a').get('b'))).toBe('1:12');
  });

  it('reads a text of comments alone as an empty dictionary', () => {
    expect(parseYaml('# nothing\n', 'a').toPlain()).toEqual({});
    expect(parseYaml('', 'a').toPlain()).toEqual({});
  });

  it('does not take a merge key for anything but a key', () => {
    expect(parseYaml('<<: {a: b}\n', 'a').toPlain()).toEqual({ '<<': { a: 'b' } });
  });

  it.each([
    ['a: &x b\n', 'a.bst [line 1 column 6]: Anchors are disallowed'],
    ['a: b\nc: *a\n', 'a.bst [line 2 column 3]: Aliases are disallowed'],
    ['a: !!str b\n', 'a.bst [line 1 column 9]: Tags are disallowed: `tag:yaml.org,2002:str`'],
    ['a: !own b\n', 'a.bst [line 1 column 8]: Tags are disallowed: `!own`'],
    ['a: 1\nb: 2\na: 3\n', 'a.bst [line 3 column 0]: Key `a` appears twice in one dictionary'],
    ['? [a]\n: b\n', 'a.bst [line 1 column 2]: A key must be a string'],
    [': b\n', 'a.bst [line 1 column 0]: A key must be a string'],
    ['- a\n', "a.bst [line 1 column 0]: YAML file has content of type 'list' instead of expected type 'dict'"],
    ['word\n', "a.bst [line 1 column 0]: YAML file has content of type 'str' instead of expected type 'dict'"],
    [
      'a: b\n---\nc: d\n',
      'a.bst [line 2 column 0]: More than one document in a file\nhint: an element file is one YAML document',
    ],
  ])('refuses %j', (text, expected) => {
    expect(errorText(() => parseYaml(text, 'a.bst'))).toBe(expected);
  });

  it('collects all errors of a text', () => {
    try {
      parseYaml('a: &x b\na: c\nd: !t e\n', 'a.bst');
    } catch (error) {
      expect(error).toBeInstanceOf(ElementErrors);
      expect((error as ElementErrors).errors.map(({ code, message }) => [code, message])).toEqual([
        ['INVALID_YAML', 'a.bst [line 1 column 6]: Anchors are disallowed'],
        ['INVALID_YAML', 'a.bst [line 2 column 0]: Key `a` appears twice in one dictionary'],
        ['INVALID_YAML', 'a.bst [line 3 column 6]: Tags are disallowed: `!t`'],
      ]);
      return;
    }
    throw new Error('nothing was thrown');
  });

  it('refuses a NUL character, however it is written', () => {
    const hint = 'hint: program arguments, environment variables and file names cannot contain one';
    expect(errorText(() => parseYaml('a: x\nb: ["y\\0"]\nc: |\n  z\0\n"d\\0": e\n', 'app.bst'))).toBe(
      [
        'app.bst [line 2 column 4]: The text contains a NUL character',
        'app.bst [line 3 column 3]: The text contains a NUL character',
        'app.bst [line 5 column 0]: The text contains a NUL character',
      ].join(`\n${hint}\n`) + `\n${hint}`,
    );
  });

  it('says where a text is nested too deeply', () => {
    expect(errorText(() => parseYaml(`a: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`, 'app.bst'))).toMatch(
      /^app\.bst \[line 1 column \d+\]: The YAML is nested too deeply$/,
    );
  });

  it('says where a text is malformed', () => {
    let thrown: unknown;
    try {
      parseYaml('a: b\nc: "open\n', 'project.conf');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ElementError);
    expect((thrown as ElementError).code).toBe('INVALID_YAML');
    expect((thrown as ElementError).message).toBe(
      'project.conf [line 3 column 0]: Severely malformed YAML: Missing closing "quote',
    );
  });
});
