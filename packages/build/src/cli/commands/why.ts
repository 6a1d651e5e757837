import { resolve } from 'node:path';
import { documentOf, explainKey, replaceFile } from '@wheelhouse/element/internal';
import { EXIT, onlyTarget, parseArguments, usage } from '@wheelhouse/element/program';
import type { Command } from '../command.js';
import { lastKeys, passedKeys, type ComparedKey } from '../compared-key.js';
import { ElementStates } from '../element-state.js';
import { dataOfExplanation, textOfExplanation, type ExplainedTarget } from '../explained-target.js';
import { keyedTargets, type KeyedTargets } from '../keyed-targets.js';
import { withSession, type CommandSession } from '../session.js';

const help = `wheelhouse why [OPTION]... TARGET

Says why the key of an element is another one than before: which files, packages, versions, variables, commands or
dependencies differ, of the element itself and of all that it is built from. What differs only because of a dependency is
not listed. Nothing is built.

A target that ends in .bst is an element of the project in the current directory or the nearest one above; any other
target is a project of the Nx workspace: its wheel and its tests.

  --against KEY    compare with this key, of a record in the store; some digits are enough
  --against FILE   compare with the keys of another machine, in a file that was written by --export
  --export FILE    write the keys and what they are made of into FILE, for a comparison on another machine. Files are
                   named in it by their digests; their content is not in it
  --json           print all differences as JSON
  --directory DIR  act as if started in DIR
  --help           show this

Without --against, the key is compared with that of the last build in this directory that had another one; if none is
known, with that of the last other build of the element in the store.

Exits with 0, whether or not something differs, or with 1 on a user error.
`;

/** `wheelhouse why` */
export const why: Command = {
  summary: 'say why the key of an element is another one than before, or than that of another machine',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse why', {
      args: [...argv],
      options: {
        against: { type: 'string' },
        export: { type: 'string' },
        json: { type: 'boolean', default: false },
        directory: { type: 'string' },
      },
      allowPositionals: true,
    });
    const { against, export: file, json, directory } = values;
    if (against !== undefined && file !== undefined) {
      throw usage('wheelhouse why', '--against and --export exclude each other');
    }
    const target = onlyTarget('wheelhouse why', positionals, 'target');
    const from = resolve(context.cwd, directory ?? '.');
    return await withSession(context, { directory }, async (session) => {
      const targets = await keyedTargets(session, target);
      if (file !== undefined) {
        const document = await documentOf(targets.targets, targets.elements);
        replaceFile(resolve(from, file), `${JSON.stringify(document)}\n`);
        const count = Object.keys(document.elements).length;
        context.output.write(`wrote the keys of ${count} elements to ${file}\n`);
        return EXIT.done;
      }
      const { store } = session.engine;
      const compared =
        against === undefined ? lastKeys(targets, store) : await passedKeys(against, { targets, store, from });
      const explained = await explain(session, targets, compared);
      context.output.write(
        json ? `${JSON.stringify(dataOfExplanation(explained), null, 2)}\n` : textOfExplanation(explained),
      );
      return EXIT.done;
    });
  },
};

/** The targets, or what a key was passed for. */
async function explain(
  { engine }: CommandSession,
  { session, targets, elements }: KeyedTargets,
  compared: readonly ComparedKey[],
): Promise<ExplainedTarget[]> {
  const states = new ElementStates(session, engine.store.artifacts);
  const names = new Set([
    ...(compared.some(({ from }) => from === 'key') ? [] : targets.keys()),
    ...compared.map(({ name }) => name),
  ]);
  const explained: ExplainedTarget[] = [];
  for (const name of names) {
    const element = session.element(name);
    const key = session.keys.key(element);
    const other = compared.find((each) => each.name === name);
    explained.push({
      name,
      key,
      state: await states.of(element),
      ...(other === undefined ? {} : { compared: other }),
      causes: other === undefined ? [] : await explainKey(name, other, { key, elements }),
    });
  }
  return explained;
}
