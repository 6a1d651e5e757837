import type { Origin } from '@wheelhouse/element';
import { cargoEnvironment, crateElement, cratesElement, rustElement } from './cargo-elements.js';
import { imageApplicationElement, imageBaseElement, imageInterpreterElement } from './image-elements.js';
import { shortDigest, type PlannedElement, type PlanValue, type TemplateName } from './planned-element.js';
import { buildLockOf, wheelExcludes, type PlannedBase, type PlannedProject } from './planned-project.js';
import { surroundingsOverlay, type Surroundings } from './surroundings.js';
import { toolchainElement } from './toolchain-element.js';
import type { DistributionRequest } from '../fetch/distribution-file.js';
import type { Target } from '../interpreter/target.js';
import type { Interpreter } from '../interpreter/interpreter.js';
import { isBuilt, sdistKey, type Lock, type LockEntry } from '../locks/lock.js';
import { select } from '../locks/selection.js';
import { versionEnvironment } from '../metadata/vcs/vcs-environment.js';
import { testRun, type TestRun } from '../project/test-run.js';
import { compareVersions } from '../requirements/specifier.js';
import { usesCargo, type Crate } from '../rust/crate.js';
import type { RustToolchain } from '../rust/rust-toolchain.js';
import { servicesElement } from '../services/services-overlay.js';
import { TEST_EXCLUDES, TEST_INCLUDES } from '../sources/source-set.js';

/** What stands for a version from git where no answer depends on it: locks are the same at every commit. */
const ANY_VERSION = '0';

/** Distributions that `hook.py` imports (before Python 3.11 has a TOML reader), and that `install.py` imports. */
const HOOK_TOOLS = ['tomli'];
const INSTALL_TOOLS = ['installer'];

/** The elements of Python projects, each planned once however many ask for it. A plan is pure data. */
export class ProjectPlan {
  private readonly planned = new Map<string, PlannedElement>();

  /** @param tools the lock of the wheels that scripts in the sandbox import */
  constructor(private readonly tools: Lock) {}

  /** All elements planned so far. */
  get elements(): readonly PlannedElement[] {
    return [...this.planned.values()];
  }

  /** The wheel of a project. @returns the element's name */
  wheel(project: PlannedProject): string {
    return this.plan(`wheel/${project.metadata.normalizedName}.bst`, 'wheel', this.wheelOverlay(project));
  }

  /** The wheel of a project, built in other surroundings. @returns the element's name */
  wheelAgain(project: PlannedProject, surroundings: Surroundings): string {
    const overlay = surroundingsOverlay(surroundings, this.wheelOverlay(project));
    return this.plan(`again/${project.metadata.normalizedName}-${surroundings.seed}.bst`, 'wheel', overlay);
  }

  /** The sdist of a project, made of the sources of its wheel by what builds that (docs/adr/0030). @returns the element's name */
  sdist(project: PlannedProject): string {
    return this.plan(`sdist/${project.metadata.normalizedName}.bst`, 'sdist', this.sdistOverlay(project));
  }

  /** The sdist of a project, built in other surroundings. @returns the element's name */
  sdistAgain(project: PlannedProject, surroundings: Surroundings): string {
    const overlay = surroundingsOverlay(surroundings, this.sdistOverlay(project));
    return this.plan(`again/sdist/${project.metadata.normalizedName}-${surroundings.seed}.bst`, 'sdist', overlay);
  }

  /** What the project's own build backend asks for beside `build-system.requires`. @returns the element's name */
  buildRequires(project: PlannedProject, lock: Lock): string {
    const { metadata, interpreter, settings } = project;
    const cargo = this.cargo(lock, project.crates, project);
    return this.plan(`hook/${metadata.normalizedName}-${shortDigest(lock.entries.map(identityOf))}.bst`, 'hook', {
      ...this.versionOverlay(project, cargo.overlay),
      variables: { interpreter: interpreter.executable, hook: 'get-all-requires' },
      'build-depends': [...this.runners(interpreter, HOOK_TOOLS), this.environment(lock, project), ...cargo.depends],
      sources: [{ kind: 'project-files', path: metadata.root, exclude: wheelExcludes(settings) }],
    });
  }

