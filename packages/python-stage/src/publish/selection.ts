import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readPublishable, type PublishableFile } from './publishable-file.js';
import { nameOf, originOf } from '../wheelhouse/verify-provenance.js';
import type { WheelhouseContents } from '../wheelhouse/wheelhouse-contents.js';

/** What is published: the project's own distribution, those of its local dependencies too, or the whole wheelhouse. */
export const PUBLISH_SCOPES = ['own', 'local', 'wheelhouse'] as const;
export type PublishScope = (typeof PUBLISH_SCOPES)[number];

const ORIGINS: Readonly<Record<PublishScope, readonly string[]>> = {
  own: ['project'],
  local: ['project', 'workspace'],
  wheelhouse: ['project', 'workspace', 'snapshot', 'sdist'],
};

/** The files of a wheelhouse that are published, and the project's sdists that were built beside it. */
export async function selectFiles(
  { directory, provenance }: WheelhouseContents,
  scope: PublishScope,
): Promise<PublishableFile[]> {
  const subjects = provenance?.at('subject').items() ?? [];
  const wheels = subjects.filter((subject) => ORIGINS[scope].includes(originOf(subject))).map(nameOf);
  const sdists = join(dirname(directory), 'sdist');
  const built = existsSync(sdists) ? (await readdir(sdists)).filter((name) => name.endsWith('.tar.gz')) : [];
  return await Promise.all([
    ...wheels.sort().map((name) => readPublishable(name, join(directory, name))),
    ...built.sort().map((name) => readPublishable(name, join(sdists, name))),
  ]);
}
