import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PAGE, pluginOptionsPage } from '../plugin-options.mjs';

test('the reference page of the plugin options is current; `node tools/plugin-options.mjs` makes it anew', async () => {
  assert.equal(readFileSync(PAGE, 'utf8'), await pluginOptionsPage());
});
