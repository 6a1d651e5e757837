import { join } from 'node:path';
import {
  composite,
  ErrorCollector,
  layeredFiles,
  normalPath,
  readDataFile,
  toMapping,
  type MappingNode,
  type ProjectFiles,
} from '@wheelhouse/element';
import { checkFilledIn } from './filled-in.js';
import type { PlannedElement } from './planned-element.js';

/** The directory of the templates. */
export const TEMPLATES: string = join(__dirname, 'templates');

/**
 * The files of the project that planned elements make: the templates under the elements' names, each with what the plan
 * puts over it. They go through the loader like files on disk. Where a project has a template of its own, it is taken in
 * the place of the one of this package, and may not say what the plan says.
 *
 * @throws ElementError INVALID_DATA, ILLEGAL_COMPOSITE @throws ElementErrors everything that is wrong with the projects'
 *   own templates and can be found by laying the plan over them
 */
export function elementsOfPlan(elements: readonly PlannedElement[]): ProjectFiles {
  const templates = new Map<string, MappingNode>();
  const template = (file: string): MappingNode => {
    const known = templates.get(file) ?? readDataFile(join(TEMPLATES, file)).node;
    templates.set(file, known);
    return known;
  };
  const errors = new ErrorCollector();
  const nodes = new Map([['project.conf', template('project.conf')]]);
  for (const element of elements) {
    errors.attempt(() => {
      nodes.set(normalPath(element.name), nodeOf(element, element.ejected ?? template(`${element.template}.bst`)));
    });
  }
  errors.throwIfAny();
  // The files are empty, and what they would hold is laid over them: a template is read once for all its elements.
  return layeredFiles(NO_FILES, { texts: new Map([...nodes.keys()].map((name) => [name, ''])), overlays: nodes });
}

function nodeOf({ name, origin, ejected, overlay, surroundings }: PlannedElement, template: MappingNode): MappingNode {
  const place = origin ?? { file: name, line: 1, column: 0 };
  const filledIn = toMapping(overlay, place);
  if (ejected !== undefined) checkFilledIn(ejected, filledIn);
  const node = composite(template, filledIn);
  return surroundings === undefined ? node : composite(node, toMapping(surroundings, place));
}

const NO_FILES: ProjectFiles = { read: () => undefined, kind: () => undefined, list: () => [] };
