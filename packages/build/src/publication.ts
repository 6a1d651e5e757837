import { isAbsolute, join, relative, resolve } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { outputDirectory, type Operation, type PythonEngine } from '@wheelhouse/python-stage/internal';
import { publish, PUBLISH_SCOPES, type Publication } from '@wheelhouse/python-stage/publish';

/** How something is published, as the executor's schema and the command's options say it. */
export interface PublishOptions {
  readonly to?: string | undefined;
  readonly repository?: string | undefined;
  readonly checkUrl?: string | undefined;
  readonly scope?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly tested?: boolean | undefined;
  readonly record?: string | undefined;
}

/** Publishes what a project has in `dist/`. Paths in the options are relative to the workspace. */
export async function publishProject(
  { workspace, project, engine }: Operation,
  options: PublishOptions,
  say: (line: string) => void,
): Promise<void> {
  const wheelhouse = join(outputDirectory(workspace.directory, project.ref.root), 'wheelhouse');
  await publishDirectory(wheelhouse, { ...options, from: workspace.directory, engine }, say);
}

/** Publishes a wheelhouse. @param directory absolute path */
export async function publishDirectory(
  directory: string,
  options: PublishOptions & { readonly from: string; readonly engine: PythonEngine },
  say: (line: string) => void,
): Promise<void> {
  const { from, engine, to, record, scope = 'own', dryRun, tested, ...target } = options;
  const known = PUBLISH_SCOPES.find((each) => each === scope);
  if (known === undefined) {
    throw new ElementError({
      code: 'PUBLISH',
      message: `the scope is \`${scope}\``,
      hint: `it must be one of ${PUBLISH_SCOPES.map((each) => `\`${each}\``).join(', ')}`,
    });
  }
  const absolute = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(from, path);
  const publication: Publication = {
    ...target,
    wheelhouse: directory,
    to: absolute(to),
    record: absolute(record),
    scope: known,
    dryRun: dryRun === true,
    tested: tested === true,
  };
  const { published, warnings } = await publish(publication, engine);
  for (const { file, message } of warnings) say(`warning: ${file}: ${message}`);
  for (const { filename, outcome } of published) say(`${outcome}: ${filename}`);
  const place = publication.to === undefined ? publication.repository : shown(publication.to, from);
  say(`${dryRun === true ? 'nothing was changed' : 'index'}: ${place ?? ''}`);
}

/** A path as users write it: from where they are, if it is below. */
function shown(path: string, from: string): string {
  const way = relative(from, path);
  return way.startsWith('..') || isAbsolute(way) ? path : way === '' ? '.' : way;
}
