import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileDataFile, digestOf, parseYaml, readDataFile } from '@wheelhouse/element/internal';
import { temporaryPaths } from '../../support/temporary.js';

const path = temporaryPaths();

const TEXT = 'kind: manual\nlist:\n- one\n- {a: b}\nempty:\ntext: |\n  many\n  lines\n';

function place(): string {
  const directory = path();
  mkdirSync(directory);
  return join(directory, 'some.yaml');
}

test('a compiled file gives the very nodes of its text, places included', () => {
  const file = place();
  writeFileSync(file, TEXT);
  const parsed = readDataFile(file);
  writeFileSync(`${file}.json`, compileDataFile(TEXT));
  const compiled = readDataFile(file);
  expect(compiled).toEqual(parsed);
  expect(compiled.node).toEqual(parseYaml(TEXT, 'some.yaml'));
  expect(compiled.digest).toBe(digestOf(TEXT).hash);
});

test('what was compiled from another text is not taken', () => {
  const file = place();
  writeFileSync(file, TEXT.replace('one', 'two'));
  writeFileSync(`${file}.json`, compileDataFile(TEXT));
  expect(readDataFile(file).node).toEqual(parseYaml(TEXT.replace('one', 'two'), 'some.yaml'));
});

test('what was compiled is what is read', () => {
  const file = place();
  writeFileSync(file, TEXT);
  writeFileSync(`${file}.json`, compileDataFile(TEXT).replace('"one"', '"other"'));
  expect(readDataFile(file).node.sequence('list')?.items[0]?.toPlain()).toBe('other');
});
