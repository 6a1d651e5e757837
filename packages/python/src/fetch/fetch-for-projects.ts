import type { DistributionFile, DistributionRequest } from './distribution-file.js';
import { fetchDistributions, type DownloadContext } from './fetch-distributions.js';
import { haveIndexes, withFileIndexes, type FileIndexesContext } from '../indexes/file-indexes.js';
import { readToolsLock } from '../tools/tools-lock.js';

/**
 * Downloads what projects have locked from where their files say, and the tools that sandboxes import from
 * where pip's configuration says: files of projects may name an index that has no tools, or none at all.
 *
 * @returns in the order of `requests`
 * @throws ElementError LOCK_HASH, FETCH, METADATA
 */
export async function fetchForProjects(
  requests: readonly DistributionRequest[],
  context: DownloadContext,
  files: FileIndexesContext,
): Promise<readonly DistributionFile[]> {
  if (!haveIndexes(files.projects)) return await fetchDistributions(requests, context);
  const tools = new Set(readToolsLock().entries.flatMap(({ hashes }) => hashes));
  const isTool = ({ hashes }: DistributionRequest): boolean => hashes.every((hash) => tools.has(hash));
  const fetched = new Map<DistributionRequest, DistributionFile>();
  for (const [wanted, settings] of [
    [requests.filter(isTool), context.settings],
    [requests.filter((request) => !isTool(request)), withFileIndexes(context.settings, files)],
  ] as const) {
    const answers = await fetchDistributions(wanted, { ...context, settings });
    for (const [index, request] of wanted.entries()) {
      const answer = answers[index];
      if (answer !== undefined) fetched.set(request, answer);
    }
  }
  return requests.flatMap((request) => fetched.get(request) ?? []);
}
