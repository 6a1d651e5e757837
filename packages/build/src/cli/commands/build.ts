import { hasFailed, throwErrors } from '@wheelhouse/element';
import { EXIT, parseArguments, usage } from '@wheelhouse/element/program';
import { buildWheel, FORMATS, VARIATIONS, type Operation, type WheelOptions } from '@wheelhouse/python-stage';
import type { Command } from '../command.js';
import { isElementName, withSession, type CommandSession } from '../session.js';
import { interpreterLine } from '../../reporter/interpreter-line.js';
import { wheelLines } from '../../reporter/wheel-lines.js';

const help = `wheelhouse build [OPTION]... TARGET...

Builds elements, and the wheels of projects. A target that ends in .bst is an element of the project in the current
directory or the nearest one above; any other target is a project of the Nx workspace. Without targets, the default
targets of the elements' project are built.

  --format FORMAT     what a project is built as: wheel, or sdist for its source distribution beside the wheel
  --verify            build projects a second time in a different environment, and fail if the bytes differ
  --vary WHAT         what to vary in the second build, besides what no sandbox controls: path, umask, hash-seed,
                      timezone, locale, home or ids; repeatable
  --strict            treat warnings about the built wheels as errors
  --retry-failed      retry builds that failed before and have not changed since
  --verify-toolchain  read every file of the host toolchain instead of trusting the package database
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
    const options = {
      ...values,
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

/** What a part of the targets came to, and the lines that are said of it. */
interface Part {
  readonly failed: boolean;
  readonly lines: readonly string[];
}

/**
 * Builds all targets at once, as the engine's scheduler lets them. The first error ends all of them.
 *
 * @returns whether anything failed
 */
async function buildAll(
  session: CommandSession,
  targets: readonly string[],
  { say, wheelOptions }: { readonly say: (line: string) => void; readonly wheelOptions: WheelOptions },
): Promise<boolean> {
  const elements = targets.filter(isElementName);
  const operations: Operation[] = [];
  for (const target of targets.filter((each) => !isElementName(each))) operations.push(await session.operation(target));
  const ending = new AbortController();
  const signal = AbortSignal.any([session.engine.signal, ending.signal]);
  const parts = [
    ...(elements.length > 0 || targets.length === 0 ? [buildElements(session, elements, signal)] : []),
    ...operations.map((operation) =>
      buildProject({ ...operation, engine: { ...operation.engine, signal } }, wheelOptions),
    ),
  ];
  let failure: { readonly error: unknown } | undefined;
  const end = (error: unknown): void => {
    failure ??= { error };
    ending.abort(error);
  };
  for (const part of parts) part.catch(end);
  const settled = await Promise.allSettled(parts);
  const done = settled.flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []));
  for (const line of done.flatMap(({ lines }) => lines)) say(line);
  if (failure !== undefined) throw failure.error;
  return done.some(({ failed }) => failed);
}

async function buildElements(session: CommandSession, elements: readonly string[], signal: AbortSignal): Promise<Part> {
  const outcomes = await (await session.elements(elements, signal)).build();
  throwErrors(outcomes);
  return { failed: outcomes.some(hasFailed), lines: [] };
}

async function buildProject(operation: Operation, options: WheelOptions): Promise<Part> {
  const result = await buildWheel(operation, options);
  return {
    failed: result.differing.length > 0 || result.outcomes.some(hasFailed),
    lines: [
      ...(result.made === undefined ? [] : [await interpreterLine(operation)]),
      ...wheelLines(result, operation.workspace.directory),
    ],
  };
}

/** The values of an option that accepts only certain keywords. @throws ElementError USAGE */
function oneOf<T extends string>(known: readonly T[], option: string, values: readonly string[]): T[] {
  return values.map((value) => {
    const found = known.find((each) => each === value);
    if (found !== undefined) return found;
    throw usage('wheelhouse build', `--${option} is one of ${known.join(', ')}, not \`${value}\``);
  });
}
