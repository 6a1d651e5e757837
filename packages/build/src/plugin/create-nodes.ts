import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateNodes, CreateNodesContext, CreateNodesResult, CreateNodesResultArray } from '@nx/devkit';
import { explainFailure } from '@wheelhouse/element/program';
import {
  innerProjects,
  localClosure,
  normalizeName,
  platformMarkers,
  testPlaces,
  withInnerProjects,
  type ProjectMetadata,
  type TestPlaces,
} from '@wheelhouse/python/internal';
import { lockInputs } from './lock-inputs.js';
import { externalName, externalNodes } from './external-nodes.js';
import { LocalTasks, type TaskProject } from './local-tasks.js';
import { LockedDistributions, type LockedDistribution } from './locked-distributions.js';
import { allInputs } from './inputs.js';
import { nxMajor } from './nx-version.js';
import { problemTargets } from './problem-targets.js';
import { withTargetDefaults } from './target-defaults.js';
import type { TargetsOfNxJson } from './target-layers.js';
import { targetStatements } from './target-statements.js';
import { inferTargets } from './targets.js';
import { hasTests } from './tests-of-project.js';
import { toolchainCommand } from './toolchain-command.js';
import { workspaceMemo } from './workspace-data.js';
import { findProjects, foundProject, type FoundProject } from '../workspace/discovery.js';
import { projectRoots } from '../workspace/metadata-files.js';
import { checkedOptions, readPluginEntries } from '../workspace/nx-json.js';
import { declaredTargets } from '../workspace/project-name.js';
import { readFoundProjects, type ReadableProject } from '../workspace/read-projects.js';

/**
 * The Python projects of a workspace, for Nx: their targets, and the distributions that they lock. An error here would
 * stop every command of Nx, so a project that something is wrong with has targets that say so (docs/adr/0066).
 */
export const createNodes: CreateNodes = [
  '**/{setup.py,setup.cfg,pyproject.toml}',
  async (files, options, context) => await infer(files, options, context),
];

/** The name by which Nx 22 and 23 look for {@link createNodes} first. */
export const createNodesV2: CreateNodes = createNodes;

async function infer(
  files: readonly string[],
  options: unknown,
  { workspaceRoot, nxJsonConfiguration: nxJson }: CreateNodesContext,
): Promise<CreateNodesResultArray> {
  const memo = workspaceMemo(workspaceRoot, process.env);
  const entry = await checkedOptions(options, workspaceRoot);
  const own = projectRoots(workspaceRoot, files).map((root) => foundProject(workspaceRoot, root, entry));
  const others = await foundByOthers(workspaceRoot, own);
  const { readable, problems } = await readFoundProjects([...own, ...others], {
    workspace: workspaceRoot,
    environment: process.env,
    memos: { metadata: memo('metadata'), interpreters: memo('interpreters') },
  });
  const locks = new LockedDistributions(workspaceRoot, memo('locks'));
  const locked = new Map(own.map(({ root }) => [root, locks.of(root)]));
  locks.save();
  const all = readable.map(({ metadata }) => metadata);
  const roots = readable.map(({ found }) => found.root);
  const external = externalNodes([...locked.values()].flat());
  const byRoot = new Map(readable.map((project) => [project.found.root, taskProject(project, workspaceRoot, roots)]));
  const tasks = new LocalTasks([...byRoot.values()], platformMarkers(process.platform));
  const results: CreateNodesResultArray = [];
  for (const project of readable) {
    if (!own.includes(project.found)) continue;
    const distributions = locked.get(project.found.root) ?? [];
    const workspaceFacts = { all, distributions, external, tasks, byRoot, nxJson, workspaceRoot };
    results.push([project.found.files[0] ?? '', await inferred(project, workspaceFacts)]);
  }
  for (const { found, ref, error } of problems) {
    if (!own.includes(found)) continue;
    results.push([found.files[0] ?? '', await withProblem(found, ref.name, error, { nxJson, workspaceRoot })]);
  }
  return results;
}

/**
 * The projects that other entries of nx.json are for: Nx asks for each entry's apart, and a name may be taken by one of
 * another entry.
 */
async function foundByOthers(workspace: string, own: readonly FoundProject[]): Promise<FoundProject[]> {
  if (!existsSync(join(workspace, 'nx.json'))) return [];
  const entries = await readPluginEntries(workspace);
  if (entries.length < 2) return [];
  const roots = new Set(own.map(({ root }) => root));
  return (await findProjects(workspace)).filter(({ root }) => !roots.has(root));
}

