import type { Origin } from '@wheelhouse/element';
import { type Interpreter, compareVersions } from '@wheelhouse/python/internal';
import type { DistributionRequest } from '@wheelhouse/python/fetch';
import {
  isBuilt,
  sdistKey,
  type Lock,
  type LockEntry,
  select,
  usesCargo,
  type Crate,
} from '@wheelhouse/python/lockfile';
import type { RustToolchain } from '@wheelhouse/python/rust';
import { cargoEnvironment, crateElement, cratesElement, rustElement } from './cargo-elements.js';
import type { EjectedTemplate } from './ejected-templates.js';
import { shortDigest, type PlannedElement, type PlanValue, type TemplateName } from './planned-element.js';
import type { PlannedProject } from './planned-project.js';
import { rootToolchain } from './root-toolchain.js';
import { hostToolchain, packagesToolchain, type ToolchainNeed, type ToolchainUse } from './toolchain-element.js';

/** Distributions that `hook.py` imports (before Python 3.11 has a TOML reader), and that `install.py` imports. */
export const HOOK_TOOLS: readonly string[] = ['tomli'];
export const INSTALL_TOOLS: readonly string[] = ['installer'];

/**
 * The elements that those of projects are made from: files of snapshots, wheels of sdists, environments, and what runs in
 * the sandbox. Each is planned once however many ask for it.
 */
export class DistributionPlan {
  private readonly planned = new Map<string, PlannedElement>();

  /** @param tools the lock of the wheels that scripts in the sandbox import */
  constructor(private readonly tools: Lock) {}

  /** All elements planned so far. */
  get elements(): readonly PlannedElement[] {
    return [...this.planned.values()];
  }

