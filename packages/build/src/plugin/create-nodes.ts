import { join } from 'node:path';
import type { CreateNodes, CreateNodesContext, CreateNodesResultArray } from '@nx/devkit';
import { ElementError, ElementErrors, formatError } from '@wheelhouse/element';
import { askedOf } from './asked-of.js';
import { externalName, externalNodes } from './external-nodes.js';
import { LockedDistributions } from './locked-distributions.js';
import { readMetadata } from './metadata-reader.js';
import { inferTargets } from './targets.js';
import { hasTests } from './tests-of-project.js';
import { toolchainCommand } from './toolchain-command.js';
import { workspaceMemo } from './workspace-data.js';
import { projectRoots } from '../workspace/metadata-files.js';
import { checkedOptions } from '../workspace/nx-json.js';
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
  const { projects, errors } = await readMetadata(
    roots.map(({ root }) => root),
    { workspace: workspaceRoot, environment: process.env, memo, settings: () => options.settings },
  );
  const locks = new LockedDistributions(workspaceRoot, memo('locks'));
  const locked = new Map([...projects.keys()].map((root) => [root, locks.of(root)]));
  locks.save();
  const external = externalNodes([...locked.values()].flat());
  const results: CreateNodesResultArray = [];
  for (const { root, files: own } of roots) {
    const metadata = projects.get(root);
    const [file = ''] = own;
    if (metadata === undefined) continue;
    const distributions = locked.get(root) ?? [];
    const name = declaredName(join(workspaceRoot, root)) ?? metadata.name;
    const names = [...new Set(distributions.map(externalName))].sort();
    const targets = inferTargets({
      root,
      name,
      settings: options.settings,
      targets: options.targets,
      toolchainCommand: toolchainCommand(workspaceRoot, metadata.vcsVersion === undefined ? undefined : name),
      asked: askedOf(metadata, [...projects.values()], options.settings),
      named: metadata.namedFiles ?? [],
      external: names,
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
