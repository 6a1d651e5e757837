import { statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { BUILD_ROOT } from '../plan/build-root.js';

/** How programs say that a file does not exist. */
const ABSENT =
  /no such file|not found|does ?n[o']t exist|cannot find|could not find|FileNotFound|not a file|does not contain any element/i;

/** Where a build took place. */
export interface BuiltProject {
  /** Absolute path. */
  readonly workspace: string;
  /** Its directory relative to the workspace. */
  readonly project: string;
  /** Its directory below that of the build; empty if it was built alone. */
  readonly subdirectory: string;
}

/**
 * The files of a workspace that are outside of a project and that its build did not find, according to its output:
 * `../../VERSION`, or `/VERSION` where that was resolved.
 *
 * @returns paths relative to the workspace, sorted
 */
export function soughtOutside(log: string, built: BuiltProject): string[] {
  const { workspace, project } = built;
  const isOutside = (path: string): boolean =>
    path !== '' && path !== '.' && !path.startsWith('../') && path !== project && !path.startsWith(`${project}/`);
  const found = log
    .split('\n')
    .filter((line) => ABSENT.test(line))
    .flatMap((line) => line.match(/(?:\.\.)?\/[^\s'"`:;,()<>[\]]+/g) ?? [])
    .flatMap((written) => {
      const there = candidates(written, built).find(
        (path) => isOutside(path) && statSync(join(workspace, path), { throwIfNoEntry: false }) !== undefined,
      );
      return there === undefined ? [] : [there];
    });
  return [...new Set(found)].sort();
}

/** What to do about it; `undefined` if nothing is sought. */
export function sharedHint(paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined;
  const named = paths.map((path) => `\`${path}\``).join(', ');
  const lie = paths.length === 1 ? 'is outside the project: add it' : 'are outside the project: add them';
  return `${named} ${lie} to the option \`shared\`, to build the project with ${paths.length === 1 ? 'it' : 'them'}`;
}

/** The paths of the workspace that one in the sandbox may stand for, the likeliest first. */
function candidates(written: string, { project, subdirectory }: BuiltProject): string[] {
  const inBuild = written.startsWith(`${BUILD_ROOT}/`) ? written.slice(BUILD_ROOT.length + 1) : undefined;
  if (subdirectory !== '' && inBuild !== undefined) return [posix.normalize(inBuild)];
  const relative = inBuild ?? (posix.isAbsolute(written) ? undefined : written);
  if (relative !== undefined) return [posix.join(project, relative)];
  // Above the directory of the build there is only `/`, however many `..` led there.
  const above: string[] = [];
  for (let at = posix.dirname(project); ; at = posix.dirname(at)) {
    above.push(posix.join(at, written));
    if (at === '.') return above;
  }
}
