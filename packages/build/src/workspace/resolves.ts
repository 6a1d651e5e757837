import { ElementError } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { PLUGIN, type PluginEntry } from './nx-json.js';

/** A project as patterns know it. */
interface NamedProject {
  readonly name: string;
  /** Relative to the workspace. */
  readonly root: string;
}

/**
 * Which project is in which resolve. Resolves are the workspace's: all entries of nx.json say them together.
 *
 * @returns names of resolves by the roots of their projects
 * @throws ElementError PLUGIN_OPTIONS for a pattern that no project fits, a project in two resolves, and a resolve that
 * two entries give different patterns; all of them together
 */
export async function assignResolves(
  entries: readonly PluginEntry[],
  projects: readonly NamedProject[],
): Promise<ReadonlyMap<string, string>> {
  const errors: ElementError[] = [];
  const fail = (message: string, hint: string): void => {
    errors.push(new ElementError({ code: 'PLUGIN_OPTIONS', message: `nx.json: ${PLUGIN}: ${message}`, hint }));
  };
  const resolves = new Map<string, readonly string[]>();
  for (const [name, patterns] of entries.flatMap(({ options }) => Object.entries(options.resolves ?? {}))) {
    const known = resolves.get(name);
    if (known !== undefined && known.join('\n') !== patterns.join('\n')) {
      fail(
        `two entries give the resolve \`${name}\` different projects`,
        'define it in one entry, or the same in both',
      );
    }
    resolves.set(name, patterns);
  }
  const assigned = new Map<string, string>();
  if (resolves.size === 0) return assigned;
  const { fileMatcher } = await import('./file-matcher.js');
  const fitting = (patterns: readonly string[]): NamedProject[] => {
    const fits = fileMatcher({ include: patterns, exclude: [] });
    return projects.filter(({ name, root }) => fits(root) || fits(name));
  };
  for (const [resolve, patterns] of resolves) {
    for (const [index, pattern] of patterns.entries()) {
      if (fitting([pattern.replace(/^!/, '')]).length > 0) continue;
      fail(
        `the option \`resolves.${resolve}[${index}]\` matches no Python project: \`${pattern}\``,
        `use a project name or a glob of roots; the projects are ${projects.map(({ root }) => `\`${root}\``).join(', ')}`,
      );
    }
    for (const { name, root } of fitting(patterns)) {
      const other = assigned.get(root);
      if (other !== undefined) {
        fail(
          `the project \`${name}\` is in two resolves, \`${other}\` and \`${resolve}\``,
          'remove it from one of them',
        );
      }
      assigned.set(root, resolve);
    }
  }
  throwCollected(errors);
  return assigned;
}
