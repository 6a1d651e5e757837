import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { ElementError } from '../base/error.js';
import type { ErrorCollector } from '../base/error-collector.js';
import type { ScalarNode } from '../load/node.js';
import { formatOrigin } from '../base/origin.js';
import type { ForeignKind, PluginOrigin } from '../load/declarations/plugin-origin.js';
import { PROJECT_CONF, type Project } from '../load/declarations/project.js';
import type { Json } from '../base/json.js';
import type { PluginModule, PluginRegistry } from '../plugin/registry.js';

/** The kinds of `registry` and those of the modules that the project names, in a registry of their own. */
export function projectRegistry(project: Project, registry: PluginRegistry, errors: ErrorCollector): PluginRegistry {
  const all = registry.copy();
  if (project.plugins.modules.length === 0) return all;
  const require = createRequire(join(project.directory, PROJECT_CONF));
  for (const plugin of project.plugins.modules) {
    errors.attempt(() => {
      const { module, origin } = load(require, project, plugin);
      all.register(selected(plugin, module), origin);
    });
  }
  return all;
}

/**
 * What `look` finds in the registry. A kind that the project takes from a plugin of BuildStream's is refused as such.
 *
 * @throws ElementError UNSUPPORTED_PLUGIN
 */
export function kindOf<T>(kind: string, foreign: ReadonlyMap<string, ForeignKind>, look: () => T): T {
  try {
    return look();
  } catch (error) {
    const from = foreign.get(kind);
    if (from === undefined || !(error instanceof ElementError) || error.code !== 'UNSUPPORTED_PLUGIN') throw error;
    throw new ElementError({
      code: error.code,
      message: `Kind \`${kind}\` is from a plugin of origin \`${from.from}\` (${formatOrigin(from.origin)}), which is not supported`,
      origin: error.origin,
      hint: 'plugins are JavaScript modules: `origin: local` with `path`, or `origin: npm` with `package`',
      cause: error,
    });
  }
}

function load(
  require: NodeJS.Require,
  project: Project,
  plugin: PluginOrigin,
): { readonly module: PluginModule; readonly origin: Json } {
  const request = plugin.type === 'local' ? join(project.directory, plugin.module) : plugin.module;
  let path: string;
  let loaded: unknown;
  try {
    path = require.resolve(request);
    loaded = require(request);
  } catch (error) {
    throw loadError(plugin, `cannot be loaded: ${firstLine(error)}`, error);
  }
  if (!isPluginModule(loaded)) throw loadError(plugin, 'exports neither a list `elements` nor a list `sources`');
  return { module: loaded, origin: plugin.type === 'local' ? fileIdentity(path) : packageIdentity(plugin, path) };
}

function isPluginModule(loaded: unknown): loaded is PluginModule {
  if (typeof loaded !== 'object' || loaded === null) return false;
  const lists = [
    'elements' in loaded ? loaded.elements : undefined,
    'sources' in loaded ? loaded.sources : undefined,
  ].filter((list) => list !== undefined);
  return lists.length > 0 && lists.every((list) => Array.isArray(list) && list.every(isKind));
}

function isKind(kind: unknown): boolean {
  return (
    typeof kind === 'object' &&
    kind !== null &&
    'kind' in kind &&
    typeof kind.kind === 'string' &&
    'formatVersion' in kind &&
    typeof kind.formatVersion === 'number' &&
    'create' in kind &&
    typeof kind.create === 'function'
  );
}

/** The kinds that the project asks for, or all of them if it names none. */
function selected(plugin: PluginOrigin, module: PluginModule): PluginModule {
  if (plugin.elements === undefined && plugin.sources === undefined) return module;
  return {
    elements: pick(plugin, 'element', plugin.elements, module.elements),
    sources: pick(plugin, 'source', plugin.sources, module.sources),
  };
}

function pick<T extends { readonly kind: string }>(
  plugin: PluginOrigin,
  what: string,
  names: readonly ScalarNode[] | undefined,
  kinds: readonly T[] | undefined,
): T[] {
  return (names ?? []).map((name) => {
    const found = kinds?.find(({ kind }) => kind === name.asString());
    if (found !== undefined) return found;
    throw new ElementError({
      code: 'PLUGIN_LOAD',
      message: `Plugin \`${plugin.module}\` has no ${what} kind \`${name.asString()}\``,
      origin: name.origin,
    });
  });
}

/** What an error of the module says; Node adds the stack of modules on lines of its own. */
function firstLine(error: unknown): string {
  // By its shape: a module may be run in a realm with an `Error` of its own.
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return String(message).split('\n', 1)[0] ?? '';
}

/**
 * A local plugin is what its file holds. What that file requires is not looked into: a plugin of several files raises
 * its kinds' `formatVersion`, or becomes a package.
 */
function fileIdentity(path: string): Json {
  return { sha256: createHash('sha256').update(readFileSync(path)).digest('hex') };
}

/** A package's plugin is the version of the package that was found. */
function packageIdentity(plugin: PluginOrigin, path: string): Json {
  for (let directory = dirname(path); directory !== dirname(directory); directory = dirname(directory)) {
    const file = join(directory, 'package.json');
    if (!existsSync(file)) continue;
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof manifest !== 'object' || manifest === null) continue;
    if ('name' in manifest && 'version' in manifest) {
      const { name, version } = manifest;
      if (typeof name === 'string' && typeof version === 'string') return { package: name, version };
    }
    if (directory.endsWith(`${sep}node_modules`)) break;
  }
  throw loadError(plugin, `is not in a package with a name and a version: ${path}`);
}

function loadError(plugin: PluginOrigin, what: string, cause?: unknown): ElementError {
  return new ElementError({
    code: 'PLUGIN_LOAD',
    message: `Plugin \`${plugin.module}\` ${what}`,
    origin: plugin.origin,
    hint:
      plugin.type === 'local'
        ? 'a plugin is a JavaScript module that exports `elements` or `sources`'
        : `install it in the directory of ${PROJECT_CONF}; a plugin is a package that exports \`elements\` or \`sources\``,
    cause,
  });
}
