import { formatDigest, HostElement, PackagesSource } from '@wheelhouse/element/internal';
import { readToolsLock } from '@wheelhouse/python/fetch';
import { DebianSource, ImageSource } from '@wheelhouse/oci/internal';
import type { Operation } from './operation.js';
import { openPlan } from './python-engine.js';
import { readEjected } from '../plan/ejected-templates.js';
import { ProjectPlan } from '../plan/project-plan.js';
import { toolchainUse } from '../plan/toolchain-use.js';

/** A toolchain of a project, for people. */
export interface ProjectToolchain {
  /** What it is for. */
  readonly builds: 'wheel' | 'tests' | 'sdists of dependencies';
  /** The element that stands for it. */
  readonly element: string;
  readonly kind: 'packages' | 'host' | 'image' | 'debian';
  /** Why it is this one, as a clause. */
  readonly why: string;
  /** The digest of what it consists of. */
  readonly digest: string;
  /** Of kinds `packages` and `debian`: the packages, as `name:architecture=version` or `name=version`. */
  readonly packages?: readonly string[];
  /** Of kind `packages`: the paths that no package owns. */
  readonly paths?: readonly string[];
}

/** What a project is built with and tested on, and why. @throws ElementError INTERPRETER, TOOLCHAIN */
export async function projectToolchains({ workspace, project, engine }: Operation): Promise<ProjectToolchain[]> {
  const { ref, metadata } = project;
  const interpreter = await workspace.interpreter(project);
  const need = { interpreter, toolchain: workspace.toolchain(project) };
  const builtWith = workspace.localDependencies(project, 'build', interpreter.markers);
  const ejected = readEjected(metadata.root, workspace.directory);
  const wheel = toolchainUse({ metadata, builtWith, ejected }, 'wheel');
  const plan = new ProjectPlan(readToolsLock());
  const chosen = [
    { builds: 'wheel', names: plan.toolchain(need, wheel.use), why: wheel.why },
    { builds: 'tests', names: plan.testToolchain(need), why: 'tests run what is built' },
    { builds: 'sdists of dependencies', names: plan.toolchain(need, 'native'), why: 'their code may compile' },
  ] as const;
  const described: ProjectToolchain[] = [];
  for (const { builds, names, why } of chosen) {
    const [element = ''] = names;
    const session = await openPlan(workspace, engine, { plan, targets: [element], projects: [] });
    const found = session.element(element);
    if (found instanceof HostElement) {
      const reason = ref.settings?.toolchain === 'host' ? 'the option `toolchain` says so' : NO_DPKG;
      described.push({ builds, element, kind: 'host', why: reason, digest: found.identityHash });
      continue;
    }
    const debian = found.sources.find((each) => each instanceof DebianSource);
    if (debian !== undefined) {
      const digest = `sha256:${debian.identityHash}`;
      described.push({ builds, element, kind: 'debian', why, digest, packages: debian.pinned });
      continue;
    }
    const image = found.sources.find((each) => each instanceof ImageSource);
    if (image !== undefined) {
      const reason = 'the option `toolchain` says so';
      described.push({ builds, element, kind: 'image', why: reason, digest: `sha256:${image.identityHash}` });
      continue;
    }
    const source = found.sources.find((each) => each instanceof PackagesSource);
    if (source === undefined) throw new Error(`${element} is not a toolchain`);
    const { tree, packages, ownPaths } = source.captured;
    described.push({ builds, element, kind: 'packages', why, digest: formatDigest(tree), packages, paths: ownPaths });
  }
  return described;
}

const NO_DPKG = 'this machine has no database of dpkg';
