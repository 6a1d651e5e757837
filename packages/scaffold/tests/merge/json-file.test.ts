import { JsonFile } from '../../src/merge/json-file.js';

const TEXT = `{
  // how many at once
    "parallel":   7,
  "plugins": ["@nx/other"],
  "targets": {}
}
`;

test('comments stay, and the form of what is not beside an edit', () => {
  const file = JsonFile.parse(TEXT, 'nx.json');
  file.append(['plugins'], { plugin: 'x' });
  file.set(['targets', 'stage:test', 'cache'], false);
  expect(file.text).toContain('  // how many at once\n    "parallel":   7,');
  expect(file.get(['plugins'])).toEqual(['@nx/other', { plugin: 'x' }]);
  expect(file.get(['targets'])).toEqual({ 'stage:test': { cache: false } });
  expect(file.get(['plugins', 5, 'no'])).toBeUndefined();
});

test('a list that is not there is made', () => {
  const file = JsonFile.parse('{}', 'nx.json');
  file.append(['sync', 'globalGenerators'], 'a:b');
  expect(JSON.parse(file.text)).toEqual({ sync: { globalGenerators: ['a:b'] } });
});

test.each([
  ['{\n  "a": ,\n}', 'nx.json [line 2 column 7]: not valid JSON: ValueExpected'],
  ['[]', 'nx.json [line 1 column 0]: not a JSON object'],
])('%j is refused', (text, message) => {
  expect(() => JsonFile.parse(text, 'nx.json')).toThrow(message);
});
