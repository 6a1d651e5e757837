import { lockPackages } from '@wheelhouse/oci/internal';
import type { DebianPackagesChoice } from '@wheelhouse/python/internal';
import { getHostTool } from '@wheelhouse/element';
import type { LockContext } from './lock-context.js';
import { debianPackageNames } from '../plan/packages-toolchain.js';
import type { LockedPackage } from '../toolchains/toolchain.js';
import type { WorkspaceProject } from '../workspace/workspace-project.js';

/** Suites and the projects that are built with packages of them. */
export interface DebianUse {
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly choice: DebianPackagesChoice;
  readonly projects: readonly WorkspaceProject[];
}

/**
 * The packages that the toolchains of some projects consist of, as mirrors have them now.
 *
 * @param architecture as Debian names it @throws ElementError SOURCE, HOST_TOOL
 */
export async function lockDebian(
  { suites, components, choice, projects }: DebianUse,
  architecture: string,
  { workspace, engine, progress }: LockContext,
): Promise<LockedPackage[]> {
  const { environment, signal, store } = engine;
  const pythons = new Set(projects.map((project) => workspace.toolchains.pythonPackage(project)));
  const names = [...pythons].map((python) => debianPackageNames(python, 'native'));
  const named = projects.flatMap(({ ref, metadata }) => {
    const { toolchain, systemPackages = [] } = ref.settings ?? {};
    const own = typeof toolchain === 'object' && 'debian' in toolchain ? (toolchain.debian.packages ?? []) : [];
    return [...systemPackages, ...own, ...(metadata.systemPackages ?? [])];
  });
  const { mirror, keyring, trusted = false } = choice;
  const found = await lockPackages(
    {
      suites,
      components,
      architecture,
      packages: [...new Set([...names.flatMap(({ packages }) => packages), ...named])],
      optional: [...new Set(names.flatMap(({ optional }) => optional))],
    },
    {
      mirror,
      keyring,
      trusted,
      environment,
      scratch: store.scratch,
      signal,
      progress,
      program: (name, hint) => getHostTool(name, environment.PATH ?? '', hint),
    },
  );
  const nameOf = (id: string): string => id.slice(0, id.indexOf(':'));
  const locked = new Set(found.map(({ name }) => name));
  return found.map(({ id, name, version, suite, path, size, sha256, rank, needs }) => ({
    ...{ name, version, architecture: id.slice(name.length + 1), suite, path, size, sha256, rank },
    // Others than what is locked cannot be taken.
    needs: needs.map((need) => need.map(nameOf).filter((each) => locked.has(each))),
  }));
}
