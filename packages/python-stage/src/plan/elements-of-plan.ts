import { join } from 'node:path';
import { type MappingNode } from '@wheelhouse/element';
import {
  composite,
  ErrorCollector,
  memoryDocuments,
  normalPath,
  readDataFile,
  toMapping,
  type Documents,
} from '@wheelhouse/element/internal';
import { checkFilledIn } from './filled-in.js';
import type { PlannedElement } from './planned-element.js';

/** The directory of the templates. */
export const TEMPLATES: string = join(__dirname, 'templates');

/**
 * The documents of the project that planned elements make: the templates under the elements' names, each with what the
 * plan puts over it. They go through the loader like files on disk. If a project has a template of its own, it is taken in
 * the place of the one of this package, and may not say what the plan says.
 *
 * @throws ElementError INVALID_DATA, ILLEGAL_COMPOSITE @throws ElementErrors everything that is wrong with the projects'
 *   own templates and can be found by laying the plan over them
 */
export function elementsOfPlan(elements: readonly PlannedElement[]): Documents {
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
  return memoryDocuments(nodes);
}

function nodeOf({ name, origin, ejected, overlay, variation }: PlannedElement, template: MappingNode): MappingNode {
  const place = origin ?? { file: name, line: 1, column: 0 };
  const filledIn = toMapping(overlay, place);
  if (ejected !== undefined) checkFilledIn(ejected, filledIn);
  const node = composite(template, filledIn);
  return variation === undefined ? node : composite(node, toMapping(variation, place));
}