interface WorkspaceFacts {
  /** All projects of the workspace that can be worked with. */
  readonly all: readonly ProjectMetadata[];
  /** What the project locks. */
  readonly distributions: readonly LockedDistribution[];
  /** The nodes of all that is locked, by their names. */
  readonly external: ReturnType<typeof externalNodes>;
  readonly tasks: LocalTasks;
  /** The same projects as the tasks of others see them, by their roots. */
  readonly byRoot: ReadonlyMap<string, TaskProject>;
  readonly nxJson: TargetsOfNxJson;
  readonly workspaceRoot: string;
}

async function inferred(project: ReadableProject, workspaceFacts: WorkspaceFacts): Promise<CreateNodesResult> {
  const { found, ref, metadata } = project;
  const { all, distributions, external, tasks, byRoot, workspaceRoot } = workspaceFacts;
  try {
    const { root, options } = found;
    const own = byRoot.get(root);
    if (own === undefined) throw new Error(`\`${root}\` is not among the projects`);
    const names = [...new Set(distributions.map(externalName))].sort();
    const place = { nxJson: workspaceFacts.nxJson, projectJson: declaredTargets(join(workspaceRoot, root)) };
    const tests = placesOf(found, metadata.normalizedName, workspaceRoot);
    const facts = {
      ...own,
      asked: lockInputs(metadata, all, options.settings),
      named: metadata.namedFiles ?? [],
      external: names,
      tasks: { wheel: tasks.wheel(root), test: tasks.test(root), lock: tasks.lock(root) },
      tests,
      statements: targetStatements(found.options.targets, place),
      hasTests: await hasTests(join(workspaceRoot, root), tests, options.settings.testInclude),
    };
    const { targets, namedInputs } = withTargetDefaults(inferTargets(facts), {
      ...place,
      allInputs: allInputs(facts, comesWith(project, workspaceFacts)),
      knowsSpread: nxMajor() >= 23,
    });
    const description = metadata.description === undefined ? {} : { description: metadata.description };
    return {
      projects: {
        [root]: {
          name: ref.name,
          root,
          targets,
          ...(namedInputs === undefined ? {} : { namedInputs }),
          metadata: { technologies: ['python'], ...description },
        },
      },
      externalNodes: Object.fromEntries(
        names.flatMap((each) => (external[each] === undefined ? [] : [[each, external[each]]])),
      ),
    };
  } catch (error) {
    return await withProblem(found, ref.name, error, workspaceFacts);
  }
}

function placesOf({ root, options }: FoundProject, distribution: string, workspace: string): TestPlaces {
  return testPlaces({
    directory: join(workspace, root),
    distribution,
    testInclude: options.settings.testInclude,
  });
}

/** The projects of the workspace that building and testing a project takes. */
function comesWith({ metadata, ref }: ReadableProject, workspaceFacts: WorkspaceFacts): TaskProject[] {
  const { all, byRoot } = workspaceFacts;
  return localClosure(metadata, all, ref.settings).flatMap(({ root }) => byRoot.get(root) ?? []);
}

/** A project as the tasks of others see it. */
function taskProject(
  { found, ref, metadata }: ReadableProject,
  workspace: string,
  roots: readonly string[],
): TaskProject {
  const { targets } = found.options;
  const settings = withInnerProjects(found.options.settings, innerProjects(found.root, roots, workspace));
  const command = toolchainCommand(workspace, metadata.vcsVersion === undefined ? undefined : ref.name);
  return { root: found.root, metadata, name: ref.name, settings, targets, toolchainCommand: command };
}

/** A project that something is wrong with: the targets it would have say what. */
async function withProblem(
  found: FoundProject,
  name: string,
  error: unknown,
  { nxJson, workspaceRoot: workspace }: Pick<WorkspaceFacts, 'nxJson' | 'workspaceRoot'>,
): Promise<CreateNodesResult> {
  const { root, options } = found;
  const { text } = explainFailure(error);
  const tests = await hasTests(
    join(workspace, root),
    placesOf(found, normalizeName(name), workspace),
    options.settings.testInclude,
  );
  const targets = problemTargets(text, {
    root,
    name,
    settings: options.settings,
    targets: options.targets,
    hasTests: tests,
    statements: targetStatements(options.targets, { nxJson, projectJson: declaredTargets(join(workspace, root)) }),
  });
  return { projects: { [root]: { name, root, targets, metadata: { technologies: ['python'] } } } };
}
