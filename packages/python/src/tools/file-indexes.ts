import { join } from 'node:path';
import type { IndexSettings } from './index-settings.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import { expandVariables } from '../requirements/address.js';

/** Whose requirements files count, and what they are read with. */
export interface FileIndexesContext {
  readonly projects: readonly Pick<ProjectMetadata, 'fromFiles'>[];
  /** The workspace's directory, absolute. */
  readonly workspace: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Settings with what requirements files say of indexes over them, as to pip: `--index-url` takes the index's place, the
 * others add to what there is. Variables get their values here, and nowhere that is kept.
 *
 * @throws ElementError METADATA for a variable that is not set
 */
export function withFileIndexes(settings: IndexSettings, context: FileIndexesContext): IndexSettings {
  const expand = (text: string): string => expandVariables(text, (name) => context.environment[name]);
  const { projects } = context;
  const noIndex =
    settings.noIndex || (projects.length > 0 && projects.every(({ fromFiles }) => fromFiles?.indexes.noIndex));
  return projects.reduce<IndexSettings>(
    (before, { fromFiles }) => {
      if (fromFiles === undefined) return before;
      const { indexUrl, extraIndexUrls, findLinks, trustedHosts } = fromFiles.indexes;
      // What one project's file replaces is still where another's files are.
      const replaced = projects.length > 1 && indexUrl !== undefined ? [before.indexUrl] : [];
      const links = findLinks.map((link) => (link.includes('://') ? expand(link) : join(context.workspace, link)));
      return {
        ...before,
        ...(indexUrl === undefined ? {} : { indexUrl: expand(indexUrl) }),
        extraIndexUrls: [...new Set([...before.extraIndexUrls, ...extraIndexUrls.map(expand), ...replaced])].filter(
          (url) => url !== undefined,
        ),
        findLinks: [...new Set([...before.findLinks, ...links])],
        trustedHosts: [...new Set([...before.trustedHosts, ...trustedHosts])],
      };
    },
    { ...settings, noIndex },
  );
}
