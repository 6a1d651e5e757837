import { ElementError } from '@wheelhouse/element';
import type { ProjectMetadata, Requirement } from '@wheelhouse/python/internal';
import { requirementLines, type ProjectRequirements } from '@wheelhouse/python/lockfile';

/** A project of a group, as far as what bounds its versions goes. */
export interface LimitsOfMember {
  readonly project: Pick<ProjectMetadata, 'name'>;
  readonly requirements: Pick<
    ProjectRequirements,
    'constraints' | 'buildConstraints' | 'prereleases' | 'extraBuild' | 'settings'
  >;
}

/** Which versions may be, for a whole group. */
export interface GroupLimits {
  readonly constraints: readonly Requirement[];
  readonly buildConstraints: readonly Requirement[];
  readonly prereleases: ProjectRequirements['prereleases'];
  /** What distributions are built with although they do not declare it, by their normalised names. */
  readonly extraBuild: ReadonlyMap<string, readonly Requirement[]>;
  /** Additional settings of uv. */
  readonly settings: readonly string[];
}

const NAMES = ['constraints', 'buildConstraints', 'prereleases', 'extraBuild', 'settings'] as const;

/**
 * The limits of a group, which are those of each of its projects: one resolution has one set of them.
 *
 * @throws ElementError RESOLUTION if two projects differ in one
 */
export function groupLimits(members: readonly LimitsOfMember[], resolve: string): GroupLimits {
  const [first, ...others] = members;
  if (first === undefined) throw new Error('a group without projects is locked');
  for (const other of others) {
    const name = NAMES.find((each) => textOf(first, each) !== textOf(other, each));
    if (name === undefined) continue;
    throw new ElementError({
      code: 'RESOLUTION',
      message:
        `the projects of the resolve \`${resolve}\` differ in \`${name}\`: ` +
        `\`${first.project.name}\` has ${shown(first, name)}, and \`${other.project.name}\` has ${shown(other, name)}`,
      hint: 'make them the same, or remove a project from the option `resolves`',
    });
  }
  const { constraints = [], buildConstraints = [], prereleases } = first.requirements;
  const { extraBuild = {}, settings = [] } = first.requirements;
  return { constraints, buildConstraints, prereleases, extraBuild: new Map(Object.entries(extraBuild)), settings };
}

function shown(member: LimitsOfMember, name: (typeof NAMES)[number]): string {
  const text = textOf(member, name);
  return text === '' ? 'none' : `\`${text}\``;
}

function textOf({ requirements }: LimitsOfMember, name: (typeof NAMES)[number]): string {
  if (name === 'extraBuild') {
    const lines = Object.entries(requirements.extraBuild ?? {}).map(
      ([built, extra]) => `${built}: ${requirementLines(extra).join(', ')}`,
    );
    return lines.sort().join('; ');
  }
  if (name === 'prereleases') return requirements.prereleases ?? '';
  if (name === 'settings') return (requirements.settings ?? []).join(', ');
  return requirementLines(requirements[name] ?? []).join(', ');
}
