import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  composite,
  layeredFiles,
  MappingNode,
  normalPath,
  parseYaml,
  ScalarNode,
  SequenceNode,
  type Node,
  type Origin,
  type ProjectFiles,
} from '@wheelhouse/element';
import type { PlannedElement, PlanValue } from './project-plan.js';

/** The directory of the templates. */
export const TEMPLATES: string = join(__dirname, 'templates');

/**
 * The files of the project that planned elements make: the templates under the elements' names, each with what the plan
 * puts over it. They go through the loader like files on disk.
 */
export function elementsOfPlan(elements: readonly PlannedElement[]): ProjectFiles {
  const templates = new Map<string, MappingNode>();
  const read = (name: string): MappingNode => {
    const file = `${name}.bst`;
    const known = templates.get(name) ?? parseYaml(readFileSync(join(TEMPLATES, file), 'utf8'), file);
    templates.set(name, known);
    return known;
  };
  return layeredFiles(NO_FILES, {
    texts: new Map([
      ['project.conf', readFileSync(join(TEMPLATES, 'project.conf'), 'utf8')],
      // A template is read once for all elements that are made from it.
      ...elements.map(({ name }) => [normalPath(name), '{}'] as const),
    ]),
    overlays: new Map(
      elements.map(({ name, template, overlay }) => [
        normalPath(name),
        composite(read(template), mapping(overlay, { file: name, line: 1, column: 0 })),
      ]),
    ),
  });
}

const NO_FILES: ProjectFiles = { read: () => undefined, kind: () => undefined, list: () => [] };

function nodeOf(value: PlanValue, origin: Origin): Node {
  if (typeof value === 'string') return new ScalarNode(value, origin);
  if (isList(value)) {
    return new SequenceNode(
      value.map((item) => nodeOf(item, origin)),
      origin,
    );
  }
  return mapping(value, origin);
}

function mapping(value: { readonly [key: string]: PlanValue }, origin: Origin): MappingNode {
  return new MappingNode(new Map(Object.entries(value).map(([key, member]) => [key, nodeOf(member, origin)])), origin);
}

function isList(value: Exclude<PlanValue, string>): value is readonly PlanValue[] {
  return Array.isArray(value);
}
