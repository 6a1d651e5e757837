import { ElementError } from '../../base/error.js';
import type { ErrorCollector } from '../../base/error-collector.js';
import type { MappingNode, ScalarNode } from '../node.js';
import type { Origin } from '../../base/origin.js';
import { projectPath } from '../documents/project-path.js';

/** A module that project.conf's `plugins` names. */
export interface PluginOrigin {
  readonly type: 'local' | 'npm';
  /** `local`: the module's file, relative to the project's directory. `npm`: what `require` is given. */
  readonly module: string;
  /** The kinds to take from it; all that it has where neither is written. */
  readonly elements: readonly ScalarNode[] | undefined;
  readonly sources: readonly ScalarNode[] | undefined;
  /** The place of the file's path or the package's name. */
  readonly origin: Origin;
}

/** A kind that project.conf says comes from a plugin of BuildStream's own sorts, which are Python. */
export interface ForeignKind {
  /** `pip` or `junction`. */
  readonly from: string;
  /** The place of the kind's name in project.conf. */
  readonly origin: Origin;
}

/** What project.conf's `plugins` say. */
export interface ProjectPlugins {
  readonly modules: readonly PluginOrigin[];
  /** Kinds that are refused where they are used, so that a project can be shared with BuildStream otherwise. */
  readonly foreign: {
    readonly elements: ReadonlyMap<string, ForeignKind>;
    readonly sources: ReadonlyMap<string, ForeignKind>;
  };
}

/** Reads project.conf's `plugins`: a list of dictionaries with `origin: local` and `path`, or `origin: npm` and `package`. */
export function readPlugins(project: MappingNode, directory: string, errors: ErrorCollector): ProjectPlugins {
  const modules: PluginOrigin[] = [];
  const foreign = { elements: new Map<string, ForeignKind>(), sources: new Map<string, ForeignKind>() };
  for (const node of errors.attempt(() => project.sequence('plugins')?.mappings()) ?? []) {
    errors.attempt(() => {
      const from = node.required('origin', node.scalar('origin'));
      if (from.asString() !== 'pip' && from.asString() !== 'junction') {
        modules.push(readModule(node, from, directory));
        return;
      }
      const { elements, sources } = kinds(node);
      for (const name of elements ?? [])
        foreign.elements.set(name.asString(), { from: from.asString(), origin: name.origin });
      for (const name of sources ?? [])
        foreign.sources.set(name.asString(), { from: from.asString(), origin: name.origin });
    });
  }
  return { modules, foreign };
}

function readModule(node: MappingNode, from: ScalarNode, directory: string): PluginOrigin {
  switch (from.asString()) {
    case 'local': {
      node.validateKeys(['origin', 'path', 'elements', 'sources']);
      const path = node.required('path', node.scalar('path'));
      return { type: 'local', module: projectPath(directory, path, 'file'), origin: path.origin, ...kinds(node) };
    }
    case 'npm': {
      node.validateKeys(['origin', 'package', 'elements', 'sources']);
      const name = node.required('package', node.scalar('package'));
      return { type: 'npm', module: name.asString(), origin: name.origin, ...kinds(node) };
    }
    default:
      throw new ElementError({
        code: 'UNSUPPORTED_PROJECT',
        message: `Plugins of origin \`${from.asString()}\` are not supported`,
        origin: from.origin,
        hint: 'plugins are JavaScript modules: `origin: local` with `path`, or `origin: npm` with `package`',
      });
  }
}

function kinds(node: MappingNode): Pick<PluginOrigin, 'elements' | 'sources'> {
  return { elements: node.sequence('elements')?.scalars(), sources: node.sequence('sources')?.scalars() };
}
