import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceServices, type Activity, type Io } from '@wheelhouse/element';
import {
  BuildSession,
  coreElements,
  coreSources,
  PACKAGES_SERVICES,
  PluginRegistry,
  withActivity,
  type Engine,
  type LocalStore,
} from '@wheelhouse/element/internal';
import { debian, image, IMAGE_SERVICES, ociLayers } from '@wheelhouse/oci/internal';
import { findPython } from '@wheelhouse/python/internal';
import type { Tools } from '@wheelhouse/python/fetch';
import { vendorDirectory } from '@wheelhouse/python/lockfile';
import { elementsOfPlan } from '../plan/elements-of-plan.js';
import type { PlannedElement } from '../plan/planned-element.js';
import { withBuildTools, type PlannedProject } from '../plan/planned-project.js';
import type { ProjectPlan } from '../plan/project-plan.js';
import type { PythonWorkspace } from './python-workspace.js';
import { pythonElements } from '../elements/python-elements.js';
import { hosts } from '../elements/services.js';
import { bundled } from '../sources/bundled.js';
import { crate, CRATE_SERVICES } from '../sources/crate.js';
import { distribution, DISTRIBUTION_SERVICES } from '../sources/distribution.js';
import { projectFilesKind } from '../sources/project-files.js';

/** What building Python projects needs beside what building elements needs. */
export interface PythonEngine extends Engine {
  readonly store: LocalStore;
  /** Where interpreters are looked for, and the settings of pip and uv. */
  readonly environment: NodeJS.ProcessEnv;
  /** Whether to read every file of the toolchain instead of trusting the package database. */
  readonly verifyToolchain: boolean;
  /** The toolchains that have been examined. An engine that has this examines each once. */
  readonly toolchains?: Map<string, string>;
  /** What goes on beside a build; {@link finishBackground} awaits it. */
  readonly background?: Set<Promise<void>> | undefined;
}

/** What is opened by {@link openPlan}. */
export interface PlanInput {
  readonly plan: Pick<ProjectPlan, 'elements'>;
  readonly targets: readonly string[];
  /** The projects the plan was made for: their interpreters decide which files fit. */
  readonly projects: readonly PlannedProject[];
  /** Those of them whose files say where files are downloaded from. Default: all. */
  readonly downloadsOf?: readonly PlannedProject[];
  /** Directories of this machine that may hold files of the locks, beside the snapshots of the workspace. */
  readonly findLinks?: readonly string[];
}

/** Loads, resolves and keys planned elements. */
export async function openPlan(
  workspace: PythonWorkspace,
  engine: PythonEngine,
  input: PlanInput,
): Promise<BuildSession> {
  const projects = withBuildTools(input.projects);
  return await BuildSession.open(engine, {
    documents: elementsOfPlan(needed(input.plan.elements, input.targets)),
    directory: workspace.directory,
    targets: input.targets,
    registry: registryFor(workspace, engine, {
      ...input,
      projects,
      downloadsOf: withBuildTools(input.downloadsOf ?? input.projects),
    }),
  });
}

/** Awaits what goes on beside builds, so that nothing of it is lost when the process ends. @throws if it failed */
export async function finishBackground({ background = new Set() }: PythonEngine): Promise<void> {
  await Promise.all(background);
  background.clear();
}

/** The directory of a project's outputs. @param root the project's directory, relative to the workspace */
export function outputDirectory(workspace: string, root: string): string {
  return join(workspace, 'dist', root);
}

/** The private environment of uv and its like, made when it is first needed. */
export async function toolsOf(engine: PythonEngine, findLinks: readonly string[] = []): Promise<Tools> {
  const { ensureTools } = await import('@wheelhouse/python/fetch');
  return await withActivity(engine.listener, { verbs: ['installing', 'installed'], what: "Wheelhouse's tools" }, () =>
    ensureTools({
      store: engine.store.directory,
      python: () => findPython(engine.environment, engine.store.memo('python-interpreters'), '>=3.10'),
      environment: engine.environment,
      findLinks,
      io: ioOf(engine),
    }),
  );
}

