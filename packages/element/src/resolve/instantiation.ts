import { assertComposited, composite } from '../load/composition/composite.js';
import type { SourceDeclaration } from '../load/declarations/element-file.js';
import { ElementError } from '../base/error.js';
import { ErrorCollector } from '../base/error-collector.js';
import { ScalarNode } from '../load/node.js';
import type { Dependency, DependencyConfiguration, Element, ElementMeta } from '../plugin/element.js';
import { callMethod, createPlugin } from '../plugin/plugin-call.js';
import type { Source, SourceMeta } from '../plugin/source.js';
import type { LoadedElement } from './element-graph-loader.js';
import { elementSettings, type ElementSettings } from './element-settings.js';
import type { OpenProject } from './open-project.js';
import type { HostPlatform } from './sandbox-settings.js';

/** What was made of a loaded element. */
export interface Instance {
  readonly element: Element;
  readonly settings: ElementSettings;
}

/** Makes elements and sources of what was loaded, and configures them. */
export class Instantiation {
  private readonly instances = new Map<LoadedElement, Instance | undefined>();

  constructor(private readonly host: HostPlatform) {}

  /**
   * One element; its dependencies were made before. Where one of them could not be made, only what does not need them
   * is looked at.
   *
   * @returns what was made, or the errors
   */
  async create(loaded: LoadedElement): Promise<readonly ElementError[]> {
    const errors = new ErrorCollector();
    this.instances.set(loaded, await errors.attemptAsync(() => this.instantiate(loaded, errors)));
    return errors.errors;
  }

  /** @returns `undefined` if it could not be made */
  of(loaded: LoadedElement): Instance | undefined {
    return this.instances.get(loaded);
  }

  private async instantiate(loaded: LoadedElement, errors: ErrorCollector): Promise<Instance | undefined> {
    const { file, project } = loaded;
    const known = await project.kinds.element(file.kind, file.kindOrigin, errors);
    if (known === undefined) return undefined;
    const settings = elementSettings(file, known.layers, this.host);
    const sources = file.sources.map((source, index) =>
      errors.attempt(() => this.source(`${loaded.name} sources[${index}]`, source, { project, settings })),
    );
    const dependencies = this.dependencies(loaded);
    if (dependencies === undefined || sources.includes(undefined)) return undefined;
    const meta: ElementMeta = {
      identity: known.layers.identity,
      name: loaded.name,
      origin: file.origin,
      project: project.project,
      description: file.description,
      variables: settings.variables,
      environment: settings.environment,
      environmentNocache: settings.environmentNocache,
      sandbox: settings.sandbox,
      public: settings.public,
      sources: Object.freeze(sources.filter((source) => source !== undefined)),
      dependencies: Object.freeze(dependencies),
    };
    const element = createPlugin(meta, 'element', () => known.type.create(meta));
    callMethod(meta, element, 'configure', settings.config);
    callMethod(meta, element, 'configureDependencies', this.configurations(loaded, settings));
    return { element, settings };
  }

  private dependencies(loaded: LoadedElement): Dependency[] | undefined {
    const dependencies: Dependency[] = [];
    for (const { element: other, type } of loaded.dependencies) {
      const element = this.instances.get(other)?.element;
      if (element === undefined) return undefined;
      dependencies.push(Object.freeze({ element, type }));
    }
    return dependencies;
  }

  /** Every mention of a build dependency; those were made before. @throws ElementErrors undefined variables */
  private configurations({ dependencies }: LoadedElement, { variables }: ElementSettings): DependencyConfiguration[] {
    const errors = new ErrorCollector();
    const configurations = dependencies.flatMap(({ element: other, type, configs }) => {
      const element = this.instances.get(other)?.element;
      if (type === 'runtime' || element === undefined) return [];
      const path = other.file.name;
      if (configs.length === 0) return [{ element, path }];
      return configs.map((config) => ({ element, path, config: errors.attempt(() => variables.expandNode(config)) }));
    });
    errors.throwIfAny();
    return configurations;
  }

  private source(
    name: string,
    declared: SourceDeclaration,
    { project: { project, kinds }, settings }: { readonly project: OpenProject; readonly settings: ElementSettings },
  ): Source {
    const { type, origin } = kinds.source(declared.kind, declared.kindOrigin);
    const override = project.sourceOverrides.get(declared.kind)?.mapping('config');
    const composed = override === undefined ? declared.config : composite(override, declared.config);
    assertComposited(composed);
    const meta: SourceMeta = {
      identity: {
        kind: type.kind,
        formatVersion: type.formatVersion,
        ...(origin === undefined ? {} : { origin }),
      },
      name,
      origin: declared.origin,
      project,
      directory: sourceDirectory(declared, settings),
      services: kinds.services,
    };
    const source = createPlugin(meta, 'source', () => type.create(meta));
    // Unlike an element's, a source's configuration is read with the variables of its element put in.
    const config = settings.variables.expandNode(composed);
    callMethod(meta, source, 'configure', config);
    return source;
  }
}

function sourceDirectory({ directory, origin }: SourceDeclaration, settings: ElementSettings): string {
  if (directory === undefined) return '.';
  const path = settings.variables.expand(new ScalarNode(directory, origin));
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (!parts.includes('..')) return parts.length === 0 ? '.' : parts.join('/');
  throw new ElementError({
    code: 'PROJ_PATH_INVALID',
    message: `Source directory \`${path}\` leads outside of the element's sources`,
    origin,
  });
}
