import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { openPackageDatabase, type PackageManager } from '@wheelhouse/element/internal';
import { imageArchitecture, parseBaseReference } from '@wheelhouse/oci/internal';
import type { DebianPackagesChoice } from '@wheelhouse/python/internal';
import { debianArchitecture, DEFAULT_COMPONENTS } from '../toolchains/debian-names.js';
import {
  lockedDebian,
  lockedImage,
  notLocked,
  readToolchainLock,
  type ToolchainLock,
} from '../toolchains/toolchain-lock.js';
import type { RootToolchain, Toolchain } from '../toolchains/toolchain.js';
import { rootPrograms } from './root-programs.js';
import type { WorkspaceProject } from './workspace-project.js';

/**
 * Chooses what the projects of a workspace are built with and tested on (docs/adr/0103, docs/adr/0111). `toolchain.lock`
 * and the package database of the machine are looked for once.
 */
export class ToolchainChoice {
  private readLock: ToolchainLock | undefined;
  private machine: { readonly manager: PackageManager | undefined } | undefined;

  /** @param directory absolute path of the workspace */
  constructor(private readonly directory: string) {}

  /** @returns `undefined` if it is the machine itself @throws ElementError TOOLCHAIN; what is wrong with toolchain.lock */
  of(project: WorkspaceProject): Toolchain | undefined {
    const { toolchain } = project.ref.settings ?? {};
    if (typeof toolchain !== 'object') return this.ofMachine(project);
    if ('debian' in toolchain) return this.debian(project, toolchain.debian);
    const { image } = toolchain;
    const architecture = imageArchitecture(process.arch);
    const ref = lockedImage(this.lock, image, architecture);
    if (ref === undefined && parseBaseReference(image).digest === undefined) {
      throw notLocked(`the image \`${image}\``, architecture);
    }
    return { kind: 'image', image, systemPackages: systemPackagesOf(project), ...(ref === undefined ? {} : { ref }) };
  }

  /**
   * What of this machine a project is built with; what its development environment is made with, whatever its toolchain.
   *
   * @returns `undefined` if it is the machine itself @throws ElementError TOOLCHAIN
   */
  ofMachine(project: WorkspaceProject): Toolchain | undefined {
    const { toolchain } = project.ref.settings ?? {};
    if (toolchain === 'host') return undefined;
    this.machine ??= { manager: openPackageDatabase('/')?.manager };
    const { manager } = this.machine;
    // Others have been tried on fewer systems.
    if (toolchain !== 'packages' && manager !== 'dpkg') return undefined;
    if (manager !== undefined) return { kind: 'packages', manager, systemPackages: systemPackagesOf(project) };
    throw new ElementError({
      code: 'TOOLCHAIN',
      message: 'the option `toolchain` is `packages`, but this machine has no package database that is known',
      hint: 'the databases of dpkg, rpm and apk are known; the toolchain `host` needs none',
    });
  }

  /** The package of the program that is a project's interpreter: the first that may be. @param available default: each is */
  pythonPackage({ ref }: Pick<WorkspaceProject, 'ref'>, available?: ReadonlySet<string>): string {
    const place = { project: join(this.directory, ref.root), projectName: ref.name, workspace: this.directory };
    const { programs } = rootPrograms({ ...place, python: ref.python });
    return programs.map((each) => posix.basename(each)).find((name) => available?.has(name) !== false) ?? 'python3';
  }

  private debian(project: WorkspaceProject, choice: DebianPackagesChoice): Toolchain {
    const { suites, mirror, packages = [] } = choice;
    const architecture = debianArchitecture(process.arch);
    const components = choice.components ?? DEFAULT_COMPONENTS;
    const locked = lockedDebian(this.lock, { suites, components }, architecture);
    if (locked === undefined) throw notLocked(`packages of \`${suites.join('`, `')}\``, architecture);
    return {
      kind: 'debian',
      locked,
      python: this.pythonPackage(project, new Set(locked.map(({ name }) => name))),
      systemPackages: [...new Set([...systemPackagesOf(project), ...packages])].sort(),
      ...(mirror === undefined ? {} : { mirror }),
    };
  }

  private get lock(): ToolchainLock {
    return (this.readLock ??= readToolchainLock(this.directory));
  }
}

/** Whether a toolchain is a whole root that is not of this machine. */
export function isRoot(toolchain: Toolchain | undefined): toolchain is RootToolchain {
  return toolchain?.kind === 'image' || toolchain?.kind === 'debian';
}

/** Those of the options and those of the project's own files, sorted. */
function systemPackagesOf({ ref, metadata }: WorkspaceProject): string[] {
  return [...new Set([...(ref.settings?.systemPackages ?? []), ...(metadata.systemPackages ?? [])])].sort();
}
