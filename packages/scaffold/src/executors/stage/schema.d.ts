/** The options of the executor `stage`. */
export interface StageExecutorSchema {
  /** Which step of the build stage. */
  readonly stage: 'build' | 'agent' | 'test' | 'builder' | 'release' | 'clean';
}
