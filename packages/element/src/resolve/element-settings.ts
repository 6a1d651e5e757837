import { assertComposited, composite } from '../load/composition/composite.js';
import type { ElementFile } from '../load/declarations/element-file.js';
import { ErrorCollector } from '../base/error-collector.js';
import type { MappingNode } from '../load/node.js';
import { withLoaderVariables } from '../load/declarations/project.js';
import { refuseProtectedVariables, Variables } from '../load/composition/variables.js';
import type { SandboxSettings } from '../plugin/element.js';
import type { KindLayers } from './kind-defaults.js';
import { readSandbox, type HostPlatform } from './sandbox-settings.js';

/** Everything of an element that its layers and variables give, before its plugin is made. */
export interface ElementSettings {
  readonly variables: Variables;
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentNocache: readonly string[];
  readonly sandbox: SandboxSettings;
  readonly public: MappingNode;
  /** Composed, its variables not put in: what the plugin is configured with. */
  readonly config: MappingNode;
  /** The same with all variables put in. */
  readonly expandedConfig: MappingNode;
}

/** @throws ElementErrors everything that is wrong with the element's own sections, and every undefined variable */
export function elementSettings(file: ElementFile, layers: KindLayers, host: HostPlatform): ElementSettings {
  const variables = elementVariables(file, layers);
  const errors = new ErrorCollector();
  const section = (lower: MappingNode, upper: MappingNode): MappingNode =>
    errors.attempt(() => {
      const composed = composite(lower, upper);
      assertComposited(composed);
      return composed;
    }) ?? lower;
  const expanded = (node: MappingNode): MappingNode => errors.attempt(() => variables.expandNode(node)) ?? node;

  const environment = expanded(section(layers.environment, file.environment));
  const publicData = expanded(section(layers.public, file.public));
  const config = section(layers.config, file.config);
  const expandedConfig = expanded(config);
  const sandbox = expanded(section(layers.sandbox, file.sandbox));
  const settings = {
    variables,
    environment: errors.attempt(() => environmentOf(environment)) ?? {},
    environmentNocache: Object.freeze([...new Set([...layers.environmentNocache, ...file.environmentNocache])].sort()),
    sandbox: errors.attempt(() => readSandbox(sandbox, host)),
    public: publicData,
    config,
    expandedConfig,
  };
  errors.throwIfAny();
  if (settings.sandbox === undefined) throw new Error(`${file.name}: neither a sandbox nor an error`);
  return { ...settings, sandbox: settings.sandbox };
}

function elementVariables(file: ElementFile, layers: KindLayers): Variables {
  refuseProtectedVariables(file.variables);
  const composed = composite(layers.variables, file.variables);
  assertComposited(composed);
  const own = withLoaderVariables(composed, { 'element-name': file.name });
  const variables = new Variables(own);
  const errors = new ErrorCollector();
  errors.add(...variables.check());
  errors.throwIfAny();
  const notParallel = own.scalar('notparallel');
  if (notParallel?.asBoolean('notparallel') !== true) return variables;
  return new Variables(withLoaderVariables(own, { 'max-jobs': '1' }));
}

function environmentOf(node: MappingNode): Readonly<Record<string, string>> {
  return Object.freeze(Object.fromEntries(node.keys().map((name) => [name, node.scalar(name)?.asString() ?? ''])));
}
