import { createHash } from 'node:crypto';
import type { CreateNodes, CreateNodesContext, CreateNodesResultArray } from '@nx/devkit';
import { edgesMemo } from './edges-memo.js';
import type { ProjectEdge } from './project-edges.js';
import { toolchainCommand } from './toolchain-command.js';
import { AnswerMemo } from '../inference/answer-memo.js';
import { codeStamp } from '../inference/code-stamp.js';
import { SeenWorkspace } from '../inference/seen-workspace.js';
import { workspaceMemo } from '../inference/workspace-data.js';
import { checkedOptions } from '../workspace/nx-json.js';

/**
 * The Python projects of a workspace, for Nx: their targets, and the distributions that they lock. An error here would
 * stop every command of Nx, so a project that something is wrong with has targets that say so (docs/adr/0066).
 *
 * The files that give projects of other languages their names match, too: no name may be used twice. Nothing is computed
 * if all is as it was the last time (docs/adr/0108).
 */
export const createNodes: CreateNodes = [
  '**/{setup.py,setup.cfg,pyproject.toml,project.json,package.json}',
  async (files, options, context) => await infer(files, options, context),
];

/** The name by which Nx 22 and 23 look for {@link createNodes} first. */
export const createNodesV2: CreateNodes = createNodes;

/** What was inferred the last time. */
interface Remembered {
  /** Digests of what the projects said, by their roots. */
  readonly digests: readonly (readonly [root: string, digest: string])[];
  readonly results: CreateNodesResultArray;
  readonly edges: readonly (readonly [root: string, edges: readonly ProjectEdge[]])[];
}

async function infer(
  files: readonly string[],
  options: unknown,
  { workspaceRoot: workspace, nxJsonConfiguration: nxJson }: CreateNodesContext,
): Promise<CreateNodesResultArray> {
  const place = { workspace, environment: process.env };
  const entry = await checkedOptions(options, workspace);
  const seen = await SeenWorkspace.ofEntry(files, entry, place);
  const { targetDefaults, namedInputs } = nxJson;
  const said = JSON.stringify({ options, targetDefaults, namedInputs, command: toolchainCommand(workspace) });
  const frame = sha256(`${codeStamp()}\n${said}\n${seen.frame()}`);
  // Nx asks for each entry of nx.json apart.
  const name = seen.isOnlyEntry ? 'nodes' : `nodes-${sha256(JSON.stringify(options ?? {})).slice(0, 8)}`;
  const memo = new AnswerMemo<Remembered>(workspaceMemo(workspace, place.environment)(name));
  const last = memo.get(frame);
  const digests = [...seen.digests()];
  const known = new Map(last?.digests);
  const changed = digests.flatMap(([root, digest]) => (known.get(root) === digest ? [] : [root]));
  if (last !== undefined && changed.length === 0) return last.results;
  // What infers is loaded when there is something to infer.
  const { inferProjects } = await import('./infer-projects.js');
  const { results, edges } = await inferProjects(seen, {
    workspace,
    nxJson,
    ...(last === undefined ? {} : { last: { results: last.results, edges: new Map(last.edges), changed } }),
  });
  memo.put(frame, { digests, results, edges: [...edges] });
  // The next that Nx asks for.
  edgesMemo(seen, place).put(edges);
  return results;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
