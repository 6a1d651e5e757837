import { DependencyLayout } from './dependency-layout.js';
import { type ActionBuilder, type DependencyConfiguration, Element } from './element.js';
import type { Json } from '../base/json.js';
import type { MappingNode } from '../load/node.js';

const COMMAND_LISTS = ['configure-commands', 'build-commands', 'install-commands', 'strip-commands'] as const;

/** The names of a build element's command lists, in the order in which they run. @public */
export type CommandList = (typeof COMMAND_LISTS)[number];

/**
 * The common case of an element (BuildStream reference: `BuildElement`): build dependencies are staged and integrated,
 * sources are staged in `%{build-root}`, commands run in `%{build-root}[/%{command-subdir}]`, and what they write to
 * `%{install-root}` is the artifact. Only these two directories are writable.
 *
 * @public
 */
export abstract class BuildElement extends Element {
  private commands: ReadonlyMap<CommandList, readonly string[]> = new Map();
  private createDevShm = false;
  private layout = new DependencyLayout();

  override configure(node: MappingNode): void {
    this.nodeValidate(node, [...COMMAND_LISTS, 'create-dev-shm', ...this.configKeys()]);
    this.commands = new Map(
      COMMAND_LISTS.map((list) => [list, this.nodeSubstList(node, list).filter((command) => command.trim() !== '')]),
    );
    this.createDevShm = this.nodeGetMember(node, 'bool', 'create-dev-shm', false);
  }

  override configureDependencies(dependencies: readonly DependencyConfiguration[]): void {
    this.layout = new DependencyLayout(dependencies);
  }

  override getUniqueKey(): Json {
    return {
      ...Object.fromEntries(this.commands),
      'command-subdir': this.variables.get('command-subdir') ?? '',
      'create-dev-shm': this.createDevShm,
      'install-root': this.getVariable('install-root'),
      ...this.layout.uniqueKey(),
    };
  }

  override configureSandbox(sandbox: ActionBuilder): void {
    sandbox.markDirectory(this.getVariable('build-root'));
    sandbox.markDirectory(this.getVariable('install-root'));
    if (this.createDevShm) sandbox.mountTmpfs('/dev/shm');
    sandbox.setWorkDirectory(this.workDirectory());
    sandbox.setEnvironment(this.environment);
  }

  override stage(sandbox: ActionBuilder): void {
    this.layout.stage(sandbox);
    this.stageSources(sandbox, this.getVariable('build-root'));
  }

  override prepare(sandbox: ActionBuilder): void {
    this.runAll(sandbox, 'configure-commands');
  }

  override assemble(sandbox: ActionBuilder): string {
    this.runAll(sandbox, 'build-commands');
    this.runAll(sandbox, 'install-commands');
    this.runAll(sandbox, 'strip-commands');
    return this.getVariable('install-root');
  }

  override generateScript(): string {
    return COMMAND_LISTS.flatMap((list) => this.commandsOf(list))
      .map((command) => `(set -ex; ${command}\n) || exit 1\n`)
      .join('');
  }

  /** The commands of one list, their variables put in. */
  protected commandsOf(list: CommandList): readonly string[] {
    return this.commands.get(list) ?? [];
  }

  /** Keys of `config` that a derived kind reads beside those of every build element. */
  protected configKeys(): readonly string[] {
    return [];
  }

  /** The directory commands start in. */
  protected workDirectory(): string {
    const buildRoot = this.getVariable('build-root');
    const subdir = this.variables.get('command-subdir') ?? '';
    return subdir === '' ? buildRoot : `${buildRoot}/${subdir}`;
  }

  private runAll(sandbox: ActionBuilder, list: CommandList): void {
    for (const command of this.commandsOf(list)) sandbox.run(command);
  }
}
