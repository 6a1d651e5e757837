// Made from schema.json: `npm run generate`.

/**
 * Adds missing package files to each project's MANIFEST.in.
 */
export interface SyncManifestsGeneratorSchema {}
