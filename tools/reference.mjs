/**
 * Writes the pages of docs/reference that are made from schemas, types and help texts. Run it after `npm run build`
 * (`npm run generate` does both) when one of these changes; a test says which pages are not current.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import prettier from 'prettier';
import { cacheSettings } from './reference/cache-settings.mjs';
import { commands } from './reference/commands.mjs';
import { errorCodesPage } from './reference/error-codes.mjs';
import { events } from './reference/events.mjs';
import { kinds } from './reference/kinds.mjs';
import { pluginApi } from './reference/plugin-api.mjs';
import { pluginOptions } from './reference/plugin-options.mjs';
import { executors, generators } from './reference/tasks.mjs';
import { isMain, root } from './workspace.mjs';

/** What makes the text of each page, by the page's name. */
export const pages = {
  'cache-settings': cacheSettings,
  commands,
  'error-codes': errorCodesPage,
  events,
  executors,
  generators,
  kinds,
  'plugin-api': pluginApi,
  'plugin-options': pluginOptions,
};

/** Where a page is. */
export const pagePath = (name) => join(root, 'docs', 'reference', `${name}.md`);

/** The text of a page. */
export async function pageText(name) {
  const filepath = pagePath(name);
  return await prettier.format(pages[name](), { ...(await prettier.resolveConfig(filepath)), filepath });
}

if (isMain(import.meta.url)) {
  for (const name of Object.keys(pages)) writeFileSync(pagePath(name), await pageText(name));
}
