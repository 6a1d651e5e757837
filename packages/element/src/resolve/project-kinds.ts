import type { ErrorCollector } from '../base/error-collector.js';
import type { Origin } from '../base/origin.js';
import type { LoadedProject } from '../load/declarations/project.js';
import type { ElementKind } from '../plugin/element.js';
import type { PluginRegistry, Registered } from '../plugin/registry.js';
import type { SourceServices } from '../plugin/source-services.js';
import type { SourceKind } from '../plugin/source.js';
import { layersOfKind, type KindLayers } from './kind-defaults.js';
import { kindOf } from './plugin-loader.js';

/** A kind of element with what its elements start from. */
export interface LayeredKind {
  readonly type: ElementKind;
  readonly layers: KindLayers;
}

/** The kinds of one project. */
export class ProjectKinds {
  private readonly layered = new Map<string, LayeredKind | undefined>();

  constructor(
    private readonly loaded: LoadedProject,
    private readonly registry: PluginRegistry,
  ) {}

  /**
   * A kind of element. What is wrong with its defaults is reported once, for the first element of the kind; an unknown
   * kind is reported for each element.
   *
   * @returns `undefined` if its defaults are not as they must be
   * @throws ElementError UNSUPPORTED_PLUGIN
   */
  async element(kind: string, origin: Origin, errors: ErrorCollector): Promise<LayeredKind | undefined> {
    const registered = kindOf(kind, this.loaded.project.plugins.foreign.elements, () =>
      this.registry.element(kind, origin),
    );
    if (!this.layered.has(kind)) {
      const layers = await errors.attemptAsync(() => layersOfKind(this.loaded, registered));
      this.layered.set(kind, layers === undefined ? undefined : { type: registered.type, layers });
    }
    return this.layered.get(kind);
  }

  /** What sources of the project are given. */
  get services(): SourceServices {
    return this.registry.services;
  }

  /** A kind of source. @throws ElementError UNSUPPORTED_PLUGIN */
  source(kind: string, origin: Origin): Registered<SourceKind> {
    return kindOf(kind, this.loaded.project.plugins.foreign.sources, () => this.registry.source(kind, origin));
  }
}
