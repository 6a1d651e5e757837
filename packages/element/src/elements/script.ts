import { join } from 'node:path';
import { DependencyLayout } from '../plugin/dependency-layout.js';
import { type ActionBuilder, type DependencyConfiguration, Element, type ElementKind } from '../plugin/element.js';
import type { Json } from '../base/json.js';
import type { MappingNode } from '../load/node.js';
import { ElementError } from '../base/error.js';

/**
 * Runs commands in a root made of its build dependencies, each staged at its `location`, and collects
 * `%{install-root}` (BuildStream reference: script element). The root can be written unless `root-read-only` is true.
 */
export class ScriptElement extends Element {
  private commands: readonly string[] = [];
  private rootReadOnly = false;
  private createDevShm = false;
  private layout = new DependencyLayout();

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['commands', 'root-read-only', 'create-dev-shm']);
    this.commands = this.nodeSubstList(node, 'commands').filter((command) => command.trim() !== '');
    this.rootReadOnly = this.nodeGetMember(node, 'bool', 'root-read-only', false);
    this.createDevShm = this.nodeGetMember(node, 'bool', 'create-dev-shm', false);
  }

  override configureDependencies(dependencies: readonly DependencyConfiguration[]): void {
    this.layout = new DependencyLayout(dependencies);
  }

  override preflight(): void {
    if (this.sources.length > 0) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `${this.name}: Script elements do not support sources`,
        origin: this.origin,
        hint: 'put the sources in an `import` element and depend on it',
      });
    }
  }

  override getUniqueKey(): Json {
    return {
      commands: this.commands,
      'root-read-only': this.rootReadOnly,
      'create-dev-shm': this.createDevShm,
      'install-root': this.getVariable('install-root'),
      ...this.layout.uniqueKey(),
    };
  }

  override configureSandbox(sandbox: ActionBuilder): void {
    sandbox.markDirectory(this.rootReadOnly ? this.getVariable('install-root') : '/');
    if (this.createDevShm) sandbox.mountTmpfs('/dev/shm');
    sandbox.setWorkDirectory(this.getVariable('cwd'));
    sandbox.setEnvironment(this.environment);
  }

  override stage(sandbox: ActionBuilder): void {
    this.layout.stage(sandbox);
    sandbox.makeDirectory(this.getVariable('install-root'));
  }

  override assemble(sandbox: ActionBuilder): string {
    for (const command of this.commands) sandbox.run(command);
    return this.getVariable('install-root');
  }

  override generateScript(): string {
    return this.commands.map((command) => `(set -ex; ${command}\n) || exit 1\n`).join('');
  }
}

/** Kind `script`. */
export const script: ElementKind = {
  kind: 'script',
  formatVersion: 1,
  defaults: join(__dirname, 'script.yaml'),
  create: (meta) => new ScriptElement(meta),
};
