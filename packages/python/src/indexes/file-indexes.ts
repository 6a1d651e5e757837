import { join } from 'node:path';
import { boundIndexes } from './bound-indexes.js';
import { type IndexSettings } from './index-settings.js';
import { withPins } from './read-index-settings.js';
import { withUv } from './with-uv.js';
import { readsProjects } from './uv-files.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import type { UvTable } from '../metadata/uv-table.js';
import { expandVariables } from '../requirements/address.js';

/** What a project's files say of indexes. */
export type ProjectWithIndexes = Pick<ProjectMetadata, 'fromFiles' | 'indexes'>;

/** Whose requirements files count, and what they are read with. */
export interface FileIndexesContext {
  readonly projects: readonly ProjectWithIndexes[];
  /** Projects that these require, whose names are bound to indexes as they are there. */
  readonly locals?: readonly ProjectWithIndexes[];
  /** The workspace's directory, absolute. */
  readonly workspace: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Settings with what files of projects say of indexes over them: their uv.toml and `[tool.uv]` as to uv, beneath uv's
 * variables; and requirements files as to pip, where `--index-url` takes the index's place and the others add to what
 * there is. Variables get their values here, and nowhere that is kept.
 *
 * @throws ElementError METADATA for a variable that is not set, and for a name that is bound to no index, or to two
 */
export function withFileIndexes(settings: IndexSettings, context: FileIndexesContext): IndexSettings {
  const found = withRequirementsFiles(withProjectTables(settings, context), context);
  const bound = boundIndexes([...context.projects, ...(context.locals ?? [])], settings, context.environment);
  const isOneOfSeveral = bound.length > 0 || found.extraIndexUrls.length > 0;
  const usual = isOneOfSeveral ? (found.indexUrl ?? settings.configured?.usual) : found.indexUrl;
  const addressed = usual === undefined ? found : { ...found, indexUrl: usual };
  if (bound.length === 0) return addressed;
  const { pinned } = withPins(addressed, bound, context.environment);
  return { ...addressed, pinned: [...(settings.pinned ?? []), ...(pinned ?? [])] };
}

/** Whether the files of projects say anything of indexes. */
export function haveIndexes(projects: readonly ProjectWithIndexes[]): boolean {
  return projects.some(({ fromFiles, indexes }) => fromFiles !== undefined || indexes !== undefined);
}

function withProjectTables(settings: IndexSettings, { projects, environment }: FileIndexesContext): IndexSettings {
  const tables = projects.flatMap(({ indexes }) => indexes?.table ?? []);
  if (tables.length === 0 || !readsProjects(environment)) return settings;
  const { pip, uv } = settings.configured ?? { pip: settings, uv: { variables: NOTHING, files: [] } };
  const { indexUrl, extraIndexUrls, findLinks, trustedHosts, noIndex } = withUv(
    pip,
    { variables: uv.variables, files: [...tables, ...uv.files] },
    environment,
  );
  const isDefault = indexUrl === undefined ? {} : { indexUrl };
  return { ...settings, ...isDefault, extraIndexUrls, findLinks, trustedHosts, noIndex };
}

const NOTHING: UvTable = { indexes: [], extraIndexUrls: [], findLinks: [], insecureHosts: [], noIndex: false };

function withRequirementsFiles(settings: IndexSettings, context: FileIndexesContext): IndexSettings {
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
