import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namesIn } from '@wheelhouse/element/internal';

test('names are sorted; there are none in a directory that does not exist, or in a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'names-'));
  for (const name of ['b', 'a', 'C']) writeFileSync(join(directory, name), '');
  expect(namesIn(directory)).toEqual(['C', 'a', 'b']);
  expect(namesIn(join(directory, 'nothing'))).toEqual([]);
  expect(namesIn(join(directory, 'a'))).toEqual([]);
});
