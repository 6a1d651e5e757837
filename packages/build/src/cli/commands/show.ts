import type { Element } from '@wheelhouse/element';
import { PackagesSource, type BuildSession, type ElementGraph } from '@wheelhouse/element/internal';
import { DebianSource } from '@wheelhouse/oci/internal';
import { EXIT, parseArguments, usage } from '@wheelhouse/element/program';
import type { Command } from '../command.js';
import { ElementStates, type ElementState } from '../element-state.js';
import { isElementName, withSession, type CommandSession } from '../session.js';

const help = `wheelhouse show [OPTION]... TARGET...

Shows elements and their dependencies, dependencies first: the state, the key, the kind and the name of each. The states
are \`cached\` (its artifact exists), \`failed\` (its build is known to fail), \`buildable\` and \`waiting\` (for others).

A target that ends in .bst is an element of the project in the current directory or the nearest one above; any other
target is a project of the Nx workspace. Without targets, the default targets of the elements' project are shown; where
there is none, the Python projects of the workspace, with the errors of those that are not usable.

  --format text|json  json adds the resolved elements
  --directory DIR     act as if started in DIR
  --help              show this

Exits with 0, or with 1 if there is an error in a project that is shown.
`;

const FORMATS = ['text', 'json'] as const;

/** `wheelhouse show` */
export const show: Command = {
  summary: 'show elements with their keys and whether they are built',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse show', {
      args: [...argv],
      options: { format: { type: 'string', default: 'text' }, directory: { type: 'string' } },
      allowPositionals: true,
    });
    const format = FORMATS.find((known) => known === values.format);
    if (format === undefined) throw usage('wheelhouse show', `unknown format \`${values.format}\``);
    return await withSession(context, values, async (session) => {
      if (positionals.length === 0 && !session.isInElementProject()) {
        const { showProjects } = await import('../project-list.js');
        return await showProjects(await session.openWorkspace(), { format, output: context.output });
      }
      const shown = new Map<string, ShownElement>();
      for (const opened of await openSessions(session, positionals)) {
        for (const element of await elementsOf(session, opened)) shown.set(element.name, element);
      }
      const elements = [...shown.values()];
      context.output.write(
        format === 'json' ? `${JSON.stringify(elements.map(described), null, 2)}\n` : elements.map(textOf).join(''),
      );
      return EXIT.done;
    });
  },
};

/** An element with what the text has of it. */
interface ShownElement {
  readonly name: string;
  readonly kind: string;
  readonly key: string;
  readonly state: ElementState;
  readonly element: Element;
  readonly graph: ElementGraph;
}

async function openSessions(session: CommandSession, targets: readonly string[]): Promise<BuildSession[]> {
  const elements = targets.filter(isElementName);
  const opened: BuildSession[] = [];
  if (elements.length > 0 || targets.length === 0) opened.push(await session.elements(elements));
  for (const target of targets.filter((each) => !isElementName(each))) {
    const { openPlanned } = await import('../planned-session.js');
    opened.push((await openPlanned(await session.operation(target))).session);
  }
  return opened;
}

async function elementsOf({ engine }: CommandSession, opened: BuildSession): Promise<ShownElement[]> {
  const states = new ElementStates(opened, engine.store.artifacts);
  const { graph, keys } = opened;
  return await Promise.all(
    graph.elements.map(async (element) => {
      const { name, kind } = element;
      return { name, kind, key: keys.key(element), state: await states.of(element), element, graph };
    }),
  );
}

/** An element as `--format json` has it. */
function described({ name, kind, key, state, element, graph }: ShownElement): object {
  const { deps, buildDeps, runtimeDeps, variables, environment, config, public: data } = graph.describe(element);
  return {
    name,
    kind,
    key,
    state,
    deps,
    'build-deps': buildDeps,
    'runtime-deps': runtimeDeps,
    vars: variables,
    env: environment,
    config,
    public: data,
    ...packagesOf(element),
  };
}

/** The packages of a toolchain. */
function packagesOf({ sources }: Element): { readonly packages?: readonly string[] } {
  const packages = sources.flatMap((source) => {
    if (source instanceof DebianSource) return source.pinned;
    return source instanceof PackagesSource ? source.captured.packages : [];
  });
  return packages.length === 0 ? {} : { packages };
}

function textOf({ state, key, kind, name }: ShownElement): string {
  return `${state.padEnd(9)} ${key} ${kind.padEnd(12)} ${name}\n`;
}
