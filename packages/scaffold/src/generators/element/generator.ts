import { logger, type Tree } from '@nx/devkit';
import type { ElementGeneratorSchema } from './schema.js';
import { GENERATED_KINDS } from '../../element/element-text.js';
import { writeElement } from '../../element/write-element.js';
import { oneOf, shown } from '../../errors.js';
import { Changes } from '../../merge/changes.js';
import { reportText } from '../../merge/report.js';
import { insideWorkspace } from '../../project/find-root.js';

/** Writes an element, and the project around it if there is none. */
export default async function element(tree: Tree, options: ElementGeneratorSchema): Promise<void> {
  try {
    const { name, depends = [], source } = options;
    const changes = new Changes(tree);
    const root = insideWorkspace(options.directory);
    await writeElement(changes, {
      name,
      root,
      kind: oneOf('kind', options.kind ?? 'manual', GENERATED_KINDS),
      depends,
      source,
    });
    const report = reportText(changes);
    if (report !== '') logger.info(report);
  } catch (error) {
    throw shown(error);
  }
}
