// Made from schema.json: `npm run generate`.

/**
 * Runs a step of a project's build stage on a Docker engine.
 */
export interface StageExecutorSchema {
  /**
   * Which step: `build` makes the images and fetches what the locks name, `agent` waits for the database, `test` and `builder` run these services and bring out reports and wheels, `release` builds and runs the release image, `clean` removes everything again.
   */
  stage: 'build' | 'agent' | 'test' | 'builder' | 'release' | 'clean';
}
