import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { DockerfileParser } from 'dockerfile-ast';
import { parseDocument } from 'yaml';

/** What the files of a stage that already exists say of what would else be chosen anew. */
export interface PresentChoices {
  readonly base?: string;
  readonly databaseImage?: string;
  readonly volumesFrom?: boolean;
}

/** Reads the choices of the stage of a project. @param root the project's directory relative to the workspace */
export function presentChoices(tree: Tree, root: string): PresentChoices {
  const dockerfile = tree.read(posix.join(root, 'docker/dev/Dockerfile'), 'utf8');
  const compose = tree.read(posix.join(root, 'docker/dev/docker-compose.yml'), 'utf8');
  const base = dockerfile === null ? undefined : baseOf(dockerfile);
  if (compose === null) return base === undefined ? {} : { base };
  const document = parseDocument(compose);
  const image = document.errors.length > 0 ? undefined : document.getIn(['services', 'db', 'image']);
  return {
    ...(base === undefined ? {} : { base }),
    ...(typeof image === 'string' ? { databaseImage: image } : {}),
    ...(document.errors.length > 0 ? {} : { volumesFrom: document.hasIn(['services', 'test', 'volumes_from']) }),
  };
}

/** The default of the argument `BASE` of a Dockerfile. */
export function baseOf(text: string): string | undefined {
  const properties = DockerfileParser.parse(text)
    .getARGs()
    .map((argument) => argument.getProperty());
  return properties.find((property) => property?.getName() === 'BASE')?.getValue() ?? undefined;
}
