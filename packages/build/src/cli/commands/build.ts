import type { OnError } from '@wheelhouse/element/internal';
import { EXIT, parseArguments, usage } from '@wheelhouse/element/program';
import { FORMATS, VARIATIONS, type WheelOptions } from '@wheelhouse/python-stage/internal';
import type { Command } from '../command.js';
import { buildAll } from '../build-all.js';
import { withSession } from '../session.js';

const ON_ERROR: readonly OnError[] = ['continue', 'quit', 'terminate'];

const help = `wheelhouse build [OPTION]... TARGET...

Builds elements, and the wheels of projects. A target that ends in .bst is an element of the project in the current
directory or the nearest one above; any other target is a project of the Nx workspace. Without targets, the default
targets of the elements' project are built.

  --format FORMAT     what a project is built as: wheel, or sdist for its source distribution beside the wheel
  --verify            build projects a second time in a different environment, and fail if the bytes differ
  --vary WHAT         what to vary in the second build, besides what no sandbox controls: path, umask, hash-seed,
                      timezone, locale, home or ids; repeatable
  --on-error WHAT     what to do about the others if an element fails: quit, to finish those that are running and start
                      no more; continue, to build all that do not need it; or terminate, to stop those that are
                      running; default: quit
  --strict            treat warnings about the built wheels as errors
  --retry-failed      retry builds that failed before and have not changed since
  --verify-toolchain  read every file of the toolchain instead of trusting the package database
  --verbose           show the output of builds while they run
  --json              print events as JSON, one object per line
  --directory DIR     act as if started in DIR
  --help              show this

Exits with 0 if everything was built, 1 on a user error, and 2 if a build failed.
`;

/** `wheelhouse build` */
export const build: Command = {
  summary: 'build elements, and the wheels of projects',
  help,
  run: async (argv, context) => {
    const { values, positionals } = parseArguments('wheelhouse build', {
      args: [...argv],
      options: {
        format: { type: 'string', multiple: true },
        verify: { type: 'boolean' },
        vary: { type: 'string', multiple: true },
        'on-error': { type: 'string' },
        strict: { type: 'boolean' },
        'retry-failed': { type: 'boolean' },
        'verify-toolchain': { type: 'boolean' },
        verbose: { type: 'boolean' },
        json: { type: 'boolean' },
        directory: { type: 'string' },
      },
      allowPositionals: true,
    });
    if (values.json === true && values.verbose === true)
      throw usage('wheelhouse build', '--json includes all output: remove --verbose');
    const [onError = 'quit'] = oneOf(ON_ERROR, 'on-error', present(values['on-error']));
    const options = {
      ...values,
      onError,
      retryFailed: values['retry-failed'],
      verifyToolchain: values['verify-toolchain'],
    };
    const wheelOptions: WheelOptions = {
      formats: ['wheel', ...oneOf(FORMATS, 'format', values.format ?? [])],
      verify: values.verify,
      vary: oneOf(VARIATIONS, 'vary', values.vary ?? []),
      strict: values.strict,
    };
    return await withSession(context, options, async (session) => {
      const say = (line: string): void => {
        if (values.json !== true) context.output.write(`${line}\n`);
      };
      const failed = await buildAll(session, positionals, { say, wheelOptions });
      session.reporter.finish();
      return failed ? EXIT.failed : EXIT.done;
    });
  },
};

/** The values of an option that accepts only certain keywords. @throws ElementError USAGE */
function oneOf<T extends string>(known: readonly T[], option: string, values: readonly string[]): T[] {
  return values.map((value) => {
    const found = known.find((each) => each === value);
    if (found !== undefined) return found;
    throw usage('wheelhouse build', `--${option} is one of ${known.join(', ')}, not \`${value}\``);
  });
}

function present(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
