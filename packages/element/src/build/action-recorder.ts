import { MappingNode } from '../load/node.js';
import type { ActionBuilder, Element } from '../plugin/element.js';
import type { RunOptions } from '../plugin/run-options.js';
import type { SplitSelection } from '../plugin/split-selection.js';
import type { Step } from '../plugin/ports.js';
import type { Source } from '../plugin/source.js';

/** One thing that is put into the root, in the order in which it was asked for. */
export type StageInstruction =
  | {
      readonly type: 'artifacts';
      readonly elements: readonly Element[];
      readonly path: string;
      readonly selection: SplitSelection;
    }
  | {
      readonly type: 'sources';
      readonly sources: readonly Source[];
      readonly path: string;
      readonly subdirectory: string;
    }
  | { readonly type: 'directory'; readonly path: string }
  | { readonly type: 'integrate'; readonly step: Step };

/** What an element's contract wrote down: see {@link ActionBuilder}. */
export class ActionRecorder implements ActionBuilder {
  readonly instructions: StageInstruction[] = [];
  readonly steps: Step[] = [];
  readonly writable: string[] = [];
  readonly tmpfs: string[] = [];
  private workDirectory = '/';
  private environment: Readonly<Record<string, string>> = {};
  private readonly changedPublic = new Map<string, MappingNode>();

  /** @param publicOf the public data of an element that has been built */
  constructor(
    private readonly element: Element,
    private readonly publicOf: (element: Element) => MappingNode,
  ) {}

  /** The element's public data with what was set. */
  get ownPublic(): MappingNode {
    const { entries, origin } = this.element.public;
    return new MappingNode(new Map([...entries, ...this.changedPublic]), origin);
  }

  setWorkDirectory(path: string): void {
    this.workDirectory = path;
  }

  setEnvironment(environment: Readonly<Record<string, string>>): void {
    this.environment = environment;
  }

  markDirectory(path: string): void {
    this.writable.push(path);
  }

  mountTmpfs(path: string): void {
    this.tmpfs.push(path);
  }

  stageArtifacts(elements: readonly Element[], path = '/', selection: SplitSelection = {}): void {
    this.instructions.push({ type: 'artifacts', elements, path, selection });
  }

  stageSources(sources: readonly Source[], path: string, subdirectory = '/'): void {
    this.instructions.push({ type: 'sources', sources, path, subdirectory });
  }

  makeDirectory(path: string): void {
    this.instructions.push({ type: 'directory', path });
  }

  integrate(step: Step): void {
    this.instructions.push({ type: 'integrate', step });
  }

  run(command: string, options: RunOptions = {}): void {
    this.steps.push({
      argv: ['sh', '-c', '-e', `${command}\n`],
      label: options.label ?? command,
      cwd: options.cwd ?? this.workDirectory,
      environment: options.environment ?? this.environment,
    });
  }

  publicData(element: Element, domain: string): MappingNode | undefined {
    return (element === this.element ? this.ownPublic : this.publicOf(element)).mapping(domain);
  }

  setPublicData(domain: string, data: MappingNode): void {
    this.changedPublic.set(domain, data);
  }
}