  /**
   * An environment with everything a lock holds for the project's interpreter.
   *
   * @param ejected the project's own version of the template, where the lock is the project's own
   * @param local elements of wheels of the workspace that are installed with it
   * @returns the element's name
   */
  environment(lock: Lock, project: PlannedProject, ejected?: EjectedTemplate, local: readonly string[] = []): string {
    const { interpreter } = project;
    const wheels = [...this.wheelsOf(lock, project), ...local];
    const own = ejected?.identity === undefined ? [] : [ejected.identity];
    return this.add({
      name: `env/${shortDigest([interpreter.tagsDigest, ...wheels, ...own])}.bst`,
      template: 'env',
      ...(ejected === undefined ? {} : { ejected: ejected.node }),
      overlay: {
        variables: { interpreter: interpreter.executable },
        'build-depends': [...this.runners(project, 'python', INSTALL_TOOLS), ...wheels],
      },
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
    const runners = this.runners(project, 'native', HOOK_TOOLS);
    const name = `${entry.normalizedName}-${entry.version}-${shortDigest([identityOf(entry), environment, runners])}`;
    const cargo = this.cargo(lock, lock.crates, project);
    return this.plan(`sdist-wheel/${name}.bst`, 'sdist-wheel', {
      variables: { interpreter: interpreter.executable },
      ...cargo.overlay,
      'build-depends': [...runners, this.distribution(entry, 'sdist', interpreter), environment, ...cargo.depends],
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

  /** The names of the packages that a project's tests, and what compiles for it, have beside the usual ones. */
  private systemPackages({ toolchain }: ToolchainNeed): readonly string[] {
    return toolchain?.systemPackages ?? [];
  }

  /**
   * The interpreter with what else of a system is needed; what compiles has the system packages of the project.
   *
   * @param more names of packages beside the usual ones @returns the elements' names, that of the interpreter first
   */
  toolchain(
    need: ToolchainNeed,
    use: ToolchainUse,
    more: readonly string[] = use === 'native' ? this.systemPackages(need) : [],
  ): string[] {
    const { interpreter, toolchain } = need;
    if (toolchain === undefined) return [this.add(hostToolchain(interpreter))];
    if (toolchain.kind === 'image') {
      const root = this.add(rootToolchain(toolchain));
      // Its programs find libraries as it has them. Byte code that it has is for files with other times.
      const byteCode = this.byteCode(root, interpreter, {
        name: `byte-code/image-${shortDigest([root, interpreter.executable])}.bst`,
        overlay: { public: { bst: { 'overlap-whitelist': ['**/__pycache__/*'] } } },
      });
      return [root, byteCode];
    }
    const rootOf = (...asked: readonly [ToolchainUse, readonly string[]]): PlannedElement =>
      toolchain.kind === 'debian'
        ? rootToolchain(toolchain, ...asked)
        : packagesToolchain(need, toolchain.manager, ...asked);
    const main = this.add(rootOf(use, more));
    const python = this.add(rootOf('python', []));
    const suffix = main.slice(main.indexOf('/') + 1);
    const libraries = this.plan(`libraries/${suffix}`, 'library-cache', { 'build-depends': [main] });
    const name = `byte-code/${python.slice(python.indexOf('/') + 1)}`;
    return [main, this.byteCode(python, interpreter, { name, overlay: {} }), libraries];
  }

  /** The compiled standard library of an interpreter in a root. @returns the element's name */
  private byteCode(
    root: string,
    { executable }: Interpreter,
    { name, overlay }: Pick<PlannedElement, 'name' | 'overlay'>,
  ): string {
    return this.plan(name, 'byte-code', {
      ...overlay,
      variables: { interpreter: executable },
      'build-depends': [root, this.helpers()],
    });
  }

  /** What the tests of a project run on. @returns the elements' names, that of the interpreter first */
  testToolchain(need: ToolchainNeed): string[] {
    return this.toolchain(need, 'python', this.systemPackages(need));
  }

  /** The Rust toolchain. @returns the element's name */
  rust(rust: RustToolchain, { toolchain }: ToolchainNeed): string {
    return this.add(rustElement(rust, toolchain !== undefined));
  }

  /** The toolchain, the scripts, and those of the tools' wheels that the scripts import. */
  protected runners(need: ToolchainNeed, use: ToolchainUse, tools: readonly string[]): string[] {
    return [...this.toolchain(need, use), ...this.scripts(need.interpreter, tools)];
  }

  protected scripts(interpreter: Interpreter, tools: readonly string[]): string[] {
    return [this.helpers(), ...this.toolWheels(interpreter, tools)];
  }

  private helpers(): string {
    return this.plan('helpers.bst', 'helpers', {});
  }

  private toolWheels(interpreter: Interpreter, tools: readonly string[]): string[] {
    return this.toolsFor(interpreter, tools).map((entry) =>
      this.plan(`tool/${entry.normalizedName}-${interpreter.tagsDigest.slice(0, 12)}.bst`, 'tool', {
        sources: [sourceOf(entry, 'wheel', interpreter)],
      }),
    );
  }

  /** An environment that holds pip alone, for `frontend: pip`. */
  protected pipEnvironment(need: ToolchainNeed): string {
    const { interpreter } = need;
    const [pip] = this.toolsFor(interpreter, ['pip']);
    if (pip === undefined) throw new Error('the lock of the tools does not contain pip');
    return this.plan(`env/pip-${interpreter.tagsDigest.slice(0, 12)}.bst`, 'env', {
      variables: { interpreter: interpreter.executable },
      'build-depends': [...this.runners(need, 'python', INSTALL_TOOLS), this.distribution(pip, 'wheel', interpreter)],
    });
  }

  /** What a build needs beside its environment where cargo runs in it. */
  protected cargo(lock: Lock, crates: readonly Crate[] | undefined, project: PlannedProject): CargoParts {
    const { rust, interpreter } = project;
    if (!usesCargo(lock)) return { depends: [], overlay: {} };
    if (rust === undefined || crates === undefined) throw new Error(`${lock.file} was read without what cargo needs`);
    for (const crate of crates) this.add(crateElement(crate));
    const unpacked = cratesElement(crates, interpreter, this.runners(project, 'python', []));
    return {
      depends: [this.rust(rust, project), this.add(unpacked)],
      overlay: { environment: cargoEnvironment(rust) },
    };
  }

  protected toolsFor(interpreter: Interpreter, names: readonly string[]): LockEntry[] {
    const needed = names.filter((name) => name !== 'tomli' || compareVersions(interpreter.version, '3.11') < 0);
    return select(this.tools, interpreter.markers).filter(({ normalizedName }) => needed.includes(normalizedName));
  }

  protected plan(name: string, template: TemplateName, overlay: PlannedElement['overlay'], origin?: Origin): string {
    return this.add({ name, template, overlay, ...(origin === undefined ? {} : { origin }) });
  }

  protected add(element: PlannedElement): string {
    if (!this.planned.has(element.name)) this.planned.set(element.name, element);
    return element.name;
  }
}

/** What a build by cargo depends on, and has in its environment; nothing for others. */
export interface CargoParts {
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
export function identityOf({ normalizedName, version, hashes }: LockEntry): unknown {
  return [normalizedName, version, hashes];
}
