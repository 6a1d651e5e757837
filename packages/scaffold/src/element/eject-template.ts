import { getProjects } from '@nx/devkit';
import { findPython, readProjects } from '@wheelhouse/python/internal';
import { ejectedPath, ejectedText, type EjectableTemplate } from '@wheelhouse/python-stage/internal';
import type { Changes } from '../merge/changes.js';

/** A template that is to be copied. */
export interface EjectRequest {
  readonly template: EjectableTemplate;
  /** The directory of a Python project, relative to the workspace. */
  readonly root: string;
  /** The project's name; that of Nx or of the distribution if absent. */
  readonly name?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** The target that makes what a template is for, by its usual name. */
const TARGETS: Readonly<Record<EjectableTemplate, string>> = {
  wheel: 'build-wheel',
  sdist: 'build-wheel',
  test: 'test',
  installed: 'test',
  env: 'test',
  hook: 'lock',
};

/**
 * Copies a template into a project (docs/adr/0047), and says what to do with it. A file that is there stays.
 *
 * @throws ElementError METADATA if the directory holds no Python project that can be read
 */
export async function ejectTemplate(changes: Changes, request: EjectRequest): Promise<void> {
  const { tree } = changes;
  const { template, root, environment } = request;
  const python = (): Promise<string> => findPython(environment);
  const [metadata] = await readProjects([root], { workspace: tree.root, python, environment });
  const named = [...getProjects(tree)].find(([, project]) => project.root === root)?.[0];
  const name = request.name ?? named ?? metadata?.name ?? '';
  const file = ejectedPath(root, template);
  const isNew = !tree.exists(file);
  changes.write(file, ejectedText(template));
  if (!isNew) return;
  changes.note(
    [
      `\`${file}\` now overrides the template \`${template}\`. Unchanged, it has the same effect.`,
      `Change it, check the result with \`wheelhouse show --format json ${name}\`, and run \`nx run ${name}:${TARGETS[template]}\`.`,
      'Commit it; without it, the template of the package is used again.',
    ].join('\n'),
  );
}
