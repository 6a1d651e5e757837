import { EXIT, onlyTarget, parseArguments } from '@wheelhouse/element/program';
import { toolchainIdentity, type ProjectToolchain } from '@wheelhouse/python-stage/internal';
import type { Command, CommandContext } from '../command.js';
import { withSession, type CommandSession } from '../session.js';
import { taskDigest, vcsVersion } from '../../task-digest.js';
import { workspaceDigest } from '../../workspace-digest.js';

const help = `wheelhouse toolchain [OPTION]... [PROJECT]
wheelhouse toolchain lock

Prints a digest of the build inputs of a project, or of every project, that Nx does not see: the interpreter
and its toolchain, this plugin, the plugin's options, and the modes of the project's files. It is an input of targets.

With --list, the toolchains of the project are listed instead: what each is for and why, its digest, and its packages.

With the word lock, the images and the packages of mirrors that the option toolchain names are pinned in toolchain.lock,
as they are now.

  --list           list toolchains and their packages
  --directory DIR  act as if started in DIR
  --help           show this
`;

/** What pins toolchains, in the place of a project. */
const LOCK = 'lock';

/** `wheelhouse toolchain` */
export const toolchain: Command = {
  summary: 'print the digest of the build inputs of a project that Nx does not see',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse toolchain', {
      args: [...argv],
      options: { list: { type: 'boolean' }, directory: { type: 'string' } },
      allowPositionals: true,
    });
    return await withSession(context, values, async (session) => {
      if (positionals.length === 1 && positionals[0] === LOCK && values.list !== true) {
        return await lock(session, context);
      }
      if (values.list === true) {
        const { projectToolchains } = await import('@wheelhouse/python-stage/internal');
        const operation = await session.operation(onlyTarget('wheelhouse toolchain', positionals, 'project'));
        for (const each of await projectToolchains(operation)) context.output.write(textOf(each));
        return EXIT.done;
      }
      const digest =
        positionals.length === 0
          ? await workspaceDigest(await session.openWorkspace(), session.engine)
          : await projectDigest(session, onlyTarget('wheelhouse toolchain', positionals, 'project'));
      context.output.write(`${digest}\n`);
      return EXIT.done;
    });
  },
};

/** Pins the toolchains of the workspace. */
async function lock(session: CommandSession, { output }: CommandContext): Promise<number> {
  const { lockToolchains } = await import('@wheelhouse/python-stage/internal');
  const say = (line: string): void => {
    output.write(`${line}\n`);
  };
  const workspace = await session.openWorkspace();
  const locked = await lockToolchains({ workspace, engine: session.engine, progress: say });
  for (const { name, content, isNew } of locked) say(`${isNew ? 'pinned' : 'unchanged'}: ${name}: ${content}`);
  if (locked.length === 0) say('no project has a toolchain that has to be pinned');
  return EXIT.done;
}

async function projectDigest(session: CommandSession, name: string): Promise<string> {
  const operation = await session.operation(name);
  const { workspace, project } = operation;
  return await taskDigest({
    workspace,
    projects: [project],
    toolchains: [await toolchainIdentity(operation)],
    version: await vcsVersion(workspace, project),
  });
}

function textOf({ builds, element, kind, why, digest, packages = [], paths = [] }: ProjectToolchain): string {
  const lines = [...packages, ...paths].map((each) => `  ${each}\n`);
  return `${builds}: ${element}, kind \`${kind}\`, because ${why}\n  ${digest}\n${lines.join('')}`;
}
