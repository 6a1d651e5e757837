import { resolve } from 'node:path';
import { EXIT, onlyTarget, parseArguments } from '@wheelhouse/element/program';
import type { Command } from '../command.js';
import { withSession } from '../session.js';
import { wheelhouseDirectory } from '../wheelhouse-directory.js';

const help = `wheelhouse publish [OPTION]... PROJECT|DIR

Publishes the distributions of a project from dist/, or those of a wheelhouse directory. A wheelhouse that
\`wheelhouse verify\` reports problems for is refused. Published files are never overwritten.

  --to DIR           add them to the static index in DIR
  --repository WHERE upload them with twine, to a URL or a name in ~/.pypirc
  --check-url URL    the pages of that index, if they are not in simple/ below its URL
  --scope SCOPE      own, the project's own distribution (the default); local, those of its local dependencies too;
                     wheelhouse, everything
  --tested           refuse a wheel without a passing record of the same bytes
  --record PATH      that record, if it is not in the wheelhouse, beside it or in reports/
  --dry-run          print what would happen, without changing anything
  --directory DIR    act as if started in DIR
  --help             show this

Credentials come from TWINE_USERNAME and TWINE_PASSWORD, from ~/.pypirc or from the keyring.
`;

/** `wheelhouse publish` */
export const publish: Command = {
  summary: 'publish a wheelhouse to an index',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse publish', {
      args: [...argv],
      options: {
        to: { type: 'string' },
        repository: { type: 'string' },
        'check-url': { type: 'string' },
        scope: { type: 'string' },
        tested: { type: 'boolean' },
        record: { type: 'string' },
        'dry-run': { type: 'boolean' },
        directory: { type: 'string' },
      },
      allowPositionals: true,
    });
    const target = onlyTarget('wheelhouse publish', positionals, 'project or directory');
    const from = resolve(context.cwd, values.directory ?? '.');
    const absolute = (path: string | undefined): string | undefined =>
      path === undefined ? undefined : resolve(from, path);
    const options = {
      ...values,
      to: absolute(values.to),
      record: absolute(values.record),
      tested: values.tested === true || values.record !== undefined,
      checkUrl: values['check-url'],
      dryRun: values['dry-run'],
    };
    const say = (line: string): void => {
      context.output.write(`${line}\n`);
    };
    const directory = await wheelhouseDirectory(target, from);
    return await withSession(context, { directory: values.directory }, async (session) => {
      const { publishDirectory, publishProject } = await import('../../publication.js');
      if (directory === undefined) await publishProject(await session.operation(target), options, say);
      else await publishDirectory(directory, { ...options, from, engine: session.engine }, say);
      return EXIT.done;
    });
  },
};
