import type { CreateNodesResult, CreateNodesResultArray } from '@nx/devkit';
import { explainFailure } from '@wheelhouse/element/program';
import { localClosure, platformMarkers, withInnerProjects, type ProjectMetadata } from '@wheelhouse/python/internal';
import { externalName, externalNodes } from './external-nodes.js';
import { allInputs } from './inputs.js';
import { LocalTasks, type TaskProject } from './local-tasks.js';
import { lockInputs } from './lock-inputs.js';
import { problemTargets } from './problem-targets.js';
import { withTargetDefaults } from './target-defaults.js';
import type { TargetsOfNxJson } from './target-layers.js';
import { targetStatements } from './target-statements.js';
import { dependents, projectEdges, type ProjectEdges } from './project-edges.js';
import { shortInputs } from './short-inputs.js';
import { inferTargets } from './targets.js';
import { toolchainCommand } from './toolchain-command.js';
import { nxMajor } from '../inference/nx-version.js';
import type { PlaceFacts, ProjectFacts } from '../inference/place-facts.js';
import type { SeenWorkspace } from '../inference/seen-workspace.js';
import type { FoundProject } from '../workspace/discovery.js';
import type { ReadableProject } from '../workspace/read-projects.js';

/** The projects of an entry of nx.json, and the edges between all of them. */
export interface InferredProjects {
  /** With the first of them come the distributions that all of them lock. */
  readonly results: CreateNodesResultArray;
  readonly edges: ProjectEdges;
}

/** Where projects are inferred. */
export interface InferOptions {
  /** Absolute path. */
  readonly workspace: string;
  readonly nxJson: TargetsOfNxJson;
  /**
   * What was inferred of the same projects, and the roots of those that say something else now. Nothing is inferred anew
   * of projects that depend on none of them.
   */
  readonly last?: InferredProjects & { readonly changed: readonly string[] };
}

/** Infers the targets of projects. */
export async function inferProjects(
  seen: SeenWorkspace,
  { workspace, nxJson, last }: InferOptions,
): Promise<InferredProjects> {
  const facts = await seen.facts();
  const sorted = await seen.projects();
  const { readable, problems } = sorted;
  const changed = new Set(last?.changed);
  const edges = projectEdges(sorted, new Map([...(last?.edges ?? [])].filter(([root]) => !changed.has(root))));
  const kept = keptResults(last, dependents(changed, edges));
  const inner = seen.inner();
  const byRoot = new Map(
    readable.map((each) => [each.found.root, taskProject(each, workspace, inner.get(each.found.root) ?? [])]),
  );
  const all = {
    facts,
    metadata: readable.map(({ metadata }) => metadata),
    tasks: new LocalTasks([...byRoot.values()], platformMarkers(process.platform)),
    byRoot,
    nxJson,
  };
  const isOwn = ({ found }: { readonly found: FoundProject }): boolean => seen.own.has(found.root);
  const results = [
    ...readable.filter(isOwn).map((each) => kept.get(each.found.root) ?? inferred(each, all)),
    ...problems
      .filter(isOwn)
      .map(({ found, ref, error }) => kept.get(found.root) ?? withProblem(found, ref.name, error, all)),
  ];
  const [first, ...others] = results;
  if (first === undefined) return { results: [], edges };
  const locked = [...seen.own].flatMap((root) => facts.get(root)?.project?.locked ?? []);
  return { results: [[first[0], { ...first[1], externalNodes: externalNodes(locked) }], ...others], edges };
}

/** What the last time gave for projects, by their roots, but for those that have to be inferred anew. */
function keptResults(last: InferredProjects | undefined, stale: ReadonlySet<string>): ReadonlyMap<string, Inferred> {
  const kept = new Map<string, Inferred>();
  for (const [file, { projects = {} }] of last?.results ?? []) {
    for (const root of Object.keys(projects)) if (!stale.has(root)) kept.set(root, [file, { projects }]);
  }
  return kept;
}

