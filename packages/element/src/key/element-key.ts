import { digestOf } from '../cas/digest.js';
import type { Element } from '../plugin/element.js';
import { canonicalJson, notPlain, type Json } from '../base/json.js';
import { callPlugin, pluginFault } from '../plugin/plugin-call.js';
import type { Key } from '../plugin/ports.js';
import type { Source } from '../plugin/source.js';
import { fatalStagingWarnings } from '../plugin/staging-warning.js';

/** Versions of the rules that an element is built by. A change of one changes every key. */
export interface RuleVersions {
  /** Of the sandbox contract: ids, umask, times, host name, mounts, the batch wrapper. */
  readonly sandbox: number;
  /** Of staging: overlaps, links, modes. */
  readonly staging: number;
}

/** Everything an element's key is made of: plain data, kept with the artifact so that two keys can be compared. */
export interface KeyInputs {
  readonly [name: string]: Json;
  /** The format of this very record. */
  readonly format: 2;
  /** The same configuration means something else to another kind, another version of it, or other defaults. */
  readonly kind: Json;
  /** What can change the output, according to the kind. */
  readonly plugin: Json;
  /** Commands are written with them, and generated files may hold them. */
  readonly variables: Json;
  /** What its commands, integration commands among them, see, but for the names that the project declares harmless. */
  readonly environment: Json;
  /** Integration commands and split rules act on the elements that depend on this one. */
  readonly public: Json;
  readonly sources: Json;
  /** The keys of what is staged, in staging order: order decides overlaps. */
  readonly dependencies: Json;
  /** The ids commands run under, and the platform they build for. */
  readonly platform: Json;
  readonly rules: Json;
  /** The warnings that end the element's build, if there are some and it stages what others made. */
  readonly fatal?: Json;
}

/** Computes keys, each once. Asks sources and toolchains only for what they already know. */
export class ElementKeys {
  private readonly computed = new Map<Element, { readonly key: Key; readonly inputs: KeyInputs }>();

  constructor(private readonly rules: RuleVersions) {}

  /** The element's unique key. */
  key(element: Element): Key {
    return this.of(element).key;
  }

  /** What the key is the SHA-256 of, in canonical JSON. */
  inputs(element: Element): KeyInputs {
    return this.of(element).inputs;
  }

  private of(element: Element): { readonly key: Key; readonly inputs: KeyInputs } {
    const known = this.computed.get(element);
    if (known !== undefined) return known;
    const inputs = this.collect(element);
    const computed = { key: keyOf(inputs), inputs };
    this.computed.set(element, computed);
    return computed;
  }

  private collect(element: Element): KeyInputs {
    const runs = element.runsCommands;
    const staged = element.closure('build');
    const fatal = staged.length === 0 ? [] : fatalStagingWarnings(element.project);
    return {
      format: 2,
      kind: kindOf(element),
      plugin: uniqueKey(element),
      variables: runs ? keyedVariables(element) : {},
      environment: runs || integrates(element) ? cachedEnvironment(element) : {},
      public: element.public.toPlain(),
      sources: element.sources.map(sourceKey),
      dependencies: staged.map((dependency) => this.key(dependency)),
      platform: runs ? { ...element.sandbox } : {},
      rules: { ...this.rules },
      ...(fatal.length === 0 ? {} : { fatal }),
    };
  }
}

/** The key that inputs hash to. */
export function keyOf(inputs: Json): Key {
  return digestOf(canonicalJson(inputs)).hash as Key;
}

function kindOf({ identity }: Element | Source): Json {
  return {
    kind: identity.kind,
    formatVersion: identity.formatVersion,
    defaults: identity.defaults ?? null,
    origin: identity.origin ?? null,
  };
}

function sourceKey(source: Source): Json {
  return { kind: kindOf(source), directory: source.directory, key: uniqueKey(source) };
}

/** The number of processors does not change what is built; commands that contain it are keyed by their text. */
function keyedVariables(element: Element): Json {
  const { 'max-jobs': _, ...variables } = element.variables.toRecord();
  return variables;
}

/** The answer of a kind, which must be plain data: anything else has no canonical text. @throws ElementError PLUGIN */
function uniqueKey(plugin: Element | Source): Json {
  const key = callPlugin(plugin, 'getUniqueKey', () => plugin.getUniqueKey());
  const wrong = notPlain(key);
  if (wrong === undefined) return key;
  throw pluginFault(plugin, 'getUniqueKey', `returned a value that is not plain data: ${wrong}`);
}

function integrates(element: Element): boolean {
  return (element.public.mapping('bst')?.sequence('integration-commands')?.items.length ?? 0) > 0;
}

function cachedEnvironment(element: Element): Json {
  const nocache = new Set(element.environmentNocache);
  return Object.fromEntries(Object.entries(element.environment).filter(([name]) => !nocache.has(name)));
}
