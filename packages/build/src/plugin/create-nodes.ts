import { createHash } from 'node:crypto';
import type { CreateNodes, CreateNodesContext, CreateNodesResultArray } from '@nx/devkit';
import { inferProjects } from './infer-projects.js';
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

async function infer(
  files: readonly string[],
  options: unknown,
  { workspaceRoot: workspace, nxJsonConfiguration: nxJson }: CreateNodesContext,
): Promise<CreateNodesResultArray> {
  const environment = process.env;
  const entry = await checkedOptions(options, workspace);
  const seen = await SeenWorkspace.ofEntry(files, entry, { workspace, environment });
  const { targetDefaults, namedInputs } = nxJson;
  const said = JSON.stringify({ options, targetDefaults, namedInputs, command: toolchainCommand(workspace) });
  const key = sha256(`${codeStamp()}\n${said}\n${seen.digest()}`);
  // Nx asks for each entry of nx.json apart.
  const name = seen.isOnlyEntry ? 'nodes' : `nodes-${sha256(JSON.stringify(options ?? {})).slice(0, 8)}`;
  const memo = new AnswerMemo<CreateNodesResultArray>(workspaceMemo(workspace, environment)(name));
  const known = memo.get(key);
  if (known !== undefined) return known;
  const results = await inferProjects(seen, { workspace, nxJson });
  memo.put(key, results);
  return results;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
