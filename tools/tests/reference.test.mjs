import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pagePath, pages, pageText } from '../reference.mjs';
import { programs } from '../reference/commands.mjs';
import { errorCodes } from '../reference/error-codes.mjs';
import { buildEvents } from '../reference/events.mjs';
import { declaredKinds } from '../reference/kinds.mjs';
import { publicApi } from '../reference/plugin-api.mjs';

for (const name of Object.keys(pages)) {
  test(`the reference page ${name} is current; \`npm run generate\` makes it anew`, async () => {
    assert.equal(readFileSync(pagePath(name), 'utf8'), await pageText(name));
  });
}

test('the pages have what the packages declare', () => {
  const codes = errorCodes().map(([code]) => code);
  assert.deepEqual(codes, [...new Set(codes)], 'a code is declared twice');
  for (const code of ['CIRCULAR_DEPENDENCY', 'USAGE', 'CACHE_SETTINGS', 'PLUGIN_OPTIONS'])
    assert.ok(codes.includes(code));
  const kinds = declaredKinds().map(({ kind }) => kind);
  for (const kind of ['manual', 'stack', 'local', 'wheel', 'python-env']) assert.ok(kinds.includes(kind), kind);
  for (const { kind, comment } of declaredKinds())
    assert.notEqual(comment, '', `the class of \`${kind}\` has no comment`);
  for (const type of ['queued', 'step', 'ended', 'progress']) {
    assert.ok(
      buildEvents().some((event) => event.type === type),
      type,
    );
  }
  assert.deepEqual(
    programs().map(({ name }) => name),
    ['wheelhouse', 'wheelhouse-cache'],
  );
});

test('the interface for plugins has what the guide to kinds imports', () => {
  const [element] = publicApi();
  const names = element.declarations.map(({ name }) => name);
  const page = readFileSync(new URL('../../docs/concepts/writing-a-kind.md', import.meta.url), 'utf8');
  const imported = [...page.matchAll(/\{ ([\w, ]+) \} = require\('@wheelhouse\/element'\)/g)].flatMap(([, list]) =>
    list.split(', '),
  );
  assert.ok(imported.includes('BuildElement'));
  for (const name of imported) assert.ok(names.includes(name), `\`${name}\` is not marked @public`);
});
