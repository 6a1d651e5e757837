import { Plugin, type PluginMeta } from './plugin.js';
import type { HostMount, Step } from './ports.js';
import type { ProjectInfo } from './project-info.js';
import type { RunOptions } from './run-options.js';
import type { Source } from './source.js';
import type { SplitSelection } from './split-selection.js';
import { ElementError } from '../base/error.js';
import type { MappingNode } from '../load/node.js';
import type { Variables } from '../load/composition/variables.js';

/** When a dependency is needed. @public */
export type DependencyType = 'build' | 'runtime' | 'all';

/** One dependency of an element. @public */
export interface Dependency {
  readonly element: Element;
  readonly type: DependencyType;
}

/** One mention of a build dependency, as {@link Element.configureDependencies} is given it. @public */
export interface DependencyConfiguration {
  readonly element: Element;
  /** The name by which the element mentions it. */
  readonly path: string;
  /** The `config` of the mention, its variables put in; absent if none was written. */
  readonly config?: MappingNode | undefined;
}

/**
 * A part of an element's dependencies: those staged to build it, or those it needs at run time, including itself.
 *
 * @public
 */
export type Scope = 'build' | 'run';

/** The ids commands run under and what they build for (`sandbox` of an element). @public */
export interface SandboxSettings {
  readonly uid: number;
  readonly gid: number;
  readonly os: string;
  readonly arch: string;
}

/**
 * What an element is constructed with. All of it is resolved and frozen; `config` is passed to `configure`.
 *
 * @public
 */
export interface ElementMeta extends PluginMeta {
  readonly project: ProjectInfo;
  readonly description: string;
  readonly variables: Variables;
  readonly environment: Readonly<Record<string, string>>;
  /** Names of environment variables that are no part of the key. */
  readonly environmentNocache: readonly string[];
  readonly sandbox: SandboxSettings;
  readonly public: MappingNode;
  readonly sources: readonly Source[];
  readonly dependencies: readonly Dependency[];
}

/**
 * What `configureSandbox`, `stage`, `prepare` and `assemble` write to: the sandbox of BuildStream's reference, as the
 * description of an action. Nothing runs while it is written.
 *
 * @public
 */
export interface ActionBuilder {
  /** The directory commands start in: an absolute path. */
  setWorkDirectory(path: string): void;
  /** The whole environment of the commands. */
  setEnvironment(environment: Readonly<Record<string, string>>): void;
  /** A directory that commands may write below: an absolute path. */
  markDirectory(path: string): void;
  /** An empty file system in memory at an absolute path. */
  mountTmpfs(path: string): void;
  /**
   * Stages the artifacts of these elements below `path` (default: the root), in this order. Of each only what
   * `selection` takes by the split rules of its own public data; default: all of it.
   */
  stageArtifacts(elements: readonly Element[], path?: string, selection?: SplitSelection): void;
  /** Stages what these sources hold below `path`; `subdirectory` takes only that part of them. */
  stageSources(sources: readonly Source[], path: string, subdirectory?: string): void;
  /** Makes an empty directory at an absolute path, unless something staged is there. */
  makeDirectory(path: string): void;
  /** A command to run in the root as it is staged so far, before anything staged later. Its root is writable. */
  integrate(step: Step): void;
  /** A command line for `sh -c -e`, after all that came before. */
  run(command: string, options?: RunOptions): void;
  /**
   * A domain of public data: of this element as it is so far, of one that this element is built with as its build left
   * it (BuildStream reference: `Element.get_public_data`).
   */
  publicData(element: Element, domain: string): MappingNode | undefined;
  /**
   * Replaces a domain of this element's public data: elements that depend on it see that instead of what its file
   * says (BuildStream reference: `Element.set_public_data`).
   */
  setPublicData(domain: string, data: MappingNode): void;
}

/** What is built (BuildStream reference: `Element`). @public */
export abstract class Element extends Plugin {
  readonly project: ProjectInfo;
  readonly description: string;
  readonly variables: Variables;
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentNocache: readonly string[];
  readonly sandbox: SandboxSettings;
  readonly public: MappingNode;
  readonly sources: readonly Source[];
  readonly dependencies: readonly Dependency[];
  /** What {@link closure} found for the scope `run`: dependencies do not change. */
  private atRunTime: readonly Element[] | undefined;
  /** The union that this element was last put into. */
  private putInto: readonly Element[] | undefined;

  constructor(meta: ElementMeta) {
    super(meta);
    this.project = meta.project;
    this.description = meta.description;
    this.variables = meta.variables;
    this.environment = meta.environment;
    this.environmentNocache = meta.environmentNocache;
    this.sandbox = meta.sandbox;
    this.public = meta.public;
    this.sources = meta.sources;
    this.dependencies = meta.dependencies;
  }

  /** The name within its project: `%{element-name}`. */
  get ownName(): string {
    return this.name.slice(this.name.lastIndexOf(':') + 1);
  }

  /** The name without its suffix and with `-` for `/`: fit for a file's name. */
  get normalName(): string {
    return this.ownName.replace(/\.bst$/, '').replaceAll('/', '-');
  }

  /** Whether commands run: an element without them is a pure function of what is staged. */
  get runsCommands(): boolean {
    return true;
  }

