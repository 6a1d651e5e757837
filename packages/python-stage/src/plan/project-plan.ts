import type { Target } from '@wheelhouse/python/internal';
import { isBuilt, sdistKey, type Lock, type LockEntry, select } from '@wheelhouse/python/lockfile';
import { versionEnvironment } from '@wheelhouse/python/metadata';
import { crateElement } from './cargo-elements.js';
import { DistributionPlan, HOOK_TOOLS, identityOf, INSTALL_TOOLS, type CargoParts } from './distribution-plan.js';
import type { EjectableTemplate } from './ejected-templates.js';
import { imageApplicationElement, imageBaseElement, imageInterpreterElement } from './image-elements.js';
import { shortDigest, type PlannedElement } from './planned-element.js';
import { buildLockOf, type PlannedBase, type PlannedProject } from './planned-project.js';
import { projectSources } from './project-sources.js';
import { variationOverlay, type BuildVariation } from './build-variation.js';
import { testRun, type TestRun } from './test-run.js';
import { toolchainUse } from './toolchain-use.js';
import { servicesElement } from './services-overlay.js';

/** What stands for a version from git if no answer depends on it: locks are the same at every commit. */
const ANY_VERSION = '0';

/** The elements of Python projects, each planned once however many ask for it. A plan is pure data. */
export class ProjectPlan extends DistributionPlan {
  /** The wheel of a project. @returns the element's name */
  wheel(project: PlannedProject): string {
    return this.own(project, 'wheel', {
      name: `wheel/${project.metadata.normalizedName}.bst`,
      overlay: this.wheelOverlay(project),
    });
  }

  /** The wheel of a project, built in a varied environment. @returns the element's name */
  wheelAgain(project: PlannedProject, variation: BuildVariation): string {
    return this.own(project, 'wheel', {
      name: `again/${project.metadata.normalizedName}-${variation.seed}.bst`,
      overlay: this.wheelOverlay(project),
      variation: variationOverlay(variation),
    });
  }

  /** The sdist of a project, made of the sources of its wheel by what builds that (docs/adr/0030). @returns the element's name */
  sdist(project: PlannedProject): string {
    return this.own(project, 'sdist', {
      name: `sdist/${project.metadata.normalizedName}.bst`,
      overlay: this.sdistOverlay(project),
    });
  }

  /** The sdist of a project, built in a varied environment. @returns the element's name */
  sdistAgain(project: PlannedProject, variation: BuildVariation): string {
    return this.own(project, 'sdist', {
      name: `again/sdist/${project.metadata.normalizedName}-${variation.seed}.bst`,
      overlay: this.sdistOverlay(project),
      variation: variationOverlay(variation),
    });
  }

  /** What the project's own build backend asks for beside `build-system.requires`. @returns the element's name */
  buildRequires(project: PlannedProject, lock: Lock): string {
    const { metadata, interpreter } = project;
    const cargo = this.cargo(lock, project.crates, project);
    const { variables, sources } = projectSources(project, 'hook');
    return this.own(project, 'hook', {
      name: `hook/${metadata.normalizedName}-${shortDigest(lock.entries.map(identityOf))}.bst`,
      overlay: {
        ...this.versionOverlay(project, cargo.overlay),
        variables: { interpreter: interpreter.executable, hook: 'get-all-requires', ...variables },
        'build-depends': [
          ...this.runners(project, toolchainUse(project, 'hook').use, HOOK_TOOLS),
          this.buildEnvironment(lock, project),
          ...cargo.depends,
        ],
        sources,
      },
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
        ...this.runners(project, 'native', HOOK_TOOLS),
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
   * @param local what is installed for them, the projects that tests alone need among it
   * @param run how they are run; as the locks say where absent @returns the element's name
   */
  test(project: PlannedProject, local: readonly PlannedProject[], run: TestRun = testRun(project)): string {
    const { metadata, interpreter } = project;
    const { variables, ...overlay } = run.overlay;
    const staged = projectSources(project, 'test');
    const runners = this.plan('runners.bst', 'runners', {});
    return this.own(project, 'test', {
      name: `test/${metadata.normalizedName}.bst`,
      overlay: {
        variables: { interpreter: interpreter.executable, ...staged.variables, ...variables },
        ...overlay,
        'build-depends': [
          ...this.testToolchain(project),
          runners,
          this.testEnvironment(project),
          this.installed(project, local),
          ...(run.services === undefined ? [] : [this.add(servicesElement(run.services))]),
        ],
        sources: staged.sources,
      },
    });
  }

  /** What the wheels of a project and its local dependencies add to the test environment. @returns the element's name */
  installed(project: PlannedProject, local: readonly PlannedProject[]): string {
    const { metadata, interpreter } = project;
    const wheels = [project, ...local].map((each) => this.wheel(each));
    return this.own(project, 'installed', {
      name: `installed/${metadata.normalizedName}.bst`,
      overlay: {
        variables: { interpreter: interpreter.executable },
        'build-depends': [...this.runners(project, 'python', INSTALL_TOOLS), this.testEnvironment(project), ...wheels],
      },
    });
  }

  /** The environment that a project's tests run in, without what is made of the workspace. */
  private testEnvironment(project: PlannedProject): string {
    return this.environment(project.locks.test, project, project.ejected?.get('env'));
  }

  /** The environment that a project's own wheel is built in. */
  private buildEnvironment(lock: Lock, project: PlannedProject): string {
    return this.environment(lock, project, project.ejected?.get('env'), this.toolWheelsOf(project));
  }

  /** The wheels of the workspace that a project's own wheel is built with. @returns the elements' names */
  private toolWheelsOf({ builtWith = [] }: PlannedProject): string[] {
    return builtWith.map((each) => this.wheel(each));
  }

  /** Plans an element that is the project's alone, from the project's own version of the template where it has one. */
  private own(
    project: PlannedProject,
    template: EjectableTemplate,
    element: Omit<PlannedElement, 'template' | 'ejected'>,
  ): string {
    const ejected = project.ejected?.get(template);
    return this.add({ ...element, template, ...(ejected === undefined ? {} : { ejected: ejected.node }) });
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
    const { interpreter, settings } = project;
    const lock = buildLockOf(project);
    const { variables, sources } = projectSources(project, 'wheel');
    const pip = settings.frontend === 'pip';
    const cargo = this.cargo(lock, project.crates, project);
    return {
      ...this.versionOverlay(project, cargo.overlay),
      variables: { interpreter: interpreter.executable, ...variables },
      'build-depends': [
        ...(pip
          ? [
              ...this.toolchain(project, toolchainUse(project, 'wheel').use),
              this.pipEnvironment(project),
              ...this.wheelsOf(lock, project),
              ...this.toolWheelsOf(project),
            ]
          : [
              ...this.runners(project, toolchainUse(project, 'wheel').use, HOOK_TOOLS),
              this.buildEnvironment(lock, project),
            ]),
        ...cargo.depends,
      ],
      sources,
      config: { frontend: settings.frontend ?? 'hook' },
    };
  }

  private sdistOverlay(project: PlannedProject): PlannedElement['overlay'] {
    const { interpreter } = project;
    const lock = buildLockOf(project);
    const { variables, sources } = projectSources(project, 'sdist');
    const cargo = this.cargo(lock, project.crates, project);
    return {
      ...this.versionOverlay(project, cargo.overlay),
      variables: { interpreter: interpreter.executable, ...variables },
      'build-depends': [
        ...this.runners(project, toolchainUse(project, 'sdist').use, HOOK_TOOLS),
        this.buildEnvironment(lock, project),
        ...cargo.depends,
      ],
      sources,
    };
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
}
