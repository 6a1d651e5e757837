import { formatError } from '@wheelhouse/element';
import { toolchainIdentities, toolchainIdentity } from '@wheelhouse/python';
import { onlyTarget, parseArguments, type Command } from '../command.js';
import { withSession, type CommandSession } from '../session.js';
import { EXIT } from '../../failure.js';
import { taskDigest, vcsVersion, type TaskDigestInput } from '../../task-digest.js';

const help = `wheelhouse toolchain [OPTION]... [PROJECT]

Prints a digest of what a project, or every project of the workspace, is built with and Nx does not see: the interpreter
and its toolchain, this plugin, the plugin's options, and the modes of the project's files. It is an input of targets.

  --directory DIR  act as if started in DIR
  --help           show this
`;

/** `wheelhouse toolchain` */
export const toolchain: Command = {
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('toolchain', {
      args: [...argv],
      options: { directory: { type: 'string' } },
      allowPositionals: true,
    });
    return await withSession(context, values, async (session) => {
      const input =
        positionals.length === 0
          ? await wholeWorkspace(session)
          : await oneProject(session, onlyTarget('toolchain', positionals, 'project'));
      context.output.write(`${await taskDigest(input)}\n`);
      return EXIT.done;
    });
  },
};

async function oneProject(session: CommandSession, name: string): Promise<TaskDigestInput> {
  const operation = await session.operation(name);
  const { workspace, project } = operation;
  return {
    workspace,
    projects: [project],
    toolchains: [await toolchainIdentity(operation)],
    version: await vcsVersion(workspace, project),
  };
}

/** A project that cannot be built for want of an interpreter fails when it is built, and keeps no other from that. */
async function wholeWorkspace(session: CommandSession): Promise<TaskDigestInput> {
  const workspace = await session.openWorkspace();
  const { projects } = workspace;
  const identities = await toolchainIdentities(workspace, projects, session.engine);
  const toolchains = identities.map((identity) => (typeof identity === 'string' ? identity : formatError(identity)));
  return { workspace, projects, toolchains };
}
