import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import {
  findPython,
  type Interpreter,
  checkBuildCycle,
  localBuildDependencies,
  localClosure,
  localDependencies,
  localTestDependencies,
  type LocalUse,
  projectRequirements,
  type ProjectMetadata,
  readProjects,
  normalizeName,
  type MarkerEnvironment,
  withInnerProjects,
  type ProjectSettings,
  innerProjects,
  testPlaces,
} from '@wheelhouse/python/internal';
import type { PinnedIndex } from '@wheelhouse/python/fetch';
import {
  checkLocks,
  type ProjectRequirements,
  checkNoBinary,
  type Lock,
  readLocks,
  checkVendored,
  vendoredTrees,
} from '@wheelhouse/python/lockfile';
import { checkDistinctNames } from '@wheelhouse/python/metadata';
import { checkNoProblems, type ProblemProject } from './problem-project.js';
import type { ProjectRef, WorkspaceProject } from './workspace-project.js';
import { readEjected } from '../plan/ejected-templates.js';
import type { Toolchain } from '../toolchains/toolchain.js';
import { InterpreterChoice, type InterpreterPlaces } from './interpreter-choice.js';
import { checkedRust, rustParts, type RustParts } from './rust-parts.js';
import { ToolchainChoice } from './toolchain-choice.js';
import type { PlannedProject } from '../plan/planned-project.js';

/** What reading a workspace needs. */
export interface PythonWorkspaceOptions extends InterpreterPlaces {
  readonly projects: readonly ProjectRef[];
  /** Indexes that names are pinned to, beside those that pip and uv are configured with. */
  readonly indexes?: readonly PinnedIndex[];
  /** The projects that nothing can be done with. */
  readonly problems?: readonly ProblemProject[];
}

/** The Python projects of a workspace. Metadata is read when it is opened, locks and interpreters when asked for. */
export class PythonWorkspace {
  readonly toolchains: ToolchainChoice;
  private readonly interpreters: InterpreterChoice;

  private constructor(
    private readonly options: PythonWorkspaceOptions,
    readonly projects: readonly WorkspaceProject[],
  ) {
    this.toolchains = new ToolchainChoice(options.directory);
    this.interpreters = new InterpreterChoice(options, this.toolchains);
  }

  /** @throws ElementError METADATA, DUPLICATE_DISTRIBUTION, OUTSIDE_WORKSPACE; all that are found, together */
  static async open(options: PythonWorkspaceOptions): Promise<PythonWorkspace> {
    const metadata = await readProjects(
      options.projects.map(({ root }) => root),
      {
        workspace: options.directory,
        memo: options.memo('python-metadata'),
        python: () => findPython(options.environment, options.memo('python-interpreters')),
        settings: (root) => options.projects.find((each) => each.root === root)?.settings,
        environment: options.environment,
      },
    );
    return PythonWorkspace.of(options, metadata);
  }

  /**
   * The same for callers that have read the metadata.
   *
   * @param metadata of the projects, in their order
   * @throws ElementErrors DUPLICATE_DISTRIBUTION
   */
  static of(options: PythonWorkspaceOptions, metadata: readonly ProjectMetadata[]): PythonWorkspace {
    checkDistinctNames(metadata);
    const roots = options.projects.map(({ root }) => root);
    const projects = options.projects.flatMap((ref, index) => {
      const found = metadata[index];
      const settings = withInnerProjects(ref.settings ?? {}, innerProjects(ref.root, roots, options.directory));
      return found === undefined ? [] : [{ ref: { ...ref, settings }, metadata: found }];
    });
    return new PythonWorkspace(options, projects);
  }

  /** The projects that nothing can be done with: neither they nor those that require them. */
  get problems(): readonly ProblemProject[] {
    return this.options.problems ?? [];
  }

  get directory(): string {
    return this.options.directory;
  }

  get indexes(): readonly PinnedIndex[] {
    return this.options.indexes ?? [];
  }

