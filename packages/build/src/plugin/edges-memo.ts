import { createHash } from 'node:crypto';
import type { ProjectEdge, ProjectEdges } from './project-edges.js';
import { AnswerMemo } from '../inference/answer-memo.js';
import { codeStamp } from '../inference/code-stamp.js';
import type { SeenWorkspace, SeenWorkspaceOptions } from '../inference/seen-workspace.js';
import { workspaceMemo } from '../inference/workspace-data.js';

/** The edges of the projects of a workspace as it is now, from the last time that somebody computed them. */
export interface EdgesMemo {
  get(): ProjectEdges | undefined;
  /** Keeps them, unless they are what `get` gave. */
  put(edges: ProjectEdges): void;
}

/** What `createNodes` computes before is what `createDependencies` asks for. */
export function edgesMemo(seen: SeenWorkspace, { workspace, environment }: SeenWorkspaceOptions): EdgesMemo {
  const memo = new AnswerMemo<readonly (readonly [string, readonly ProjectEdge[]])[]>(
    workspaceMemo(workspace, environment)('edges'),
  );
  const key = createHash('sha256').update(`${codeStamp()}\n${seen.requiredDigest()}`).digest('hex');
  let known: ProjectEdges | undefined;
  return {
    get: () => {
      const edges = memo.get(key);
      known = edges === undefined ? undefined : new Map(edges);
      return known;
    },
    put: (edges) => {
      if (edges !== known) memo.put(key, [...edges]);
    },
  };
}
