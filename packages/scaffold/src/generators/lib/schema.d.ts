import type { PythonProjectOptions } from '../../new-project/project-options.js';

/** The options of the generator `lib`: those of `app`, but for the framework. */
export type LibGeneratorSchema = Omit<PythonProjectOptions, 'framework'>;
