import { resolve } from 'node:path';
import { ElementError, type Element } from '@wheelhouse/element';
import { mergeArtifacts, type BuildSession, type BuiltElement } from '@wheelhouse/element/internal';
import { EXIT, parseArguments, usage } from '@wheelhouse/element/program';
import { checkoutInto } from '../checkout-directory.js';
import type { Command } from '../command.js';
import { isElementName, withSession, type CommandSession } from '../session.js';

const help = `wheelhouse artifact [OPTION]... checkout ELEMENT DIR

Writes the artifact of an element into a directory, together with its runtime dependencies, overlaid as in a
sandbox. For a project of the Nx workspace, it is the artifact of its wheel. Nothing is built, and integration commands
are not run. Files that a host toolchain takes from this machine are not written.

  --deps WHICH     which artifacts: run (the element and its runtime dependencies, the default), none (the element
                   alone), build (what is staged to build it), or all
  --force          write into a directory that is not empty: replaces its files and keeps others
  --directory DIR  act as if started in DIR
  --help           show this
`;

const DEPS = ['run', 'none', 'build', 'all'] as const;

/** `wheelhouse artifact` */
export const artifact: Command = {
  summary: 'check out the artifact of an element',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse artifact', {
      args: [...argv],
      options: {
        deps: { type: 'string', default: 'run' },
        force: { type: 'boolean', default: false },
        directory: { type: 'string' },
      },
      allowPositionals: true,
    });
    const [action, target, path] = positionals;
    if (action !== 'checkout' || target === undefined || path === undefined || positionals.length !== 3) {
      throw usage('wheelhouse artifact', 'expected `checkout ELEMENT DIR`');
    }
    const deps = DEPS.find((known) => known === values.deps);
    if (deps === undefined)
      throw usage('wheelhouse artifact', `--deps is one of ${DEPS.join(', ')}, not \`${values.deps}\``);
    const directory = resolve(context.cwd, values.directory ?? '.', path);
    return await withSession(context, values, async (session) => {
      const { blobs } = session.engine.store;
      const { opened, element } = await open(session, target);
      const built: BuiltElement[] = [];
      for (const each of chosen(element, deps)) built.push(await builtElement(session, opened, each, target));
      const { tree, warnings } = await mergeArtifacts(blobs, built);
      for (const { kind, path: at, owner, other } of warnings) {
        const what = kind === 'overlap' ? 'replaces that of' : 'is replaced by a directory of';
        context.output.write(`warning  ${owner} \`${at}\` ${what} ${other}\n`);
      }
      await checkoutInto(directory, tree, { blobs, force: values.force });
      return EXIT.done;
    });
  },
};

async function open(
  session: CommandSession,
  target: string,
): Promise<{ readonly opened: BuildSession; readonly element: Element }> {
  if (isElementName(target)) {
    const opened = await session.elements([target]);
    return { opened, element: opened.element(target) };
  }
  const { openPlanned } = await import('../planned-session.js');
  const { session: opened, wheel } = await openPlanned(await session.operation(target));
  return { opened, element: opened.element(wheel) };
}

/** In staging order. */
function chosen(element: Element, deps: (typeof DEPS)[number]): readonly Element[] {
  switch (deps) {
    case 'none':
      return [element];
    case 'run':
      return element.closure('run');
    case 'build':
      return element.closure('build');
    case 'all':
      return [...new Set([...element.closure('build'), ...element.closure('run')])];
    default: {
      const unknown: never = deps;
      throw new Error(`no such dependencies: ${String(unknown)}`);
    }
  }
}

/** @throws ElementError ARTIFACT if it is not built */
async function builtElement(
  { engine }: CommandSession,
  opened: BuildSession,
  element: Element,
  target: string,
): Promise<BuiltElement> {
  const record = await engine.store.artifacts.get(opened.keys.key(element));
  if (record?.exitCode === 0) return { element, record };
  throw new ElementError({
    code: 'ARTIFACT',
    message: `${element.name} ${record === undefined ? 'has not been built in its current state' : 'is known to fail'}`,
    hint: `run \`wheelhouse build ${target}\``,
  });
}
