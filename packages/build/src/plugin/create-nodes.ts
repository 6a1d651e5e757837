import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateNodes, CreateNodesContext, CreateNodesResultArray } from '@nx/devkit';
import { ElementError, ElementErrors, formatError } from '@wheelhouse/element';
import { platformMarkers } from '@wheelhouse/python';
import { askedOf } from './asked-of.js';
import { externalName, externalNodes } from './external-nodes.js';
import { LocalTasks, type TaskProject } from './local-tasks.js';
import { LockedDistributions } from './locked-distributions.js';
import { readMetadata } from './metadata-reader.js';
import { inferTargets } from './targets.js';
import { hasTests } from './tests-of-project.js';
import { toolchainCommand } from './toolchain-command.js';
import { workspaceMemo } from './workspace-data.js';
import { findProjects } from '../workspace/discovery.js';
import { projectRoots } from '../workspace/metadata-files.js';
import { checkedOptions, readPluginEntries } from '../workspace/nx-json.js';
import type { PluginOptions } from '../workspace/plugin-options.js';
import { declaredName } from '../workspace/project-name.js';

/** The Python projects of a workspace, for Nx: their targets, and the distributions that they lock. */
export const createNodes: CreateNodes = [
  '**/{setup.py,setup.cfg,pyproject.toml}',
  async (files, options, context) => await infer(files, await optionsFor(options, context), context),
];

/** The name by which Nx 22 and 23 look for {@link createNodes} first. */
export const createNodesV2: CreateNodes = createNodes;

async function infer(
  files: readonly string[],
  options: PluginOptions,
  { workspaceRoot }: CreateNodesContext,
): Promise<CreateNodesResultArray> {
  const memo = workspaceMemo(workspaceRoot, process.env);
  const roots = projectRoots(workspaceRoot, files);
  // Projects that other entries of nx.json are for may be required by those of this one.
  const optionsOf = new Map([
    ...(await otherProjects(workspaceRoot)),
    ...roots.map(({ root }) => [root, options] as const),
  ]);
  const { projects, errors: all } = await readMetadata([...optionsOf.keys()].sort(), {
    workspace: workspaceRoot,
    environment: process.env,
    memo,
    settings: (root) => optionsOf.get(root)?.settings,
  });
  const errors = all.filter(({ root }) => roots.some((own) => own.root === root));
  const workspace = [...projects.values()];
  const named = workspace.map((metadata): TaskProject => {
    const { root, vcsVersion } = metadata;
    const { settings, targets } = optionsOf.get(root) ?? options;
    const name = declaredName(join(workspaceRoot, root)) ?? metadata.name;
    const command = toolchainCommand(workspaceRoot, vcsVersion === undefined ? undefined : name);
    return { root, metadata, name, settings, targets, toolchainCommand: command };
  });
  const tasks = new LocalTasks(named, platformMarkers(process.platform));
  const locks = new LockedDistributions(workspaceRoot, memo('locks'));
  const locked = new Map(roots.map(({ root }) => [root, projects.has(root) ? locks.of(root) : []]));
  locks.save();
  const external = externalNodes([...locked.values()].flat());
  const byRoot = new Map(named.map((project) => [project.root, project]));
  const results: CreateNodesResultArray = [];
  for (const { root, files: own } of roots) {
    const project = byRoot.get(root);
    const [file = ''] = own;
    if (project === undefined) continue;
    const { metadata, name } = project;
    const distributions = locked.get(root) ?? [];
    const names = [...new Set(distributions.map(externalName))].sort();
    const targets = inferTargets({
      ...project,
      asked: askedOf(metadata, workspace, options.settings),
      named: metadata.namedFiles ?? [],
      external: names,
      tasks: { wheel: tasks.wheel(root), test: tasks.test(root), lock: tasks.lock(root) },
      hasTests: await hasTests(join(workspaceRoot, root), options.settings.testInclude),
    });
    const description = metadata.description === undefined ? {} : { description: metadata.description };
    results.push([
      file,
      {
        projects: { [root]: { name, root, targets, metadata: { technologies: ['python'], ...description } } },
        externalNodes: Object.fromEntries(
          names.flatMap((each) => (external[each] === undefined ? [] : [[each, external[each]]])),
        ),
      },
    ]);
  }
  if (errors.length === 0) return results;
  const fileOf = new Map(roots.map(({ root, files: [file = ''] }) => [root, file]));
  const { AggregateCreateNodesError } = await import('@nx/devkit');
  throw new AggregateCreateNodesError(
    errors.map(({ root, error }) => [fileOf.get(root) ?? root, new Error(formatError(error), { cause: error })]),
    results,
  );
}

/** The projects of a workspace whose nx.json has several entries, with the options of each. */
async function otherProjects(workspace: string): Promise<(readonly [string, PluginOptions])[]> {
  if (!existsSync(join(workspace, 'nx.json')) || (await readPluginEntries(workspace)).length < 2) return [];
  return (await findProjects(workspace)).map(({ root, options }) => [root, options]);
}

async function optionsFor(options: unknown, { workspaceRoot }: CreateNodesContext): Promise<PluginOptions> {
  try {
    return await checkedOptions(options, workspaceRoot);
  } catch (error) {
    // Nx shows the message of an error and nothing of what else it holds.
    if (error instanceof ElementError || error instanceof ElementErrors)
      throw new Error(formatError(error), { cause: error });
    throw error;
  }
}
