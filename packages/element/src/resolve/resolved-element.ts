import type { Plain } from '../load/node.js';
import type { Element } from '../plugin/element.js';
import type { ElementSettings } from './element-settings.js';

/** All that was resolved of an element, as plain data: what `show` prints. */
export interface ResolvedElement {
  readonly name: string;
  readonly kind: string;
  readonly description: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly config: { readonly [key: string]: Plain };
  readonly public: { readonly [key: string]: Plain };
  /** Names of direct dependencies: those of the build first, then those of run time, each once. */
  readonly deps: readonly string[];
  readonly buildDeps: readonly string[];
  readonly runtimeDeps: readonly string[];
}

/** The view of one element. */
export function resolvedElement(element: Element, settings: ElementSettings): ResolvedElement {
  const names = (without: 'build' | 'runtime'): string[] => [
    ...new Set(
      element.dependencies.filter(({ type }) => type !== without).map((dependency) => dependency.element.name),
    ),
  ];
  const [buildDeps, runtimeDeps] = [names('runtime'), names('build')];
  return {
    name: element.name,
    kind: element.kind,
    description: element.description,
    variables: element.variables.toRecord(),
    environment: element.environment,
    config: settings.expandedConfig.toPlain(),
    public: element.public.toPlain(),
    deps: [...new Set([...buildDeps, ...runtimeDeps])],
    buildDeps,
    runtimeDeps,
  };
}
