// Made from schema.json: `npm run generate`.

/**
 * Publishes the distributions of a Python project to an index.
 */
export interface PublishExecutorSchema {
  /**
   * The directory of a static index, relative to the workspace.
   */
  to?: string | number;
  /**
   * The index to upload to: its URL, or its name in ~/.pypirc.
   */
  repository?: string | number;
  /**
   * The URL of that index's pages, if it is not `simple/` below the upload URL.
   */
  checkUrl?: string | number;
  /**
   * What to publish: the project's own distribution, also those of its local dependencies, or its whole wheelhouse.
   */
  scope?: 'own' | 'local' | 'wheelhouse';
  /**
   * Prints what would happen, without changing anything.
   */
  dryRun?: boolean;
  /**
   * Refuses a wheel without a passing record of the same bytes.
   */
  tested?: boolean;
  /**
   * The record, relative to the workspace, if it is not in reports/.
   */
  record?: string | number;
  /**
   * The arguments of the command line that are not options of Nx.
   */
  __unparsed__?: string[];
}
