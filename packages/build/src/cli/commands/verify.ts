import { join, resolve } from 'node:path';
import { EXIT, onlyTarget, parseArguments } from '@wheelhouse/element/program';
import { outputDirectory, verifyOutputs } from '@wheelhouse/python-stage/internal';
import type { Command, CommandContext } from '../command.js';
import { withSession } from '../session.js';
import type { Told, Verified } from '../wheelhouse-findings.js';
import { wheelhouseDirectory } from '../wheelhouse-directory.js';

const help = `wheelhouse verify [OPTION]... PROJECT|DIR

Recomputes everything in manifest.json and record.json of a project from the files themselves, and compares.

For a wheelhouse directory anywhere, checks from its bytes alone that its wheels match their own
RECORD, of requirements.txt, of the bill of materials, of the provenance and of the manifest beside it, and that nothing
that an installation needs is missing.

  --tested         the project's wheel must have passed its tests: a record of the very same bytes
  --record PATH    the record, if it is not in the wheelhouse, beside it or in reports/
  --directory DIR  act as if started in DIR
  --help           show this

Exits with 0 if everything matches, and 1 if something does not.
`;

/** `wheelhouse verify` */
export const verify: Command = {
  summary: "check a project's outputs against what they were made from, or a wheelhouse anywhere",
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse verify', {
      args: [...argv],
      options: { tested: { type: 'boolean' }, record: { type: 'string' }, directory: { type: 'string' } },
      allowPositionals: true,
    });
    const target = onlyTarget('wheelhouse verify', positionals, 'project or directory');
    const from = resolve(context.cwd, values.directory ?? '.');
    const tested = {
      from,
      tested: values.tested === true || values.record !== undefined,
      ...(values.record === undefined ? {} : { record: resolve(from, values.record) }),
    };
    const directory = await wheelhouseDirectory(target, from);
    const { findings, warnings, checked } =
      directory === undefined
        ? await verifyProject(target, context, { ...tested, directory: values.directory })
        : await (await import('../wheelhouse-findings.js')).verifyDirectory(directory, tested);
    for (const finding of findings) context.output.write(`${finding}\n`);
    for (const warning of warnings) context.output.write(`warning: ${warning}\n`);
    if (findings.length === 0) {
      context.output.write(`verified: everything matches its records${tested.tested ? ', and tested' : ''}\n`);
    }
    context.output.write(`${checked} checked, ${findings.length} wrong\n`);
    return findings.length === 0 ? EXIT.done : EXIT.userError;
  },
};

async function verifyProject(
  project: string,
  context: CommandContext,
  { directory, ...question }: Told & { readonly directory: string | undefined },
): Promise<Verified> {
  const { verifyDirectory } = await import('../wheelhouse-findings.js');
  return await withSession(context, { directory }, async (session) => {
    const operation = await session.operation(project);
    const { findings, checked } = await verifyOutputs(operation);
    const own = {
      findings: findings.map(
        ({ file, member, recorded, computed }) =>
          `${file}: \`${member}\` is recorded as \`${recorded}\`, but is \`${computed}\``,
      ),
      checked,
    };
    // Each problem of an output is reported once.
    if (own.findings.length > 0 && !question.tested) return { ...own, warnings: [] };
    const dist = outputDirectory(operation.workspace.directory, operation.project.ref.root);
    const wheelhouse = await verifyDirectory(join(dist, 'wheelhouse'), {
      ...question,
      from: operation.workspace.directory,
    });
    return {
      findings: [...own.findings, ...wheelhouse.findings],
      warnings: wheelhouse.warnings,
      checked: own.checked + wheelhouse.checked,
    };
  });
}