  /** What the backend of an sdist answers. @returns the element's name */
  sdistHook(sdist: LockEntry, lock: Lock, hook: 'metadata' | 'get-requires', project: PlannedProject): string {
    const { interpreter } = project;
    const name = `${sdist.normalizedName}-${sdist.version}-${shortDigest([sdist, ...lock.entries].map(identityOf))}`;
    const cargo = this.cargo(lock, lock.crates, project);
    return this.plan(`hook/${hook}/${name}.bst`, 'sdist-hook', {
      variables: { interpreter: interpreter.executable, hook },
      ...cargo.overlay,
      'build-depends': [
        ...this.runners(interpreter, HOOK_TOOLS),
        this.distribution(sdist, 'sdist', interpreter),
        this.environment(lock, project),
        ...cargo.depends,
      ],
    });
  }

  /** Every file that building and testing the project uses on this interpreter. @returns the element's name */
  snapshot(project: PlannedProject): string {
    const { locks, interpreter, metadata, settings } = project;
    const files = new Set<string>();
    for (const lock of [locks.test, ...locks.build.values()]) {
      for (const entry of select(lock, interpreter.markers)) {
        files.add(this.distribution(entry, isBuilt(entry, lock, locks) ? 'sdist' : 'wheel', interpreter));
      }
    }
    for (const crates of [project.crates, ...[...locks.build.values()].map((lock) => lock.crates)]) {
      for (const crate of crates ?? []) files.add(this.add(crateElement(crate)));
    }
    const frontend = settings.frontend === 'pip' ? ['pip'] : [];
    for (const tool of this.toolsFor(interpreter, [...HOOK_TOOLS, ...INSTALL_TOOLS, ...frontend])) {
      files.add(this.distribution(tool, 'wheel', interpreter));
    }
    return this.plan(`snapshot/${metadata.normalizedName}.bst`, 'snapshot', {
      'build-depends': [...files],
    });
  }

  /** The same for another interpreter, where wheels may be all that can be had. @returns the element's name */
  targetSnapshot(project: PlannedProject, { interpreter, isSamePlatform }: Target): string {
    const { locks, metadata } = project;
    const files = new Set<string>();
    for (const lock of [locks.test, ...(isSamePlatform ? locks.build.values() : [buildLockOf(project)])]) {
      for (const entry of select(lock, interpreter.markers)) {
        const isForced = locks.build.get(sdistKey(entry))?.noBinary === true;
        const built = isForced ? 'sdist' : 'any';
        const format = isSamePlatform && isBuilt(entry, lock, locks) ? built : 'wheel';
        files.add(this.distribution(entry, format, interpreter));
      }
      for (const crate of isSamePlatform ? [...(project.crates ?? []), ...(lock.crates ?? [])] : []) {
        files.add(this.add(crateElement(crate)));
      }
    }
    for (const tool of this.toolsFor(interpreter, [...HOOK_TOOLS, ...INSTALL_TOOLS])) {
      files.add(this.distribution(tool, 'wheel', interpreter));
    }
    const name = `snapshot/${metadata.normalizedName}-${interpreter.tagsDigest.slice(0, 12)}.bst`;
    return this.plan(name, 'snapshot', { 'build-depends': [...files] });
  }

  /**
   * The tests of a project on its wheel and those of its local dependencies.
   *
   * @param run how they are run; as the locks say where absent @returns the element's name
   */
  test(project: PlannedProject, local: readonly PlannedProject[], run: TestRun = testRun(project)): string {
    const { metadata, interpreter, locks, settings } = project;
    const { variables, ...overlay } = run.overlay;
    const runners = this.plan('runners.bst', 'runners', {});
    return this.plan(`test/${metadata.normalizedName}.bst`, 'test', {
      variables: { interpreter: interpreter.executable, ...variables },
      ...overlay,
      'build-depends': [
        this.toolchain(interpreter),
        runners,
        this.environment(locks.test, project),
        this.installed(project, local),
        ...(run.services === undefined ? [] : [this.add(servicesElement(run.services))]),
      ],
      sources: [
        {
          kind: 'project-files',
          path: metadata.root,
          include: [...TEST_INCLUDES, ...(settings.testInclude ?? [])],
          exclude: TEST_EXCLUDES,
        },
      ],
    });
  }

  /** What the wheels of a project and its local dependencies add to the test environment. @returns the element's name */
  installed(project: PlannedProject, local: readonly PlannedProject[]): string {
    const { metadata, interpreter, locks } = project;
    const wheels = [project, ...local].map((each) => this.wheel(each));
    return this.plan(`installed/${metadata.normalizedName}.bst`, 'installed', {
      variables: { interpreter: interpreter.executable },
      'build-depends': [...this.runners(interpreter, INSTALL_TOOLS), this.environment(locks.test, project), ...wheels],
    });
  }

