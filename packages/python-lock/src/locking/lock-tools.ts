import { parseRequirement } from '@wheelhouse/python/internal';
import { TOOL_REQUIREMENTS, TOOLS_PYTHON } from '@wheelhouse/python/fetch';
import { formatLock, requirementLines } from '@wheelhouse/python/lockfile';
import { Uv, type UvContext } from '../resolving/uv.js';

/**
 * The text of `tools/tools.txt`, or of the lock of other tools, resolved anew with the installed uv; for maintainers
 * (`node tools/python-tools-lock.mjs`). Every tool has a wheel.
 *
 * @throws Error with uv's message if there is no solution
 */
export async function lockTools(context: UvContext, tools: readonly string[] = TOOL_REQUIREMENTS): Promise<string> {
  const uv = new Uv(context);
  const requirements = requirementLines(tools.map((text) => parseRequirement(text)));
  const answer = await uv.resolve({ requirements, python: TOOLS_PYTHON, metadata: [] });
  if (answer.type !== 'resolved') throw new Error(`the tools cannot be locked: ${JSON.stringify(answer)}`);
  return formatLock({
    kind: 'tools',
    distribution: '@wheelhouse/python',
    python: TOOLS_PYTHON,
    uv: await uv.version(),
    requirements,
    hookRequirements: [],
    entries: answer.entries,
  });
}
