import { join } from 'node:path';
import {
  composite,
  layeredFiles,
  normalPath,
  readDataFile,
  toMapping,
  type MappingNode,
  type ProjectFiles,
} from '@wheelhouse/element';
import type { PlannedElement } from './planned-element.js';

/** The directory of the templates. */
export const TEMPLATES: string = join(__dirname, 'templates');

/**
 * The files of the project that planned elements make: the templates under the elements' names, each with what the plan
 * puts over it. They go through the loader like files on disk.
 */
export function elementsOfPlan(elements: readonly PlannedElement[]): ProjectFiles {
  const templates = new Map<string, MappingNode>();
  const template = (file: string): MappingNode => {
    const known = templates.get(file) ?? readDataFile(join(TEMPLATES, file)).node;
    templates.set(file, known);
    return known;
  };
  const nodes = new Map([
    ['project.conf', template('project.conf')],
    ...elements.map((element): [string, MappingNode] => {
      const place = element.origin ?? { file: element.name, line: 1, column: 0 };
      return [
        normalPath(element.name),
        composite(template(`${element.template}.bst`), toMapping(element.overlay, place)),
      ];
    }),
  ]);
  // The files are empty, and what they would hold is laid over them: a template is read once for all its elements.
  return layeredFiles(NO_FILES, { texts: new Map([...nodes.keys()].map((name) => [name, ''])), overlays: nodes });
}

const NO_FILES: ProjectFiles = { read: () => undefined, kind: () => undefined, list: () => [] };
