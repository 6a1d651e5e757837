import { logger, type Tree } from '@nx/devkit';
import { EJECTABLE_TEMPLATES } from '@wheelhouse/python-stage/internal';
import type { EjectGeneratorSchema } from './schema.js';
import { ejectTemplate } from '../../element/eject-template.js';
import { oneOf, shown } from '../../errors.js';
import { Changes } from '../../merge/changes.js';
import { reportText } from '../../merge/report.js';
import { findRoot } from '../../project/find-root.js';

/** Copies a template into a project. Run again, it changes nothing, and shows what has been changed since. */
export default async function eject(tree: Tree, options: EjectGeneratorSchema): Promise<void> {
  const { env: environment } = process;
  try {
    const template = oneOf('template', options.template, EJECTABLE_TEMPLATES);
    const root = await findRoot(tree, options, environment);
    const changes = new Changes(tree);
    await ejectTemplate(changes, { template, root, name: options.project, environment });
    const report = reportText(changes);
    if (report !== '') logger.info(report);
  } catch (error) {
    throw shown(error);
  }
}