  /** The value of a variable. @throws ElementError UNRESOLVED_VARIABLE */
  getVariable(name: string): string {
    const value = this.variables.get(name);
    if (value === undefined) {
      throw new ElementError({
        code: 'UNRESOLVED_VARIABLE',
        message: `${this.name} has no variable \`${name}\``,
        origin: this.origin,
      });
    }
    return value;
  }

  /** A string member with its variables put in. @throws ElementError */
  nodeSubstMember(node: MappingNode, name: string, fallback?: string): string {
    const member = node.scalar(name);
    if (member === undefined && fallback !== undefined) return fallback;
    return this.variables.expand(node.required(name, member));
  }

  /** Element `index` (from 0) of the list under `name`, a string, with its variables put in. @throws ElementError */
  nodeSubstListElement(node: MappingNode, name: string, index: number): string {
    this.nodeGetListElement(node, 'str', name, index);
    const item = this.nodeGetMember(node, 'list', name).scalars()[index];
    return item === undefined ? '' : this.variables.expand(item);
  }

  /** The whole list under `name`, strings, with their variables put in; empty if there is none. */
  nodeSubstList(node: MappingNode, name: string): string[] {
    return (node.sequence(name)?.scalars() ?? []).map((item) => this.variables.expand(item));
  }

  /**
   * The elements of a scope in staging order, dependencies first. `build`: build dependencies and all they need when
   * they run. `run`: runtime dependencies and all they need, then this element.
   */
  closure(scope: Scope): Element[] {
    if (scope === 'run') return [...this.runClosure()];
    const needed = this.dependencies.filter(({ type }) => type !== 'runtime');
    return Element.unionOf(needed.map(({ element }) => element.runClosure()));
  }

  /** Of a deep graph first that of what is lowest, so that no closure calls for another one's that calls on. */
  private runClosure(): readonly Element[] {
    const path: Element[] = [this];
    for (let element = path.at(-1); element !== undefined; element = path.at(-1)) {
      const needed = element.dependencies.flatMap((each) => (each.type === 'build' ? [] : [each.element]));
      const open = needed.filter((each) => each.atRunTime === undefined);
      if (open.length > 0) path.push(...open);
      else {
        element.atRunTime ??= [...Element.unionOf(needed.map((each) => each.atRunTime ?? [])), element];
        path.pop();
      }
    }
    return this.atRunTime ?? [];
  }

  /**
   * The elements of closures, each once, in the order in which they come first. They are marked and not looked up in a
   * set: of a thousand elements on one another, these are a million look-ups.
   */
  private static unionOf(closures: readonly (readonly Element[])[]): Element[] {
    const union: Element[] = [];
    for (const closure of closures) {
      for (const element of closure) {
        if (element.putInto === union) continue;
        element.putInto = union;
        union.push(element);
      }
    }
    return union;
  }

  /**
   * Reads the configuration of the build dependencies. Called once, after `configure`. A kind that does not override it
   * has none (BuildStream reference: `Element.configure_dependencies`).
   *
   * @param dependencies in staging order; one that is mentioned with several configurations comes once for each
   * @throws ElementError INVALID_DATA if a configuration is not as it must be
   */
  configureDependencies(dependencies: readonly DependencyConfiguration[]): void {
    for (const { config } of dependencies) {
      if (config === undefined) continue;
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `Elements of kind \`${this.kind}\` do not support configuration of dependencies`,
        origin: config.origin,
      });
    }
  }

  /** Directories, working directory and environment of the sandbox. */
  abstract configureSandbox(sandbox: ActionBuilder): void;

  /** Puts dependencies and sources into the sandbox. */
  abstract stage(sandbox: ActionBuilder): void;

  /** Preparations that run once for a build directory: nothing, unless an element has some. */
  prepare(_sandbox: ActionBuilder): void {
    return;
  }

  /** Makes the artifact. @returns the absolute path inside the sandbox that is collected */
  abstract assemble(sandbox: ActionBuilder): string;

  /** A POSIX sh script that builds the element outside Wheelhouse. @throws ElementError if the kind has none */
  generateScript(): string {
    throw new ElementError({
      code: 'INVALID_DATA',
      message: `Elements of kind \`${this.kind}\` have no build script`,
      origin: this.origin,
      hint: 'kinds that run commands have one, such as `manual`',
    });
  }

  /** What this element runs in a root it was staged into (`public.bst.integration-commands`). */
  integrate(sandbox: ActionBuilder): void {
    const commands = sandbox.publicData(this, 'bst')?.sequence('integration-commands');
    for (const node of commands?.scalars() ?? []) {
      const command = node.asString();
      sandbox.integrate({
        argv: ['sh', '-c', '-e', `${command}\n`],
        label: command,
        cwd: '/',
        environment: this.environment,
      });
    }
  }

  /** Stages this element's sources below an absolute path; `subdirectory` takes only that part of them. */
  stageSources(sandbox: ActionBuilder, path: string, subdirectory?: string): void {
    if (this.sources.length > 0) sandbox.stageSources(this.sources, path, subdirectory);
  }

  /** Parts of this machine that are visible at their own paths wherever this element is staged. Only toolchains have some. */
  hostMounts(): readonly HostMount[] {
    return [];
  }
}

/** A kind of element: what a plugin module's `elements` lists. @public */
export interface ElementKind {
  readonly kind: string;
  readonly formatVersion: number;
  /** Absolute path of a YAML file with the kind's defaults (variables, environment, config, public). */
  readonly defaults?: string;
  /** Makes one; the resolver calls `configure` next. */
  create(meta: ElementMeta): Element;
}
