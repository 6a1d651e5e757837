// Made from schema.json: `npm run generate`.

/**
 * Updates the locks that no longer match the requirements of their projects.
 */
export interface SyncLocksGeneratorSchema {}
