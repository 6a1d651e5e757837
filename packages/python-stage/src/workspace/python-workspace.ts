import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { openPackageDatabase } from '@wheelhouse/element/internal';
import { imageArchitecture, parseBaseReference } from '@wheelhouse/oci/internal';
import {
  chooseInterpreter,
  type DebianPackagesChoice,
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
  usesCargo,
} from '@wheelhouse/python/lockfile';
import { checkDistinctNames } from '@wheelhouse/python/metadata';
import { checkNoProblems, type ProblemProject } from './problem-project.js';
import type { ProjectRef, WorkspaceProject } from './workspace-project.js';
import { readEjected } from '../plan/ejected-templates.js';
import { debianArchitecture, DEFAULT_COMPONENTS } from '../toolchains/debian-names.js';
import { lockedDebian, lockedImage, notLocked, readToolchainLock } from '../toolchains/toolchain-lock.js';
import { rootLabel, type RootToolchain, type Toolchain } from '../toolchains/toolchain.js';
import { rootPrograms } from './root-programs.js';
import type { DescribeRoot } from '../toolchains/root-description.js';
import type { PlannedProject } from '../plan/planned-project.js';

/** What reading a workspace needs. */
export interface PythonWorkspaceOptions {
  /** Absolute path. */
  readonly directory: string;
  readonly projects: readonly ProjectRef[];
  /** Where interpreters are looked for (`PATH`, pyenv's variables). */
  readonly environment: NodeJS.ProcessEnv;
  /** Indexes that names are pinned to, beside those that pip and uv are configured with. */
  readonly indexes?: readonly PinnedIndex[];
  /** The projects that nothing can be done with. */
  readonly problems?: readonly ProblemProject[];
  /** Describes toolchains that are not of this machine; without it, projects with such a one cannot be planned. */
  readonly describeRoot?: DescribeRoot | undefined;
  /** The path of a file in which something is remembered between runs, by its name. */
  memo(name: string): string;
}

