import { normalizeName, projectFiles, sourceSetMatcher } from '@wheelhouse/python/internal';
import type { PythonWorkspace, WorkspaceProject } from '@wheelhouse/python-stage/internal';

/** What an option names, and no project that has the option has: most often a misspelling. */
export interface UnmatchedOption {
  /** In a sentence: what is named where, and that nothing fits. */
  readonly text: string;
  readonly hint: string;
}

/** Options that name extras or dependency groups, and where a project has those. */
const NAMING = {
  extras: ['extra', 'optionalDependencies'],
  testExtras: ['extra', 'optionalDependencies'],
  testGroups: ['dependency group', 'dependencyGroups'],
} as const;

/** Options that are globs of a project's files. */
const MATCHING = ['exclude', 'testInclude'] as const;

/**
 * Names of extras and groups that no project has. An option is for many projects, of which most lack an extra that
 * another one has; one that none of them has is skipped by all.
 */
export function unmatchedNames({ projects }: PythonWorkspace): UnmatchedOption[] {
  return (Object.keys(NAMING) as (keyof typeof NAMING)[]).flatMap((option) => {
    const [what, where] = NAMING[option];
    return itemsOf(projects, option).flatMap(({ item, havers }) => {
      const known = new Set(havers.flatMap(({ metadata }) => Object.keys(metadata[where])));
      if (known.has(normalizeName(item))) return [];
      return {
        text: `the option \`${option}\` lists the ${what} \`${item}\`, which no project has`,
        hint:
          known.size === 0
            ? `the projects with this option have no ${what}`
            : `the projects have ${[...known]
                .sort()
                .map((name) => `\`${name}\``)
                .join(', ')}`,
      };
    });
  });
}

/** Globs that no file of a project fits. */
export async function unmatchedGlobs(workspace: PythonWorkspace): Promise<UnmatchedOption[]> {
  const found: UnmatchedOption[] = [];
  for (const option of MATCHING) {
    for (const { item, havers } of itemsOf(workspace.projects, option)) {
      if (await anyFits(workspace, havers, item)) continue;
      found.push({
        text: `the option \`${option}\` has \`${item}\`, which matches no file of a project`,
        hint: 'globs are relative to the project; files that git ignores are excluded',
      });
    }
  }
  return found;
}

async function anyFits(
  workspace: PythonWorkspace,
  projects: readonly WorkspaceProject[],
  glob: string,
): Promise<boolean> {
  const fits = sourceSetMatcher({ include: [glob], exclude: [] });
  for (const project of projects) {
    if ((await projectFiles(workspace.directoryOf(project))).some(fits)) return true;
  }
  return false;
}

/** Each item of an option that is a list, with the projects that have it. */
function itemsOf(
  projects: readonly WorkspaceProject[],
  option: keyof typeof NAMING | (typeof MATCHING)[number],
): readonly { readonly item: string; readonly havers: readonly WorkspaceProject[] }[] {
  const items = new Map<string, WorkspaceProject[]>();
  for (const project of projects) {
    for (const item of project.ref.settings?.[option] ?? []) {
      items.set(item, [...(items.get(item) ?? []), project]);
    }
  }
  return [...items].map(([item, havers]) => ({ item, havers }));
}
