export type { EditableProject } from './editable-wheels.js';
export { makeVenv, type VenvOptions, type VenvResult } from './make-venv.js';
