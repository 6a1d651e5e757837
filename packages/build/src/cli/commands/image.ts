import { relative } from 'node:path';
import { EXIT, onlyTarget, parseArguments, usage } from '@wheelhouse/element/program';
import { buildWheel, makeImage } from '@wheelhouse/python-stage/internal';
import type { ReleaseImageOptions } from '@wheelhouse/python-stage/image';
import type { Command } from '../command.js';
import { withSession } from '../session.js';
import schema from '../../executors/release-image/schema.json';
import { targetOptions } from '../../workspace/declared-options.js';

const help = `wheelhouse image [OPTION]... PROJECT [-- COMMAND [ARGUMENT]...]

Builds the wheelhouse of a project, installs only it on a base image, and writes the result to
dist/<root>/image/ as an OCI image layout. COMMAND is what a container runs, or the arguments of the entry point.
Options that are not given here are taken from nx.json and project.json.

  --base BASE         the image to install on: oci:DIRECTORY with an OCI image layout, archive:FILE of one or of
                      docker save, or the name of an image in the engine; each with or without @sha256:...
  --engine ENGINE     the engine to load the image into as well: none (the default) or docker
  --tag NAME          the name of the image, with or without a tag
  --entrypoint WORD   the program that a container runs; repeat it for each argument (--entrypoint=-x for an option)
  --env NAME=VALUE    an environment variable of containers; repeatable
  --expose PORT       a port that the application listens on, such as 8000 or 53/udp; repeatable
  --workdir DIR       the directory that containers start in
  --user NUMBER       the user and group that containers run as (10001)
  --label NAME=VALUE  a label of the image; repeatable
  --retry-failed      retry builds that failed before and have not changed since
  --verbose           show the output of builds while they run
  --json              print events as JSON, one object per line
  --directory DIR     act as if started in DIR
  --help              show this

Exits with 0 if the image was built, 1 on a user error, and 2 if a build failed.
`;

const WORDS = { type: 'string', multiple: true } as const;

/** `wheelhouse image` */
export const image: Command = {
  summary: 'install the wheelhouse of a project on a base image',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse image', {
      args: [...argv],
      options: {
        base: { type: 'string' },
        engine: { type: 'string' },
        tag: { type: 'string' },
        entrypoint: WORDS,
        env: WORDS,
        expose: WORDS,
        workdir: { type: 'string' },
        user: { type: 'string' },
        label: WORDS,
        'retry-failed': { type: 'boolean' },
        verbose: { type: 'boolean' },
        json: { type: 'boolean' },
        directory: { type: 'string' },
      },
      allowPositionals: true,
    });
    const [project, ...words] = positionals;
    const target = onlyTarget('wheelhouse image', project === undefined ? [] : [project], 'project');
    const { base, tag, entrypoint, expose, workdir } = values;
    const given = { base, tag, entrypoint, command: words.length === 0 ? undefined : words, expose, workdir };
    const options = {
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      ...(values.engine === undefined ? {} : { engine: engineOf(values.engine) }),
      ...(values.env === undefined ? {} : { env: pairs('env', values.env) }),
      ...(values.label === undefined ? {} : { labels: pairs('label', values.label) }),
      ...(values.user === undefined ? {} : { user: Number(values.user) }),
    };
    return await withSession(context, { ...values, retryFailed: values['retry-failed'] }, async (session) => {
      const say = (line: string): void => {
        if (values.json !== true) context.output.write(`${line}\n`);
      };
      const operation = await session.operation(target);
      const wheel = await buildWheel(operation);
      const declared: ReleaseImageOptions = await targetOptions(operation, 'releaseImage', schema);
      const made =
        wheel.made === undefined ? undefined : (await makeImage(operation, { ...declared, ...options }, say)).made;
      if (made !== undefined) {
        say(`image: ${relative(operation.workspace.directory, made.directory)}`);
        say(`digest: ${made.manifestDigest}`);
        say(`id: ${made.id}, named ${made.tag}`);
      }
      session.reporter.finish();
      return made === undefined ? EXIT.failed : EXIT.done;
    });
  },
};

function engineOf(value: string): 'none' | 'docker' {
  if (value === 'none' || value === 'docker') return value;
  throw usage('wheelhouse image', `--engine is \`none\` or \`docker\`, not \`${value}\``);
}

function pairs(option: string, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    values.map((text) => {
      const at = text.indexOf('=');
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw usage('wheelhouse image', `--${option} is NAME=VALUE, not \`${text}\``);
    }),
  );
}
