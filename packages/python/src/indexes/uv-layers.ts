import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { UvLayers } from './index-settings.js';
import { TomlFile } from '../metadata/toml-file.js';
import { readUvTable, type UvIndex, type UvTable } from '../metadata/uv-table.js';
import { uvConfigurationFiles, isSet } from './uv-files.js';

/** Reads the settings of uv on this machine. @throws ElementError METADATA for a uv.toml that cannot be read */
export function readUvLayers(environment: NodeJS.ProcessEnv): UvLayers {
  return { variables: uvVariables(environment), files: uvConfigurationFiles(environment).map(readFile) };
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

function readFile(path: string): UvTable {
  return readUvTable(TomlFile.parse(readFileSync(path, 'utf8'), path), [], dirname(path));
}
