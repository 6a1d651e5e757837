import { relative } from 'node:path';
import { EXIT, onlyTarget, parseArguments } from '@wheelhouse/element/program';
import { fetchSnapshot, fetchTargetSnapshot } from '@wheelhouse/python-stage/internal';
import type { Command } from '../command.js';
import { withSession } from '../session.js';

const help = `wheelhouse snapshot [OPTION]... PROJECT

Fetches every file in the locks of a project, checked against its lock, into dist/<root>/snapshot. For
another interpreter than the project's own, the files go to dist/<root>/snapshots/<python>-<platform>; for another
platform only wheels are fetched.

  --python VERSION  the version of the other Python: X.Y or X.Y.Z
  --platform TAG    the platform of the other machine, such as manylinux_2_28_aarch64; repeatable, best first
  --abi ABI         the ABI of the other Python, such as cp313t
  --verbose         show the output of builds while they run
  --directory DIR   act as if started in DIR
  --help            show this
`;

/** `wheelhouse snapshot` */
export const snapshot: Command = {
  summary: 'fetch every file that a project uses, for this machine or another',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse snapshot', {
      args: [...argv],
      options: {
        python: { type: 'string' },
        platform: { type: 'string', multiple: true },
        abi: { type: 'string' },
        verbose: { type: 'boolean' },
        directory: { type: 'string' },
      },
      allowPositionals: true,
    });
    const target = onlyTarget('wheelhouse snapshot', positionals, 'project');
    const { python, platform: platforms, abi } = values;
    const isForOther = python !== undefined || platforms !== undefined || abi !== undefined;
    return await withSession(context, values, async (session) => {
      const operation = await session.operation(target);
      const { directory, fileCount, digest } = isForOther
        ? await fetchTargetSnapshot(operation, { python, platforms, abi })
        : await fetchSnapshot(operation);
      session.reporter.finish();
      context.output.write(`${relative(operation.workspace.directory, directory)}: ${fileCount} files, ${digest}\n`);
      return EXIT.done;
    });
  },
};
