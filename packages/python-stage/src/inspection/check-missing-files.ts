import { installedPath, type InspectedProject } from './check-project-files.js';
import { checkPatterns } from './check-patterns.js';
import { listed } from './listed.js';
import type { WheelUnderInspection } from './wheel-under-inspection.js';

/** What the wheel lacks although a user may expect it. */
export function checkMissingFiles(wheel: WheelUnderInspection, project: InspectedProject): void {
  const named = new Set(checkPatterns(wheel, project));
  checkIgnored(wheel, { ignored: project.ignored.filter((file) => !named.has(file)) });
  checkShipped(wheel, { shipped: project.shipped.filter((file) => !named.has(file)) });
  checkPointers(wheel, project);
}

function checkIgnored(wheel: WheelUnderInspection, { ignored }: Pick<InspectedProject, 'ignored'>): void {
  const installed = new Set(wheel.installed().values());
  const lacking = ignored.filter((file) => !installed.has(installedPath(file, installed) ?? file));
  if (lacking.length === 0) return;
  wheel.warn(
    undefined,
    `git ignores ${listed(lacking)}, which the wheel lacks`,
    'list files that a task generates in the option `generated`; add others with `git add --force`',
  );
}

function checkPointers(wheel: WheelUnderInspection, { pointers }: InspectedProject): void {
  if (pointers.length === 0) return;
  wheel.warn(
    undefined,
    `${listed(pointers)} ${pointers.length === 1 ? 'is a pointer' : 'are pointers'} of Git LFS instead of the file itself`,
    'run `git lfs pull`; in CI the checkout must fetch them, too',
  );
}

function checkShipped(wheel: WheelUnderInspection, { shipped }: Pick<InspectedProject, 'shipped'>): void {
  if (shipped.length === 0) return;
  wheel.warn(
    undefined,
    `the project was unpacked from an sdist, and git ignores ${listed(shipped)}: ${shipped.length === 1 ? 'it is not a source' : 'they are not sources'} of the wheel`,
    'add what the build needs with `git add --force`',
  );
}
