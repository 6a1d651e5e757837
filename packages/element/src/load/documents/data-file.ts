import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { errnoOf } from '../../base/errno.js';
import { ElementError } from '../../base/error.js';
import type { MappingNode } from '../node.js';
import { originsIn } from '../../base/origin.js';
import { readTextFile } from '../../base/text-file.js';
import { decodeNode, encodeNode, type CompiledMapping } from './compiled-node.js';
import { parseYaml } from './yaml.js';

/** A YAML file that comes with a package: a kind's defaults, a template. */
export interface DataFile {
  readonly node: MappingNode;
  /** SHA-256 of its text, in hexadecimal. */
  readonly digest: string;
}

/**
 * Reads a YAML file of a package. Beside it may be `<path>.json`, what {@link compileDataFile} made of the same text
 * when the package was built; then nothing has to be parsed.
 *
 * @param path absolute
 * @throws ElementError INVALID_YAML, MISSING_FILE, and as {@link readTextFile}
 */
export function readDataFile(path: string): DataFile {
  const text = readTextFile(path);
  if (text === undefined) throw new ElementError({ code: 'MISSING_FILE', message: `file \`${path}\` does not exist` });
  const digest = createHash('sha256').update(text).digest('hex');
  const compiled = readCompiled(`${path}.json`);
  const file = basename(path);
  if (compiled?.digest === digest) return { node: decodeNode(compiled.node, originsIn(file, undefined)), digest };
  return { node: parseYaml(text, file), digest };
}

/** The text of the file that {@link readDataFile} takes in place of parsing `text`. */
export function compileDataFile(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex');
  return JSON.stringify({ digest, node: encodeNode(parseYaml(text, '')) } satisfies Compiled);
}

interface Compiled {
  readonly digest: string;
  readonly node: CompiledMapping;
}

function readCompiled(path: string): Compiled | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Compiled;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