interface WorkspaceFacts {
  readonly facts: ReadonlyMap<string, PlaceFacts>;
  /** That of all projects that can be worked with. */
  readonly metadata: readonly ProjectMetadata[];
  readonly tasks: LocalTasks;
  /** The same projects as the tasks of others see them, by their roots. */
  readonly byRoot: ReadonlyMap<string, TaskProject>;
  readonly nxJson: TargetsOfNxJson;
}

type Inferred = readonly [file: string, result: CreateNodesResult];

function inferred(project: ReadableProject, all: WorkspaceFacts): Inferred {
  const { found, ref, metadata } = project;
  const { tasks, byRoot, nxJson } = all;
  try {
    const { root, options } = found;
    const own = byRoot.get(root);
    if (own === undefined) throw new Error(`\`${root}\` is not among the projects`);
    const { declared, project: read } = factsOf(root, all);
    const place = { nxJson, projectJson: declared.targets };
    const facts = {
      ...own,
      asked: lockInputs(metadata, all.metadata, options.settings),
      named: metadata.namedFiles ?? [],
      external: [...new Set(read.locked.map(externalName))].sort(),
      tasks: { wheel: tasks.wheel(root), test: tasks.test(root), lock: tasks.lock(root) },
      tests: read.tests,
      statements: targetStatements(options.targets, place),
      hasTests: read.hasTests,
    };
    const adapted = withTargetDefaults(inferTargets(facts), {
      ...place,
      allInputs: () => allInputs(facts, comesWith(project, all)),
      knowsSpread: nxMajor() >= 23,
    });
    const isTaken = (name: string): boolean =>
      nxJson.namedInputs?.[name] !== undefined || declared.targets.namedInputs?.[name] !== undefined;
    const { targets, namedInputs } = shortInputs(adapted, root, isTaken);
    const description = metadata.description === undefined ? {} : { description: metadata.description };
    const configuration = {
      name: ref.name,
      root,
      targets,
      ...(namedInputs === undefined ? {} : { namedInputs }),
      metadata: { technologies: ['python'], ...description },
    };
    return [found.files[0] ?? '', { projects: { [root]: configuration } }];
  } catch (error) {
    return withProblem(found, ref.name, error, all);
  }
}

function factsOf(
  root: string,
  { facts }: Pick<WorkspaceFacts, 'facts'>,
): PlaceFacts & { readonly project: ProjectFacts } {
  const found = facts.get(root);
  if (found?.project === undefined) throw new Error(`\`${root}\` is not a project`);
  return { ...found, project: found.project };
}

/** The projects of the workspace that building and testing a project takes. */
function comesWith({ metadata, ref }: ReadableProject, { metadata: all, byRoot }: WorkspaceFacts): TaskProject[] {
  return localClosure(metadata, all, ref.settings).flatMap(({ root }) => byRoot.get(root) ?? []);
}

/** A project as the tasks of others see it. */
function taskProject(
  { found, ref, metadata }: ReadableProject,
  workspace: string,
  inner: readonly string[],
): TaskProject {
  const { targets } = found.options;
  const settings = withInnerProjects(found.options.settings, inner);
  const command = toolchainCommand(workspace, metadata.vcsVersion === undefined ? undefined : ref.name);
  return { root: found.root, metadata, name: ref.name, settings, targets, toolchainCommand: command };
}

/** A project that something is wrong with: the targets it would have say what. */
function withProblem(found: FoundProject, name: string, error: unknown, all: WorkspaceFacts): Inferred {
  const { root, options } = found;
  const { declared, project } = factsOf(root, all);
  const targets = problemTargets(explainFailure(error).text, {
    root,
    name,
    settings: options.settings,
    targets: options.targets,
    hasTests: project.hasTests,
    statements: targetStatements(options.targets, { nxJson: all.nxJson, projectJson: declared.targets }),
  });
  const configuration = { name, root, targets, metadata: { technologies: ['python'] } };
  return [found.files[0] ?? '', { projects: { [root]: configuration } }];
}
