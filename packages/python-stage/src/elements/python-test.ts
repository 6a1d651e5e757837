import { join } from 'node:path';
import {
  BuildElement,
  ElementError,
  type CommandList,
  type ElementKind,
  type Json,
  type MappingNode,
} from '@wheelhouse/element';

/** Who can run tests. */
export const TEST_RUNNERS = ['pytest', 'unittest', 'command'] as const;

/** Who runs tests. */
export type TestRunner = (typeof TEST_RUNNERS)[number];

/**
 * The tests of a project, run on its installed wheel, without the package's sources (docs/adr/0016). `runner` selects
 * the test runner (docs/adr/0032); `build-commands`, if set, replace all runners.
 */
export class PythonTestElement extends BuildElement {
  private runner: TestRunner = 'pytest';
  private runnerCommands: readonly string[] = [];
  private keepsSources = false;

  override configure(node: MappingNode): void {
    super.configure(node);
    this.runner = this.runnerOf(node);
    this.runnerCommands = this.nodeSubstList(node, `${this.runner}-commands`);
    this.keepsSources = this.nodeGetMember(node, 'bool', 'keep-sources', false);
  }

  override getUniqueKey(): Json {
    return { build: super.getUniqueKey(), runner: this.runnerCommands, 'keep-sources': this.keepsSources };
  }

  protected override configKeys(): readonly string[] {
    return ['runner', 'keep-sources', ...TEST_RUNNERS.map((runner) => `${runner}-commands`)];
  }

  protected override commandsOf(list: CommandList): readonly string[] {
    const own = super.commandsOf(list);
    if (list !== 'build-commands') return own;
    const commands = own.length === 0 ? this.runnerCommands : own;
    return this.keepsSources ? commands.map((command) => this.keeping(command)) : commands;
  }

  /** A command after which, however it ended, the sources are kept. */
  private keeping(command: string): string {
    const kept = this.getVariable('kept-sources');
    return `status=0; (${command}\n) || status=$?; rm -rf ${kept}; cp -R . ${kept}; exit $status`;
  }

  private runnerOf(node: MappingNode): TestRunner {
    const value = this.nodeSubstMember(node, 'runner');
    const runner = TEST_RUNNERS.find((known) => known === value);
    if (runner !== undefined) return runner;
    throw new ElementError({
      code: 'INVALID_DATA',
      message: `\`${value}\` is not a runner`,
      origin: node.get('runner')?.origin,
      hint: `use ${TEST_RUNNERS.map((known) => `\`${known}\``).join(' or ')}`,
    });
  }
}

/** Kind `python-test`. */
export const pythonTest: ElementKind = {
  kind: 'python-test',
  formatVersion: 2,
  defaults: join(__dirname, 'python-test.yaml'),
  create: (meta) => new PythonTestElement(meta),
};
