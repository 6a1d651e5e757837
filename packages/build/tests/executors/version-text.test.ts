import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionText } from '../../src/executors/snapshot/version-text.js';

describe('the option `python` of the target snapshot', () => {
  it('may be a number, as Nx hands on what looks like one', () => {
    const file = join(__dirname, '..', '..', 'src', 'executors', 'snapshot', 'schema.json');
    const { properties } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly properties: { readonly python: { readonly type: readonly string[] } };
    };
    expect(properties.python.type).toEqual(['string', 'number']);
  });

  it.each([
    [3.12, '3.12'],
    [3.1, '3.10'],
    [3.9, '3.9'],
    ['3.11.4', '3.11.4'],
    [undefined, undefined],
  ])('is %p, which means %p', (given, meant) => {
    expect(versionText(given)).toBe(meant);
  });
});
