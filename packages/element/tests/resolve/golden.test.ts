import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rejectionText } from '../load/project-directory.js';
import { resolve } from './resolve.js';

/**
 * Elements that cannot be loaded, `name.bst` beside the whole text of the error, `name.expected`.
 * `UPDATE_GOLDEN=1 npx jest --config packages/element/jest.config.cjs golden` writes the texts anew.
 */
const directory = join(__dirname, 'fixtures', 'golden');
const names = readdirSync(directory)
  .filter((file) => file.endsWith('.bst') && !file.startsWith('fine'))
  .map((file) => file.slice(0, -'.bst'.length));

describe('an element that cannot be loaded', () => {
  it.each(names)('is refused with the text of %s.expected', async (name) => {
    const expected = join(directory, `${name}.expected`);
    const text = `${await rejectionText(() => resolve(directory, [`${name}.bst`]), directory)}\n`;
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(expected, text);
    expect(existsSync(expected)).toBe(true);
    expect(text).toBe(readFileSync(expected, 'utf8'));
  });
});
