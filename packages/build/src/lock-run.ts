import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineSettings } from '@wheelhouse/python/fetch';
import { discoversPackages, ProjectFiles } from '@wheelhouse/python/metadata';
import type { Operation, WorkspaceProject } from '@wheelhouse/python-stage/internal';
import { lockedNames, makeLocks, withoutLocks, type LockOptions } from '@wheelhouse/python-stage/lock';
import { unmatchedNames } from './workspace/unmatched-options.js';

/**
 * Writes the locks of a project, and of those that it shares a resolve with; before them, of each project of the
 * workspace that it takes and that has none yet, so that one run is enough for a first build.
 *
 * @param say told what is done, in lines for users
 * @throws ElementError
 */
export async function runLock(operation: Operation, options: LockOptions, say: (line: string) => void): Promise<void> {
  for (const required of withoutLocks(operation)) {
    // Of a resolve the first one locks the others.
    if (!withoutLocks(operation).includes(required)) continue;
    say(`${required.ref.name}, which ${operation.project.ref.name} requires, has no locks yet: locking it, too`);
    await lockOne({ ...operation, project: required }, {}, say);
  }
  await lockOne(operation, options, say);
}

async function lockOne(operation: Operation, options: LockOptions, say: (line: string) => void): Promise<void> {
  const { workspace, project } = operation;
  const { resolve } = project.ref;
  const group = workspace.group(project);
  const members = group.map(({ ref }) => ref.name);
  if (resolve !== undefined) say(`the resolve ${resolve} is locked together: ${members.join(', ')}`);
  const { locks, written, removed, notKept, machine } = await makeLocks(operation, {
    ...options,
    onWait: () => {
      say('waiting for another run that is locking the same projects');
    },
  });
  for (const line of machineWords(
    machine,
    [...locks.values()].some(({ test }) => test.machineSettings !== undefined),
  ))
    say(line);
  for (const { text, hint } of unmatchedNames(workspace)) {
    say(`warning: ${text}`);
    say(`  hint: ${hint}`);
  }
  for (const { name, version, locked, file } of notKept) {
    say(`${name} is locked at ${locked}: ${version}, as ${file} has it, does not fit`);
  }
  const names = group.map((member) => lockedNames(member, workspace, locks));
  const answering = distinct(names.flatMap((each) => each.answering.map(({ name, root }) => `${name} (${root})`)));
  if (answering.length > 0) say(`taken from this workspace, even if an index has them: ${answering.join(', ')}`);
  const shared = names.flatMap((each) =>
    each.shared.map(
      ({ entry, project: { root } }) =>
        `${entry.normalizedName} ${entry.version} is a distribution from an index, not the project ${root} of that name, which nothing here requires`,
    ),
  );
  for (const line of distinct(shared)) say(line);
  for (const file of written) say(`wrote ${file}`);
  for (const file of removed) say(`removed ${file}`);
  if (written.length + removed.length === 0) say('the locks are up to date');
  else for (const member of operation.workspace.group(operation.project)) noteDiscovery(operation, member, say);
}

/** What the machine's settings did, and which of them did nothing (docs/adr/0080). */
function machineWords({ excludeNewer, passedOver }: MachineSettings, isLocked: boolean): string[] {
  const placeOf = ({ name, file }: { readonly name: string; readonly file?: string }): string =>
    file === undefined ? name : `${name} in ${file}`;
  return [
    ...(excludeNewer === undefined || !isLocked
      ? []
      : [`versions are limited to those before ${excludeNewer.value} (${placeOf(excludeNewer.at)}), as in the locks`]),
    ...passedOver.map(
      (each) =>
        `warning: ${placeOf(each)} is ignored, so that locks are the same on every machine; use instead: ${each.instead}`,
    ),
  ];
}

/** Builds of this package leave locks out of what a wheel is made from; setuptools alone does not. */
function noteDiscovery({ workspace }: Operation, member: WorkspaceProject, say: (line: string) => void): void {
  const { root, buildSystem } = member.metadata;
  const directory = workspace.directoryOf(member);
  const files = new ProjectFiles(directory, root, workspace.directory);
  const isDiscovered = discoversPackages({
    backend: buildSystem.backend,
    pyproject: files.read('pyproject.toml'),
    setupCfg: files.read('setup.cfg'),
    setupPy: files.read('setup.py'),
    hasSrc: existsSync(join(directory, 'src')),
  });
  if (!isDiscovered) return;
  say(
    `note: setuptools discovers the packages of ${root} automatically and would include the directory locks; ` +
      'for `pip install .` and `uv build`, list them in [tool.setuptools] of its pyproject.toml',
  );
}

function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines)].sort();
}
