import type { IndexSettings, UvLayers } from './index-settings.js';
import type { UvIndex } from '../metadata/uv-table.js';

/**
 * pip's settings with uv's over them, in uv's order: of variables and then of files, `[[index]]` is before
 * `extra-index-url`, and the default is the first that there is. pip's index is the default if uv has none.
 *
 * @param files those of a project before the user's and the system's
 * @param environment where credentials of named indexes are
 */
export function withUv(
  pip: IndexSettings,
  { variables, files }: UvLayers,
  environment: NodeJS.ProcessEnv,
): IndexSettings {
  const all = [variables, ...files];
  const chain = [[variables], files].flatMap((tables) => [
    ...tables.flatMap(({ indexes }) => indexes),
    ...tables.flatMap(({ extraIndexUrls }) => extraIndexUrls.map((url) => plain(url, false))),
    ...tables.flatMap(({ indexUrl }) => (indexUrl === undefined ? [] : [plain(indexUrl, true)])),
  ]);
  const indexes = firstOfName(chain);
  const url = (index: UvIndex): string => withNamedCredentials(index, environment);
  const usual = indexes.find(({ isDefault, isExplicit }) => isDefault && !isExplicit);
  const indexUrl = usual === undefined ? pip.indexUrl : url(usual);
  const others = indexes.filter(({ isDefault, isExplicit }) => !isDefault && !isExplicit).map(url);
  return {
    ...pip,
    ...(indexUrl === undefined ? {} : { indexUrl }),
    extraIndexUrls: distinct([...others, ...pip.extraIndexUrls]),
    findLinks: distinct([...all.flatMap(({ findLinks }) => findLinks), ...pip.findLinks]),
    trustedHosts: distinct([...all.flatMap(({ insecureHosts }) => insecureHosts), ...pip.trustedHosts]),
    noIndex: pip.noIndex || all.some(({ noIndex }) => noIndex),
  };
}

/** An index's address with the user name and the password that uv's variables have for an index of its name. */
export function withNamedCredentials(
  { name, url }: Pick<UvIndex, 'name' | 'url'>,
  environment: NodeJS.ProcessEnv,
): string {
  if (name === undefined || !URL.canParse(url)) return url;
  const variable = `UV_INDEX_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
  const [username, password] = [environment[`${variable}_USERNAME`], environment[`${variable}_PASSWORD`]];
  if (username === undefined && password === undefined) return url;
  const parsed = new URL(url);
  if (username !== undefined) parsed.username = encodeURIComponent(username);
  if (password !== undefined) parsed.password = encodeURIComponent(password);
  return parsed.href;
}

function plain(url: string, isDefault: boolean): UvIndex {
  return { url, isDefault, isExplicit: false };
}

/** Of several indexes of one name the first is meant. */
function firstOfName(indexes: readonly UvIndex[]): UvIndex[] {
  const seen = new Set<string>();
  return indexes.filter(({ name }) => {
    if (name === undefined) return true;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function distinct(items: readonly string[]): string[] {
  return [...new Set(items)];
}
