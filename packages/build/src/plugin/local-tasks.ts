import type { TargetConfiguration } from '@nx/devkit';
import {
  localBuildDependencies,
  localRequirements,
  type LocalRequirement,
  type LocalUse,
  type MarkerEnvironment,
  type ProjectMetadata,
} from '@wheelhouse/python/internal';
import type { MadeProject } from './inputs.js';
import type { TargetChoices } from '../workspace/target-options.js';

/** A Python project with what its tasks are made from. */
export interface TaskProject extends MadeProject {
  readonly metadata: ProjectMetadata;
  /** Its name in the workspace. */
  readonly name: string;
  readonly targets: TargetChoices;
}

/** What a target depends on. */
export type DependsOn = NonNullable<TargetConfiguration['dependsOn']>;

/** What the wheel of a project takes of the workspace, as tasks. */
export interface WheelTasks {
  /** The tasks that make the wheels. */
  readonly dependsOn: DependsOn;
  /**
   * Projects whose wheels no task makes that this one could wait for: those that require this project in turn, and those
   * without a target for it. What they are made of stands for them.
   */
  readonly made: readonly TaskProject[];
}

/**
 * The tasks that wait for one another because projects of the workspace require one another. That projects do when they
 * run is no reason for their wheels to wait, so that no cycle of requirements is one of tasks (docs/adr/0074).
 */
export class LocalTasks {
  private readonly all: readonly ProjectMetadata[];
  private readonly byRoot: ReadonlyMap<string, TaskProject>;
  private readonly cycles = new Cycles((root) => this.required(root, WHEEL_USES));
  private readonly known = new Map<string, readonly LocalRequirement[]>();

  /** @param environment what is known of the environment that is built for; see `platformMarkers` */
  constructor(
    projects: readonly TaskProject[],
    private readonly environment: Partial<MarkerEnvironment>,
  ) {
    this.all = projects.map(({ metadata }) => metadata);
    this.byRoot = new Map(projects.map((project) => [project.root, project]));
  }

  /** The tasks that the wheel of a project, and the wheelhouse beside it, wait for. */
  wheel(root: string): WheelTasks {
    return this.tasksOf(root, WHEEL_USES, this.cycles.of(root));
  }

  /** The tasks that its tests wait for beside that of its own wheel, which waits for no tests. */
  test(root: string): WheelTasks {
    return this.tasksOf(root, ['test']);
  }

  /** The tasks that the locks of a project wait for: those of the locks that its build requirements are built with. */
  lock(root: string): DependsOn {
    const metadata = this.byRoot.get(root)?.metadata;
    if (metadata === undefined) return [];
    const toolsOf = (project: ProjectMetadata): ProjectMetadata[] =>
      localBuildDependencies(project, this.all, { environment: this.environment });
    const tools = toolsOf(metadata).filter((tool) => tool !== metadata && !toolsOf(tool).includes(metadata));
    return tasks(
      tools.flatMap((tool) => this.byRoot.get(tool.root) ?? []).map((tool) => [tool.name, tool.targets.lock?.name]),
    );
  }

  /** @param cycle projects whose tasks wait for those of this one */
  private tasksOf(root: string, uses: readonly LocalUse[], cycle: ReadonlySet<string> = new Set()): WheelTasks {
    const awaited: TaskProject[] = [];
    const made: TaskProject[] = [];
    const seen = new Set([root]);
    const visit = (required: readonly string[]): void => {
      for (const each of required) {
        const project = this.byRoot.get(each);
        if (project === undefined || seen.has(each)) continue;
        seen.add(each);
        if (project.targets.buildWheel !== undefined && !cycle.has(each)) {
          awaited.push(project);
          continue;
        }
        made.push(project);
        visit(this.required(each, WHEEL_USES));
      }
    };
    visit(this.required(root, uses));
    const dependsOn = tasks(awaited.map(({ name, targets }) => [name, targets.buildWheel?.name]));
    return { dependsOn: [...dependsOn, ...made.flatMap(generators)], made };
  }

  private required(root: string, uses: readonly LocalUse[]): string[] {
    const project = this.byRoot.get(root);
    if (project === undefined) return [];
    const { metadata, settings } = project;
    const required =
      this.known.get(root) ?? localRequirements(metadata, this.all, { ...settings, environment: this.environment });
    this.known.set(root, required);
    return [...new Set(required.filter(({ use }) => uses.includes(use)).map((each) => each.project.root))];
  }
}

/** What a wheel, with all that is shipped beside it, is made of. */
const WHEEL_USES: readonly LocalUse[] = ['build', 'runtime'];

/** The tasks that make files which the wheel of another project is made of (docs/adr/0071). */
function generators({ name, settings }: TaskProject): DependsOn {
  return (settings.generated ?? []).map(({ by }) => (by.includes(':') ? by : { projects: [name], target: by }));
}

/** Tasks of other projects, those of one target together. */
function tasks(named: readonly (readonly [project: string, target: string | undefined])[]): DependsOn {
  const projectsOf = new Map<string, string[]>();
  for (const [project, target] of named) {
    if (target !== undefined) projectsOf.set(target, [...(projectsOf.get(target) ?? []), project]);
  }
  return [...projectsOf].map(([target, projects]) => ({ projects: projects.sort(), target }));
}

/** For each project of a cycle all projects of it: the strongly connected components of a graph (Tarjan), as asked for. */
class Cycles {
  private readonly indexes = new Map<string, number>();
  private readonly path = new Set<string>();
  private readonly cycles = new Map<string, ReadonlySet<string>>();

  constructor(private readonly next: (root: string) => readonly string[]) {}

  /** @returns `undefined` for a project that is in no cycle */
  of(root: string): ReadonlySet<string> | undefined {
    if (!this.indexes.has(root)) this.visit(root);
    return this.cycles.get(root);
  }

  private visit(root: string): number {
    const index = this.indexes.size;
    let lowest = index;
    this.indexes.set(root, index);
    this.path.add(root);
    for (const each of this.next(root)) {
      const known = this.indexes.get(each);
      if (known === undefined) lowest = Math.min(lowest, this.visit(each));
      else if (this.path.has(each)) lowest = Math.min(lowest, known);
    }
    if (lowest < index) return lowest;
    const all = [...this.path];
    const cycle = new Set(all.slice(all.indexOf(root)));
    for (const each of cycle) {
      this.path.delete(each);
      if (cycle.size > 1) this.cycles.set(each, cycle);
    }
    return lowest;
  }
}
