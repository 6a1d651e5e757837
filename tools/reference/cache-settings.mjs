/** The page of the settings of the cache, from the table that it reads them by. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { madeBy, table } from './page.mjs';
import { root } from '../workspace.mjs';

/** The page of all settings. */
export function cacheSettings() {
  const { SETTINGS } = createRequire(import.meta.url)(join(root, 'packages/cache/dist/config/settings.js'));
  const rows = Object.entries(SETTINGS).map(([name, { form, summary, unless }]) => [
    `\`${name}\``,
    form,
    `WHEELHOUSE_CACHE_${name.toUpperCase().replaceAll('-', '_')}`,
    summary,
    unless ?? '',
  ]);
  return [
    '# Settings of the shared cache',
    madeBy('the table of the settings'),
    'Each is an option of `wheelhouse-cache serve`, a variable of the environment, or a key of `wheelhouse-cache.yml`; an option goes before a variable, and a variable before the file. `oidc`, whom to trust without tokens, stands in the file alone: see [GitHub Actions](../guide/cache-github-actions.md) and [GitLab CI](../guide/cache-gitlab.md).',
    table(['setting', 'value', 'variable', 'what it says', 'default'], rows),
  ].join('\n\n');
}
