import { join } from 'node:path';
import { type ActionBuilder, Element, type ElementKind, stagedByLocation } from '../plugin/element.js';
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

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['commands', 'root-read-only', 'create-dev-shm']);
    this.commands = this.nodeSubstList(node, 'commands').filter((command) => command.trim() !== '');
    this.rootReadOnly = this.nodeGetMember(node, 'bool', 'root-read-only', false);
    this.createDevShm = this.nodeGetMember(node, 'bool', 'create-dev-shm', false);
    for (const dependency of this.dependencies) this.nodeValidate(dependency.config, ['location']);
  }

  override preflight(): void {
    if (this.sources.length > 0) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `${this.name}: Script elements do not support sources`,
        origin: this.origin,
        hint: 'let an `import` element hold the sources and depend on it',
      });
    }
  }

  override getUniqueKey(): Json {
    return {
      commands: this.commands,
      'root-read-only': this.rootReadOnly,
      'create-dev-shm': this.createDevShm,
      'install-root': this.getVariable('install-root'),
      locations: [...stagedByLocation(this)].map(([path, elements]) => [path, elements.map(({ name }) => name)]),
    };
  }

  override configureSandbox(sandbox: ActionBuilder): void {
    sandbox.markDirectory(this.rootReadOnly ? this.getVariable('install-root') : '/');
    if (this.createDevShm) sandbox.mountTmpfs('/dev/shm');
    sandbox.setWorkDirectory(this.getVariable('cwd'));
    sandbox.setEnvironment(this.environment);
  }

  override stage(sandbox: ActionBuilder): void {
    const byLocation = stagedByLocation(this);
    for (const [location, elements] of byLocation) sandbox.stageArtifacts(elements, location);
    for (const element of byLocation.get('/') ?? []) element.integrate(sandbox);
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