function downloading(count: number, noun = 'file'): Omit<Activity, 'id'> {
  return { verbs: ['downloading', 'downloaded'], what: `${count} ${noun}${count === 1 ? '' : 's'}` };
}

/** Words of tools that no element is the cause of go nowhere; their errors carry what matters. */
export function ioOf(engine: PythonEngine): Io {
  return { signal: engine.signal, log: { write: () => undefined } };
}

function registryFor(
  workspace: PythonWorkspace,
  engine: PythonEngine,
  input: Required<Pick<PlanInput, 'projects' | 'downloadsOf'>> & Pick<PlanInput, 'findLinks'>,
): PluginRegistry {
  const { store } = engine;
  const findLinks = [
    ...workspace.projects.map(({ ref }) => join(outputDirectory(workspace.directory, ref.root), 'snapshot')),
    ...workspace.projects.map(({ ref }) => join(workspace.directory, vendorDirectory(ref.root))),
    ...(input.findLinks ?? []),
  ];
  const services = new SourceServices(store, engine.environment.PATH ?? '');
  services.bind(PACKAGES_SERVICES, { verify: engine.verifyToolchain, seen: engine.toolchains });
  services.bind(IMAGE_SERVICES, { environment: engine.environment });
  services.bind(DISTRIBUTION_SERVICES, {
    findLinks,
    interpreter: (target) => input.projects.find(({ interpreter }) => interpreter.tagsDigest === target)?.interpreter,
    fetch: async (requests, interpreter, destination, io) => {
      // Loaded when something has to be fetched: an all-cached build loads nothing that talks to an index.
      const { fetchForProjects } = await import('@wheelhouse/python/fetch');
      const { readIndexSettings } = await import('@wheelhouse/python/fetch');
      const tools = await toolsOf(engine, findLinks);
      const partials = join(store.directory, 'downloads');
      await mkdir(partials, { recursive: true });
      const { environment } = engine;
      const settings = await readIndexSettings(tools, environment, workspace.indexes);
      const projects = input.downloadsOf.map(({ metadata }) => metadata);
      return await withActivity(engine.listener, downloading(requests.length), (received) =>
        fetchForProjects(
          requests,
          { partials, tools, settings, environment, interpreter, destination, io, received },
          { projects, workspace: workspace.directory, environment },
        ),
      );
    },
  });
  services.bind(CRATE_SERVICES, {
    findLinks,
    fetch: async (crates, temporary, io) => {
      const { fetchCrates } = await import('@wheelhouse/python/rust');
      return await withActivity(engine.listener, downloading(crates.length, 'crate'), () =>
        fetchCrates(crates, { environment: engine.environment, temporary, io }),
      );
    },
  });
  return new PluginRegistry(services)
    .register({
      elements: coreElements({
        memo: (name) => store.memo(name),
        verify: engine.verifyToolchain,
        seen: engine.toolchains,
        background: engine.background,
      }),
      sources: coreSources,
    })
    .register({
      elements: pythonElements,
      sources: [distribution, crate, bundled, debian, image, ociLayers, projectFilesKind, hosts],
    });
}

/** The planned elements that the targets need: a plan may hold more than one operation asks for. */
function needed(elements: readonly PlannedElement[], targets: readonly string[]): PlannedElement[] {
  const byName = new Map(elements.map((element) => [element.name, element]));
  const found = new Set<PlannedElement>();
  const visit = (name: string): void => {
    const element = byName.get(name);
    if (element === undefined) throw new Error(`no element ${name} is planned`);
    if (found.has(element)) return;
    found.add(element);
    const depends = element.overlay['build-depends'];
    if (Array.isArray(depends)) for (const dependency of depends) visit(String(dependency));
  };
  for (const target of targets) visit(target);
  return [...found];
}