/** The Python projects of a workspace. Metadata is read when it is opened, locks and interpreters when asked for. */
export class PythonWorkspace {
  private constructor(
    private readonly options: PythonWorkspaceOptions,
    readonly projects: readonly WorkspaceProject[],
  ) {}

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
    const toolchain = this.toolchain(project);
    return isRoot(toolchain) ? await this.rootInterpreter(project, toolchain) : await this.localInterpreter(project);
  }

  /**
   * The interpreter of this machine that a project's development environment has: of a project whose toolchain is not
   * of this machine, one of the same minor version.
   *
   * @throws ElementError INTERPRETER
   */
  async machineInterpreter(project: WorkspaceProject): Promise<Interpreter> {
    const toolchain = this.toolchain(project);
    if (!isRoot(toolchain)) return await this.localInterpreter(project);
    const { version } = await this.rootInterpreter(project, toolchain);
    return await this.localInterpreter(project, version.split('.').slice(0, 2).join('.'));
  }

  /** Absolute path of a Python of this machine that stands for a project's where none of its code is run. @throws ElementError INTERPRETER */
  async machinePython(project: WorkspaceProject): Promise<string> {
    return isRoot(this.toolchain(project))
      ? await findPython(this.options.environment, this.options.memo('python-interpreters'))
      : (await this.localInterpreter(project)).executable;
  }

  private async rootInterpreter({ ref, metadata }: WorkspaceProject, toolchain: RootToolchain): Promise<Interpreter> {
    const request = {
      ...(ref.python === undefined ? {} : { python: ref.python }),
      project: this.directoryOf({ ref }),
      projectName: ref.name,
      workspace: this.directory,
      ...(metadata.requiresPython === undefined ? {} : { requiresPython: metadata.requiresPython }),
      requiresPythonOrigin: metadata.origins.requiresPython,
    };
    const { programs, check } = rootPrograms(request);
    const described = await this.options.describeRoot?.({ toolchain, programs });
    if (described === undefined) throw new Error('a toolchain was requested of a workspace without an engine');
    check(described.interpreter, rootLabel(toolchain));
    if (toolchain.kind === 'debian') return described.interpreter;
    const missing = toolchain.systemPackages.filter((name) => described.packages?.includes(name) === false);
    if (missing.length === 0) return described.interpreter;
    throw new ElementError({
      code: 'TOOLCHAIN',
      message: `the image \`${toolchain.image}\` does not have the packages ${missing.map((name) => `\`${name}\``).join(', ')}, which \`${ref.name}\` needs`,
      hint: 'packages are not added to images: use an image that has them',
    });
  }

  private async localInterpreter({ ref, metadata }: WorkspaceProject, python = ref.python): Promise<Interpreter> {
    return await chooseInterpreter({
      ...(python === undefined ? {} : { python }),
      project: this.directoryOf({ ref }),
      projectName: ref.name,
      workspace: this.directory,
      ...(metadata.requiresPython === undefined ? {} : { requiresPython: metadata.requiresPython }),
      ...(metadata.origins.requiresPython === undefined
        ? {}
        : { requiresPythonOrigin: metadata.origins.requiresPython }),
      environment: this.options.environment,
      memo: this.options.memo('python-interpreters'),
    });
  }

  /**
   * What a project is built with and tested on (docs/adr/0103, docs/adr/0111).
   *
   * @returns `undefined` if that is the machine itself @throws ElementError TOOLCHAIN; what is wrong with toolchain.lock
   */
  toolchain(project: WorkspaceProject): Toolchain | undefined {
    const { toolchain } = project.ref.settings ?? {};
    if (typeof toolchain !== 'object') return this.machineToolchain(project);
    if ('debian' in toolchain) return this.debianToolchain(project, toolchain.debian);
    const { image } = toolchain;
    const architecture = imageArchitecture(process.arch);
    const ref = lockedImage(readToolchainLock(this.directory), image, architecture);
    if (ref === undefined && parseBaseReference(image).digest === undefined) {
      throw notLocked(`the image \`${image}\``, architecture);
    }
    return { kind: 'image', image, systemPackages: systemPackagesOf(project), ...(ref === undefined ? {} : { ref }) };
  }

  private debianToolchain(project: WorkspaceProject, choice: DebianPackagesChoice): Toolchain {
    const { suites, mirror, packages = [] } = choice;
    const architecture = debianArchitecture(process.arch);
    const components = choice.components ?? DEFAULT_COMPONENTS;
    const locked = lockedDebian(readToolchainLock(this.directory), { suites, components }, architecture);
    if (locked === undefined) throw notLocked(`packages of \`${suites.join('`, `')}\``, architecture);
    return {
      kind: 'debian',
      locked,
      python: this.pythonPackage(project, new Set(locked.map(({ name }) => name))),
      systemPackages: [...new Set([...systemPackagesOf(project), ...packages])].sort(),
      ...(mirror === undefined ? {} : { mirror }),
    };
  }

  /** The package of the program that is a project's interpreter: the first that may be. @param available default: each is */
  pythonPackage({ ref }: Pick<WorkspaceProject, 'ref'>, available?: ReadonlySet<string>): string {
    const place = { project: this.directoryOf({ ref }), projectName: ref.name, workspace: this.directory };
    const { programs } = rootPrograms({ ...place, python: ref.python });
    return programs.map((each) => posix.basename(each)).find((name) => available?.has(name) !== false) ?? 'python3';
  }

  /** What of this machine a project is built with; what its development environment is, whatever its toolchain. */
  private machineToolchain(project: WorkspaceProject): Toolchain | undefined {
    const { toolchain } = project.ref.settings ?? {};
    if (toolchain === 'host') return undefined;
    const manager = openPackageDatabase('/')?.manager;
    // Others have been tried on fewer systems.
    if (toolchain !== 'packages' && manager !== 'dpkg') return undefined;
    if (manager !== undefined) return { kind: 'packages', manager, systemPackages: systemPackagesOf(project) };
    throw new ElementError({
      code: 'TOOLCHAIN',
      message: 'the option `toolchain` is `packages`, but this machine has no package database that is known',
      hint: 'the databases of dpkg, rpm and apk are known; the toolchain `host` needs none',
    });
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
    const toolchain = isLocal ? this.machineToolchain(project) : this.toolchain(project);
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
  async rustParts(
    metadata: ProjectMetadata,
    build: ReadonlyMap<string, Lock>,
  ): Promise<Pick<PlannedProject, 'rust' | 'crates'>> {
    const [whose] = [...build.values()].filter(usesCargo);
    if (whose === undefined) return {};
    // Loaded by projects with Rust alone.
    const { findRust } = await import('@wheelhouse/python/rust');
    const rust = await findRust(this.options.environment, whose.distribution);
    const own = build.get(metadata.normalizedName);
    if (own === undefined || !usesCargo(own)) return { rust };
    const { projectCrates } = await import('@wheelhouse/python/rust');
    return { rust, crates: await projectCrates(metadata.root, this.directory) };
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

function isRoot(toolchain: Toolchain | undefined): toolchain is RootToolchain {
  return toolchain?.kind === 'image' || toolchain?.kind === 'debian';
}

/** Those of the options and those of the project's own files, sorted. */
function systemPackagesOf({ ref, metadata }: WorkspaceProject): string[] {
  return [...new Set([...(ref.settings?.systemPackages ?? []), ...(metadata.systemPackages ?? [])])].sort();
}

/** Rust is of this machine, and what it needs of it does not fit another root. @throws ElementError TOOLCHAIN */
function checkedRust<T extends Pick<PlannedProject, 'rust'>>(
  parts: T,
  toolchain: Toolchain | undefined,
  name: string,
): T {
  if (parts.rust === undefined || !isRoot(toolchain)) return parts;
  throw new ElementError({
    code: 'TOOLCHAIN',
    message: `\`${name}\` is built with Rust, which is of this machine, but its toolchain is not`,
    hint: 'use the toolchain `packages` or `host` for it',
  });
}
