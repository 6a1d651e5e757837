import { MappingNode } from '../node.js';
import { originsIn } from '../../base/origin.js';
import type * as YamlReader from './yaml-reader.js';

/**
 * Reads an element file's text. Every scalar is the text that was written, without surrounding white space.
 *
 * The format is the part of YAML that BuildStream reads: no anchors, aliases and tags, no key twice in one dictionary,
 * keys that are strings, one document, and a dictionary at its top (a text of comments alone is an empty one).
 *
 * @param file what origins call the text
 * @param junction see {@link Origin.junction}
 * @throws ElementError INVALID_YAML @throws ElementErrors if the text has several errors
 */
export function parseYaml(text: string, file: string, junction?: string): MappingNode {
  if (text.trim() === '') return MappingNode.empty(originsIn(file, junction)(1, 0));
  // The parser is loaded when there is something to parse: an all-cached build of a Python project parses nothing.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it at once
  const { readYaml } = require('./yaml-reader.js') as typeof YamlReader;
  return readYaml(text, originsIn(file, junction));
}
