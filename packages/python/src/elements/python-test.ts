import { join } from 'node:path';
import { BuildElement, type ElementKind } from '@wheelhouse/element';

/** The tests of a project, run on its installed wheel; the package's sources are not there (docs/adr/0016). */
export class PythonTestElement extends BuildElement {}

/** Kind `python-test`. */
export const pythonTest: ElementKind = {
  kind: 'python-test',
  formatVersion: 1,
  defaults: join(__dirname, 'python-test.yaml'),
  create: (meta) => new PythonTestElement(meta),
};
