import picomatch from 'picomatch';
import { installedPath, type InspectedProject } from './check-project-files.js';
import type { WheelUnderInspection } from './wheel-under-inspection.js';

/** How many files a warning names. */
const NAMED = 5;

/** What the wheel lacks although somebody may think that it is there. */
export function checkMissingFiles(wheel: WheelUnderInspection, project: InspectedProject): void {
  checkIgnored(wheel, project);
  checkPointers(wheel, project);
  checkPackageData(wheel, project);
}

function checkIgnored(wheel: WheelUnderInspection, { ignored }: InspectedProject): void {
  const installed = new Set(wheel.installed().values());
  const lacking = ignored.filter((file) => !installed.has(installedPath(file, installed) ?? file));
  if (lacking.length === 0) return;
  wheel.warn(
    undefined,
    `git ignores ${listed(lacking)}, which the wheel lacks`,
    'files that a task makes are named in the option `generated`; others are taken up with `git add --force`',
  );
}

function checkPointers(wheel: WheelUnderInspection, { pointers }: InspectedProject): void {
  if (pointers.length === 0) return;
  wheel.warn(
    undefined,
    `${listed(pointers)} ${pointers.length === 1 ? 'is a pointer' : 'are pointers'} of Git LFS and not the file itself`,
    'run `git lfs pull`; in continuous integration the checkout has to fetch them, too',
  );
}

function checkPackageData(wheel: WheelUnderInspection, { packageData }: InspectedProject): void {
  const installed = [...wheel.installed().values()];
  for (const [name, patterns] of Object.entries(packageData)) {
    // Patterns of every package are about some of them.
    if (name === '' || name === '*') continue;
    const directory = name.replaceAll('.', '/');
    if (!installed.some((path) => path.startsWith(`${directory}/`))) continue;
    for (const pattern of patterns) {
      const matches = picomatch(`${directory}/${pattern}`, { dot: true });
      if (installed.some((path) => matches(path))) continue;
      wheel.warn(
        undefined,
        `the package data \`${pattern}\` of \`${name}\` matches no file of the wheel`,
        'files that git ignores are no sources: those that a task makes are named in the option `generated`',
      );
    }
  }
}

function listed(files: readonly string[]): string {
  const named = [...files]
    .sort()
    .slice(0, NAMED)
    .map((file) => `\`${file}\``);
  return `${named.join(', ')}${files.length > NAMED ? ` and ${files.length - NAMED} more` : ''}`;
}
