import init from '../../src/generators/init/generator.js';

function treeOf(text: string | null): {
  text: string | null;
  read(): string | null;
  write(path: string, to: string): void;
} {
  return {
    text,
    read() {
      return this.text;
    },
    write(_path, to) {
      this.text = to;
    },
  };
}

const PLUGIN = '@wheelhouse/cache';

describe('the generator init', () => {
  it.each([
    ['no plugins', '{ "parallel": 7 }\n', []],
    ['no file', null, []],
    ['others', '{ "plugins": ["@nx/js"] }\n', ['@nx/js']],
  ])('registers the plugin where there are %s', (_what, text, others) => {
    const tree = treeOf(text);
    init(tree, {});
    expect(JSON.parse(tree.text ?? '')).toMatchObject({ plugins: [...others, { plugin: PLUGIN, options: {} }] });
  });

  it('keeps comments, and writes the address of the shared cache', () => {
    const tree = treeOf('{\n  // ours\n  "parallel": 7\n}\n');
    init(tree, { upstream: 'https://cache.example.org' });
    expect(tree.text).toBe(`{
  // ours
  "parallel": 7,
  "plugins": [
    {
      "plugin": "@wheelhouse/cache",
      "options": {
        "upstream": "https://cache.example.org"
      }
    }
  ]
}
`);
  });

  it('changes nothing the second time', () => {
    const tree = treeOf('{}\n');
    init(tree, { upstream: 'https://cache.example.org' });
    const before = tree.text;
    init(tree, {});
    expect(tree.text).toBe(before);
  });

  it.each([
    ['by its name', `"${PLUGIN}"`, { upstream: 'https://a.example.org' }],
    ['without options', `{ "plugin": "${PLUGIN}" }`, { upstream: 'https://a.example.org' }],
    [
      'with options',
      `{ "plugin": "${PLUGIN}", "options": { "quota": "1GB", "upstream": "https://b.example.org" } }`,
      { quota: '1GB', upstream: 'https://a.example.org' },
    ],
  ])('gives the address to an entry that is there %s', (_how, entry, options) => {
    const tree = treeOf(`{ "plugins": [${entry}] }`);
    init(tree, { upstream: 'https://a.example.org' });
    expect(JSON.parse(tree.text ?? '')).toEqual({ plugins: [{ plugin: PLUGIN, options }] });
  });

  it.each([
    ['{ "plugins": [', 'nx.json [line 1 column 14]: not valid JSON: CloseBracketExpected'],
    ['[]', 'nx.json: not a JSON object'],
    ['{ "plugins": {} }', 'nx.json: `plugins` is not a list'],
  ])('refuses %s and leaves it', (text, message) => {
    const tree = treeOf(text);
    expect(() => {
      init(tree, {});
    }).toThrow(message);
    expect(tree.text).toBe(text);
  });

  it('refuses an upstream that is not an address', () => {
    const tree = treeOf('{}');
    expect(() => {
      init(tree, { upstream: 'cache' });
    }).toThrow('@wheelhouse/cache: `upstream` is `cache`; it must be');
    expect(tree.text).toBe('{}');
  });
});