  /** An environment with everything a lock holds for the project's interpreter. @returns the element's name */
  environment(lock: Lock, project: PlannedProject): string {
    const { interpreter } = project;
    const wheels = this.wheelsOf(lock, project);
    return this.plan(`env/${shortDigest([interpreter.tagsDigest, ...wheels])}.bst`, 'env', {
      variables: { interpreter: interpreter.executable },
      'build-depends': [...this.runners(interpreter, INSTALL_TOOLS), ...wheels],
    });
  }

  /** The wheels of a lock: files of the snapshot, or built from sdists. @returns the elements' names */
  wheelsOf(lock: Lock, project: PlannedProject): string[] {
    const entries = select(lock, project.interpreter.markers);
    return entries.map((entry) =>
      isBuilt(entry, lock, project.locks)
        ? this.sdistWheel(entry, project)
        : this.distribution(entry, 'wheel', project.interpreter),
    );
  }

  /** The wheel that is built from the sdist of a locked distribution. @returns the element's name */
  sdistWheel(entry: LockEntry, project: PlannedProject): string {
    const { locks, interpreter } = project;
    const lock = locks.build.get(sdistKey(entry));
    if (lock === undefined) throw new Error(`${sdistKey(entry)} has no build lock`);
    // Which of its build requirements are built themselves is not in the lock's entries, but it is in the environment.
    const environment = this.environment(lock, project);
    const name = `${entry.normalizedName}-${entry.version}-${shortDigest([identityOf(entry), environment])}`;
    const cargo = this.cargo(lock, lock.crates, project);
    return this.plan(`sdist-wheel/${name}.bst`, 'sdist-wheel', {
      variables: { interpreter: interpreter.executable },
      ...cargo.overlay,
      'build-depends': [
        ...this.runners(interpreter, HOOK_TOOLS),
        this.distribution(entry, 'sdist', interpreter),
        environment,
        ...cargo.depends,
      ],
    });
  }

  /** A file of the snapshot. @returns the element's name */
  distribution(entry: LockEntry, format: DistributionRequest['format'], interpreter: Interpreter): string {
    const name = `${entry.normalizedName}-${entry.version}-${shortDigest([entry.hashes, format, interpreter.tagsDigest])}`;
    return this.plan(
      `distribution/${name}.bst`,
      'distribution',
      { sources: [sourceOf(entry, format, interpreter)] },
      entry.origin,
    );
  }

  /** The wheels that what installs wheels imports. @returns the elements' names */
  installTools(interpreter: Interpreter): string[] {
    return this.toolWheels(interpreter, INSTALL_TOOLS);
  }

  /** The wheel of pip. @returns the elements' names */
  pip(interpreter: Interpreter): string[] {
    return this.toolsFor(interpreter, ['pip']).map((entry) => this.distribution(entry, 'wheel', interpreter));
  }

  /** The interpreter and what it needs of this machine. @returns the element's name */
  toolchain(interpreter: Interpreter): string {
    return this.add(toolchainElement(interpreter));
  }

  /** @param cargo what builds by cargo need in their environment */
  private versionOverlay(
    { metadata: { version, vcsVersion } }: PlannedProject,
    cargo: CargoParts['overlay'],
  ): PlannedElement['overlay'] {
    if (vcsVersion === undefined) return cargo;
    return { environment: { ...cargo.environment, ...versionEnvironment(vcsVersion, version ?? ANY_VERSION) } };
  }

  private wheelOverlay(project: PlannedProject): PlannedElement['overlay'] {
    const { metadata, interpreter, settings } = project;
    const lock = buildLockOf(project);
    const pip = settings.frontend === 'pip';
    const cargo = this.cargo(lock, project.crates, project);
    return {
      ...this.versionOverlay(project, cargo.overlay),
      variables: { interpreter: interpreter.executable },
      'build-depends': [
        ...(pip
          ? [this.toolchain(interpreter), this.pipEnvironment(interpreter), ...this.wheelsOf(lock, project)]
          : [...this.runners(interpreter, HOOK_TOOLS), this.environment(lock, project)]),
        ...cargo.depends,
      ],
      sources: [{ kind: 'project-files', path: metadata.root, exclude: wheelExcludes(settings) }],
      config: { frontend: settings.frontend ?? 'hook' },
    };
  }

  private sdistOverlay(project: PlannedProject): PlannedElement['overlay'] {
    const { metadata, interpreter, settings } = project;
    const lock = buildLockOf(project);
    const cargo = this.cargo(lock, project.crates, project);
    return {
      ...this.versionOverlay(project, cargo.overlay),
      variables: { interpreter: interpreter.executable },
      'build-depends': [...this.runners(interpreter, HOOK_TOOLS), this.environment(lock, project), ...cargo.depends],
      sources: [{ kind: 'project-files', path: metadata.root, exclude: wheelExcludes(settings) }],
    };
  }