  /**
   * The project of that name, in the workspace or as a distribution.
   *
   * @throws ElementError METADATA, and what is wrong with the project
   */
  project(name: string): WorkspaceProject {
    const found = this.projects.find(({ ref }) => ref.name === name);
    if (found !== undefined) return found;
    const problem =
      this.problems.find(({ ref }) => ref.name === name) ??
      this.problems.find(({ names }) => names.includes(normalizeName(name)));
    if (problem !== undefined) throw problem.error;
    const distribution = this.projects.find(({ metadata }) => metadata.normalizedName === normalizeName(name));
    if (distribution !== undefined) return distribution;
    throw new ElementError({
      code: 'METADATA',
      message: `this workspace has no Python project \`${name}\``,
      hint:
        this.projects.length === 0
          ? 'a Python project has a setup.py, setup.cfg or pyproject.toml with a name'
          : `its Python projects are ${this.projects.map(({ ref }) => `\`${ref.name}\``).join(', ')}`,
    });
  }

  /**
   * The projects of this workspace that `project` needs, dependencies first.
   *
   * @param use `test` for those that its tests need beside what it is installed with, `build` for what its own wheel is
   *   built with
   * @param environment where markers are asked; absent for every environment
   * @throws ElementError METADATA if it needs one that nothing can be done with
   */
  localDependencies(
    { ref, metadata }: WorkspaceProject,
    use: LocalUse = 'runtime',
    environment: Partial<MarkerEnvironment> = {},
  ): WorkspaceProject[] {
    this.checkNoProblems(metadata, ref.settings);
    const find = { runtime: localDependencies, test: localTestDependencies, build: localBuildDependencies }[use];
    return this.found(find(metadata, this.allMetadata(), { ...ref.settings, environment }));
  }

  /** All projects of this workspace that building and testing `project` may take, wherever that is. */
  localClosure({ ref, metadata }: WorkspaceProject): WorkspaceProject[] {
    return this.found(localClosure(metadata, this.allMetadata(), ref.settings).map(({ project }) => project));
  }

  /**
   * What the locks of a project have to answer: its own requirements and those of its local dependencies.
   *
   * @throws ElementError RESOLUTION if a local dependency does not fit what is required of it in this environment,
   *   METADATA if it is one that nothing can be done with
   */
  requirements({ ref, metadata }: WorkspaceProject, environment?: MarkerEnvironment): ProjectRequirements {
    this.checkNoProblems(metadata, ref.settings);
    const resolve = ref.resolve === undefined ? {} : { resolve: ref.resolve };
    return { ...projectRequirements(metadata, this.allMetadata(), { ...ref.settings, environment }), ...resolve };
  }

  /**
   * The projects that are resolved together with `project`, itself among them, in the order of their roots.
   *
   * @throws ElementError what is wrong with one of them
   */
  group(project: WorkspaceProject): WorkspaceProject[] {
    const { resolve } = project.ref;
    if (resolve === undefined) return [project];
    const problem = this.problems.find(({ ref }) => ref.resolve === resolve);
    if (problem !== undefined) throw problem.error;
    return this.projects
      .filter(({ ref }) => ref.resolve === resolve)
      .sort((a, b) => (a.ref.root < b.ref.root ? -1 : 1));
  }

  /** Distributions that are built from their sdists for a project, or for one that it is resolved together with. */
  noBinary(project: WorkspaceProject): string[] {
    return [...new Set(this.group(project).flatMap(({ ref }) => ref.settings?.noBinary ?? []))];
  }

  /** The interpreter a project is built with: that of its toolchain. @throws ElementError INTERPRETER, TOOLCHAIN */
  async interpreter(project: WorkspaceProject): Promise<Interpreter> {
    return await this.interpreters.of(project);
  }

  /** The interpreter of this machine that a project's development environment has. @throws ElementError INTERPRETER */
  async machineInterpreter(project: WorkspaceProject): Promise<Interpreter> {
    return await this.interpreters.ofMachine(project);
  }

  /** Absolute path of a Python of this machine that stands for a project's where none of its code is run. @throws ElementError INTERPRETER */
  async machinePython(project: WorkspaceProject): Promise<string> {
    return await this.interpreters.anyOfMachine(project);
  }

  /** See {@link ToolchainChoice.of}. */
  toolchain(project: WorkspaceProject): Toolchain | undefined {
    return this.toolchains.of(project);
  }

  /**
   * Everything the project's elements are made from.
   *
   * @param where `machine` for what is used on this machine itself, such as a development environment
   * @throws ElementError LOCK_MISSING, LOCK_STALE, INTERPRETER; INVALID_YAML and INVALID_DATA of its own templates;
   *   RESOLUTION if wheels need one another to be built
   */
  async planned(project: WorkspaceProject, where: 'toolchain' | 'machine' = 'toolchain'): Promise<PlannedProject> {
    const { ref, metadata } = project;
    const place = { workspace: this.directory, command: `nx run ${ref.name}:lock` };
    const isLocal = where === 'machine';
    const interpreter = isLocal ? await this.machineInterpreter(project) : await this.interpreter(project);
    const toolchain = isLocal ? this.toolchains.ofMachine(project) : this.toolchain(project);
    const locks = readLocks(metadata, place);
    const { markers, version } = interpreter;
    checkLocks(metadata, locks, this.requirements(project, markers), { ...place, interpreter: version, markers });
    checkNoBinary(this.noBinary(project), locks, { ...place, markers });
    checkVendored(metadata, locks, place, await vendoredTrees(locks, this.directory));
    const settings = ref.settings ?? {};
    return {
      metadata: await this.versioned(project),
      locks,
      interpreter,
      toolchain,
      settings,
      tests: testPlaces({
        directory: this.directoryOf(project),
        distribution: metadata.normalizedName,
        testInclude: settings.testInclude,
      }),
      ejected: readEjected(metadata.root, this.directory),
      ...(await this.buildTools(project, interpreter.markers, where)),
      ...checkedRust(await this.rustParts(metadata, locks.build), toolchain, ref.name),
    };
  }

  /**
   * The projects of the workspace that a project's wheel is built with.
   *
   * @throws what {@link planned} does of them
   */
  async buildTools(
    project: WorkspaceProject,
    environment: MarkerEnvironment,
    where: 'toolchain' | 'machine' = 'toolchain',
  ): Promise<Pick<PlannedProject, 'builtWith'>> {
    checkBuildCycle(project.metadata, this.allMetadata(), environment);
    const builtWith: PlannedProject[] = [];
    for (const tool of this.localDependencies(project, 'build', environment))
      builtWith.push(await this.planned(tool, where));
    return builtWith.length === 0 ? {} : { builtWith };
  }

  /** What builds by cargo need, where one of these locks has a backend that runs it. @throws ElementError TOOLCHAIN */
  async rustParts(metadata: ProjectMetadata, build: ReadonlyMap<string, Lock>): Promise<RustParts> {
    return await rustParts(metadata, build, this.options);
  }

  /** The project's metadata with the version that its repository gives it. @throws ElementError METADATA */
  async versioned({ ref, metadata }: WorkspaceProject): Promise<ProjectMetadata> {
    const { vcsVersion } = metadata;
    if (vcsVersion === undefined) return metadata;
    const { readVcsVersion } = await import('@wheelhouse/python/metadata');
    const version = await readVcsVersion(vcsVersion, {
      directory: this.directoryOf({ ref }),
      name: metadata.normalizedName,
      environment: this.options.environment,
      commits: ref.settings?.versionCommits,
    });
    return { ...metadata, version };
  }

  /** Absolute path of a project's directory. */
  directoryOf({ ref }: Pick<WorkspaceProject, 'ref'>): string {
    return join(this.directory, ref.root);
  }

  private found(metadata: readonly ProjectMetadata[]): WorkspaceProject[] {
    return metadata.flatMap((each) => this.projects.filter(({ metadata: own }) => own === each));
  }

  private checkNoProblems(metadata: ProjectMetadata, settings: ProjectSettings | undefined): void {
    if (this.problems.length === 0) return;
    const all = this.allMetadata();
    const comesWith = localClosure(metadata, all, settings).map(({ project }) => project);
    checkNoProblems([metadata, ...comesWith], this.problems);
  }

  private allMetadata(): ProjectMetadata[] {
    return this.projects.map(({ metadata }) => metadata);
  }
}
