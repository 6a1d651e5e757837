import { join } from 'node:path';
import { BuildElement, type ElementKind } from '@wheelhouse/element';

/** A virtual environment (PEP 405) made from the wheels among its build dependencies (docs/adr/0014). */
export class PythonEnvElement extends BuildElement {}

/** Kind `python-env`. */
export const pythonEnv: ElementKind = {
  kind: 'python-env',
  formatVersion: 1,
  defaults: join(__dirname, 'python-env.yaml'),
  create: (meta) => new PythonEnvElement(meta),
};
