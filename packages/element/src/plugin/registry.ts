import type { ElementKind } from './element.js';
import type { SourceKind } from './source.js';
import { SourceServices } from './source-services.js';
import type { Json } from '../base/json.js';
import { ElementError } from '../base/error.js';
import type { Origin } from '../base/origin.js';

/** What a plugin module exports: its kinds. @public */
export interface PluginModule {
  readonly elements?: readonly ElementKind[];
  readonly sources?: readonly SourceKind[];
}

/** A kind, and what it was loaded from where that is not this package. */
export interface Registered<T> {
  readonly type: T;
  readonly origin?: Json;
}

/** The kinds a project can name, and what its sources work with. A later registration of a kind replaces an earlier one. */
export class PluginRegistry {
  private readonly elements = new Map<string, Registered<ElementKind>>();
  private readonly sources = new Map<string, Registered<SourceKind>>();

  constructor(readonly services: SourceServices = new SourceServices()) {}

  /** @param origin what the module was loaded from; part of the key of what its kinds build */
  register(module: PluginModule, origin?: Json): this {
    const from = origin === undefined ? {} : { origin };
    for (const type of module.elements ?? []) this.elements.set(type.kind, { type, ...from });
    for (const type of module.sources ?? []) this.sources.set(type.kind, { type, ...from });
    return this;
  }

  /** A registry of its own with the same kinds. */
  copy(): PluginRegistry {
    const copy = new PluginRegistry(this.services);
    for (const [kind, registered] of this.elements) copy.elements.set(kind, registered);
    for (const [kind, registered] of this.sources) copy.sources.set(kind, registered);
    return copy;
  }

  /** @throws ElementError UNSUPPORTED_PLUGIN */
  element(kind: string, origin: Origin): Registered<ElementKind> {
    return this.elements.get(kind) ?? unknown('element', kind, origin, this.elements);
  }

  /** @throws ElementError UNSUPPORTED_PLUGIN */
  source(kind: string, origin: Origin): Registered<SourceKind> {
    return this.sources.get(kind) ?? unknown('source', kind, origin, this.sources);
  }
}

function unknown(what: string, kind: string, origin: Origin, known: ReadonlyMap<string, unknown>): never {
  throw new ElementError({
    code: 'UNSUPPORTED_PLUGIN',
    message: `No ${what} plugin registered for kind '${kind}'`,
    origin,
    hint: `known kinds are ${[...known.keys()].map((name) => `\`${name}\``).join(', ')}; declare others in project.conf's \`plugins\``,
  });
}
