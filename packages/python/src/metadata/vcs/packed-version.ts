import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readFileBytes } from '@wheelhouse/element/internal';
import { isVersion } from '../../requirements/specifier.js';

/** What `git archive` writes into `.git_archival.txt` (setuptools_scm, "Git archives"). */
export interface ArchivedCommit {
  readonly tag: string;
  readonly distance: number;
  readonly node: string;
  /** Its day, UTC. */
  readonly date: string;
}

/**
 * The version in the PKG-INFO of an unpacked sdist, as setuptools_scm and hatch-vcs take it.
 *
 * @returns `undefined` if there is none, and where the project is a repository of its own
 */
export function packedVersion(directory: string): string | undefined {
  if (existsSync(join(directory, '.git'))) return undefined;
  const head =
    readFileBytes(join(directory, 'PKG-INFO'))
      ?.toString()
      .split(/\r?\n\r?\n/, 1)[0] ?? '';
  const [, version] = /^Version:[ \t]*(\S+)[ \t]*\r?$/im.exec(head) ?? [];
  return version !== undefined && isVersion(version) ? version : undefined;
}

/** The commit that an archive of a repository was made of. @returns `undefined` if the file does not exist, or it is as it was checked in */
export function archivedCommit(directory: string): ArchivedCommit | undefined {
  const text = readFileBytes(join(directory, '.git_archival.txt'))?.toString() ?? '';
  if (text.includes('$Format:')) return undefined;
  const fields = new Map(
    [...text.matchAll(/^([\w-]+):[ \t]*(.*?)\r?$/gm)].map(([, key = '', value = '']) => [key, value]),
  );
  const node = fields.get('node') ?? '';
  const date = (fields.get('node-date') ?? '').slice(0, 10);
  const [, tag, distance] = /^(.+)-(\d+)-g[0-9a-f]+$/.exec(fields.get('describe-name') ?? '') ?? [];
  if (tag !== undefined) return { tag, distance: Number(distance), node, date };
  const [, named] = /(?:^|,\s*)tag: ([^,]+)/.exec(fields.get('ref-names') ?? '') ?? [];
  const whole = fields.get('describe-name') ?? '';
  const exact = whole === '' ? named?.trim() : whole;
  return exact === undefined ? undefined : { tag: exact, distance: 0, node, date };
}