  /** The Rust toolchain. @returns the element's name */
  rust(rust: RustToolchain): string {
    return this.add(rustElement(rust));
  }

  /** What the interpreter of a base image says of itself. @returns the element's name */
  imageInterpreter(base: PlannedBase): string {
    const probe = this.plan('probe.bst', 'probe', {});
    return this.add(imageInterpreterElement(base, [this.imageBase(base), probe]));
  }

  /** What wheels, files of the workspace, add to a base image. @returns the element's name */
  imageApplication({ metadata, interpreter }: PlannedProject, base: PlannedBase, wheels: readonly string[]): string {
    const depends = [this.imageBase(base), ...this.scripts(interpreter, INSTALL_TOOLS)];
    return this.add(imageApplicationElement(metadata.normalizedName, base, { depends, wheels }));
  }

  /** The root of a base image. @returns the element's name */
  imageBase(base: PlannedBase): string {
    return this.add(imageBaseElement(base));
  }

  /** The toolchain, the scripts, and those of the tools' wheels that the scripts import. */
  private runners(interpreter: Interpreter, tools: readonly string[]): string[] {
    return [this.toolchain(interpreter), ...this.scripts(interpreter, tools)];
  }

  private scripts(interpreter: Interpreter, tools: readonly string[]): string[] {
    const helpers = this.plan('helpers.bst', 'helpers', {});
    return [helpers, ...this.toolWheels(interpreter, tools)];
  }

  private toolWheels(interpreter: Interpreter, tools: readonly string[]): string[] {
    return this.toolsFor(interpreter, tools).map((entry) =>
      this.plan(`tool/${entry.normalizedName}-${interpreter.tagsDigest.slice(0, 12)}.bst`, 'tool', {
        sources: [sourceOf(entry, 'wheel', interpreter)],
      }),
    );
  }

  /** An environment that holds pip alone, for `frontend: pip`. */
  private pipEnvironment(interpreter: Interpreter): string {
    const [pip] = this.toolsFor(interpreter, ['pip']);
    if (pip === undefined) throw new Error('the lock of the tools holds no pip');
    return this.plan(`env/pip-${interpreter.tagsDigest.slice(0, 12)}.bst`, 'env', {
      variables: { interpreter: interpreter.executable },
      'build-depends': [...this.runners(interpreter, INSTALL_TOOLS), this.distribution(pip, 'wheel', interpreter)],
    });
  }

  /** What a build needs beside its environment where cargo runs in it. */
  private cargo(lock: Lock, crates: readonly Crate[] | undefined, { rust, interpreter }: PlannedProject): CargoParts {
    if (!usesCargo(lock)) return { depends: [], overlay: {} };
    if (rust === undefined || crates === undefined) throw new Error(`${lock.file} was read without what cargo needs`);
    for (const crate of crates) this.add(crateElement(crate));
    const unpacked = cratesElement(crates, interpreter, this.runners(interpreter, []));
    return {
      depends: [this.rust(rust), this.add(unpacked)],
      overlay: { environment: cargoEnvironment(rust) },
    };
  }

  private toolsFor(interpreter: Interpreter, names: readonly string[]): LockEntry[] {
    const needed = names.filter((name) => name !== 'tomli' || compareVersions(interpreter.version, '3.11') < 0);
    return select(this.tools, interpreter.markers).filter(({ normalizedName }) => needed.includes(normalizedName));
  }

  private plan(name: string, template: TemplateName, overlay: PlannedElement['overlay'], origin?: Origin): string {
    return this.add({ name, template, overlay, ...(origin === undefined ? {} : { origin }) });
  }

  private add(element: PlannedElement): string {
    if (!this.planned.has(element.name)) this.planned.set(element.name, element);
    return element.name;
  }
}

/** What a build by cargo depends on, and has in its environment; nothing for others. */
interface CargoParts {
  readonly depends: readonly string[];
  readonly overlay: { readonly environment?: Readonly<Record<string, string>> };
}

function sourceOf(entry: LockEntry, format: DistributionRequest['format'], interpreter: Interpreter): PlanValue {
  return {
    kind: 'distribution',
    name: entry.normalizedName,
    version: entry.version,
    hashes: entry.hashes,
    format,
    target: interpreter.tagsDigest,
  };
}

/** What makes two entries the same, whichever lock they stand in. */
function identityOf({ normalizedName, version, hashes }: LockEntry): unknown {
  return [normalizedName, version, hashes];
}
