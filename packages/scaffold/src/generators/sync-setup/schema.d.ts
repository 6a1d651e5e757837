// Made from schema.json: `npm run generate`.

/**
 * Adds missing requirements and packages to the setup.py of each project with a build stage.
 */
export interface SyncSetupGeneratorSchema {}
