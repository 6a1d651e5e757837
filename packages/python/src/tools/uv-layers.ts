import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { IndexSettings } from './index-settings.js';
import { TomlFile } from '../metadata/toml-file.js';
import { readUvTable, type UvIndex, type UvTable } from '../metadata/uv-table.js';

/** What uv is told of indexes beside a project's files: uv's variables, and the user's and the system's uv.toml. */
export interface UvLayers {
  readonly variables: UvTable;
  /** The user's first. */
  readonly files: readonly UvTable[];
}

/** Reads what uv is told on this machine. @throws ElementError METADATA for a uv.toml that cannot be read */
export function readUvLayers(environment: NodeJS.ProcessEnv): UvLayers {
  return { variables: uvVariables(environment), files: uvConfigurationFiles(environment).map(readFile) };
}

/** Whether uv looks for settings in a project's directory. https://docs.astral.sh/uv/reference/environment/ */
export function readsProjects({ UV_NO_CONFIG: none, UV_CONFIG_FILE: file }: NodeJS.ProcessEnv): boolean {
  return !isSet(none) && (file ?? '') === '';
}

/**
 * pip's settings with uv's over them, in uv's order: of variables and then of files, `[[index]]` is before
 * `extra-index-url`, and the default is the first that there is. pip's index is the default where uv has none.
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

/** `UV_INDEX` entries and the default may be named, `name=url`. */
function uvVariables(environment: NodeJS.ProcessEnv): UvTable {
  const list = (name: string, separator: RegExp): string[] =>
    (environment[name] ?? '').split(separator).filter((item) => item !== '');
  const index = (text: string, isDefault: boolean): UvIndex => {
    const [, name, url] = /^([A-Za-z0-9._-]+)=([a-z][a-z0-9+.-]*:.*)$/i.exec(text) ?? [];
    return { ...(name === undefined ? {} : { name }), url: url ?? text, isDefault, isExplicit: false };
  };
  const usual = environment.UV_DEFAULT_INDEX ?? '';
  const old = environment.UV_INDEX_URL ?? '';
  return {
    indexes: [
      ...(usual === '' ? [] : [index(usual, true)]),
      ...list('UV_INDEX', /\s+/).map((text) => index(text, false)),
    ],
    extraIndexUrls: list('UV_EXTRA_INDEX_URL', /\s+/),
    ...(old === '' ? {} : { indexUrl: old }),
    findLinks: list('UV_FIND_LINKS', /,/),
    insecureHosts: list('UV_INSECURE_HOST', /\s+/),
    noIndex: isSet(environment.UV_NO_INDEX),
  };
}

/** The user's and the system's, as uv looks for them. https://docs.astral.sh/uv/concepts/configuration-files/ */
export function uvConfigurationFiles(environment: NodeJS.ProcessEnv): string[] {
  const named = environment.UV_CONFIG_FILE ?? '';
  if (named !== '') return [named];
  if (isSet(environment.UV_NO_CONFIG)) return [];
  const { HOME: home = '', XDG_CONFIG_HOME: configured = '', XDG_CONFIG_DIRS: directories = '' } = environment;
  const own = configured === '' ? join(home, '.config') : configured;
  const common = (directories === '' ? '/etc/xdg' : directories).split(':').filter((directory) => directory !== '');
  const system = [...common.map((directory) => join(directory, 'uv', 'uv.toml')), '/etc/uv/uv.toml'];
  const user = home === '' && configured === '' ? [] : [join(own, 'uv', 'uv.toml')];
  return [...user.filter((path) => existsSync(path)), ...system.filter((path) => existsSync(path)).slice(0, 1)];
}

function readFile(path: string): UvTable {
  return readUvTable(TomlFile.parse(readFileSync(path, 'utf8'), path), [], dirname(path));
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

function isSet(value: string | undefined): boolean {
  return ['1', 'true', 'yes', 'on', 't', 'y'].includes((value ?? '').toLowerCase());
}

function distinct(items: readonly string[]): string[] {
  return [...new Set(items)];
}
