import type { PythonProjectOptions } from '../../new-project/project-options.js';

/** The options of the generator `app`. */
export type AppGeneratorSchema = PythonProjectOptions;
