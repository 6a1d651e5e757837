import { ElementError, ElementErrors } from '@wheelhouse/element';
import { hasFailed, isUserError, throwCollected, throwErrors } from '@wheelhouse/element/internal';
import {
  openWorks,
  planWheel,
  type Operation,
  type WheelOptions,
  type WheelResult,
} from '@wheelhouse/python-stage/internal';
import { isElementName, type CommandSession } from './session.js';
import { interpreterLine } from '../reporter/interpreter-line.js';
import { wheelLines } from '../reporter/wheel-lines.js';

/** What a part of the targets came to, and the lines that are said of it. */
interface Part {
  readonly failed: boolean;
  readonly lines: readonly string[];
}

/** A part that can be built, or the reason why it cannot. */
type PreparedPart = () => Promise<Part>;

/**
 * Builds all targets at once, as the engine's scheduler lets them: the projects as one graph (docs/adr/0101). What an
 * error does to the others is what the engine does about errors of elements (docs/adr/0102).
 *
 * @returns whether anything failed @throws ElementError @throws ElementErrors all that were found
 */
export async function buildAll(
  session: CommandSession,
  targets: readonly string[],
  { say, wheelOptions }: { readonly say: (line: string) => void; readonly wheelOptions: WheelOptions },
): Promise<boolean> {
  const { onError } = session.engine;
  const elements = targets.filter(isElementName);
  const operations: Operation[] = [];
  for (const target of targets.filter((each) => !isElementName(each))) operations.push(await session.operation(target));
  const ending = new AbortController();
  const stopping = new AbortController();
  const signal = AbortSignal.any([session.engine.signal, ending.signal]);
  const engine = { ...session.engine, signal, stopping };
  const prepared: PreparedPart[] = [
    ...(elements.length > 0 || targets.length === 0 ? [() => buildElements(session, elements, engine)] : []),
    ...(await prepareProjects(
      operations.map((operation) => ({ ...operation, engine })),
      wheelOptions,
    )),
  ];
  const errors: unknown[] = [];
  const fail = (error: unknown): void => {
    errors.push(error);
    if (onError !== 'continue') stopping.abort(error);
    if (onError === 'terminate' || !isUserError(error)) ending.abort(error);
  };
  const parts = prepared.map((part) => part());
  for (const part of parts) part.catch(fail);
  const settled = await Promise.allSettled(parts);
  const done = settled.flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []));
  for (const line of done.flatMap(({ lines }) => lines)) say(line);
  throwAll(new Set(errors));
  return done.some(({ failed }) => failed);
}

async function buildElements(
  session: CommandSession,
  elements: readonly string[],
  engine: CommandSession['engine'],
): Promise<Part> {
  const outcomes = await (await session.elements(elements, engine)).build();
  throwErrors(outcomes);
  return { failed: outcomes.some(hasFailed), lines: [] };
}

/** Plans projects, and opens together those that can be planned. */
async function prepareProjects(operations: readonly Operation[], options: WheelOptions): Promise<PreparedPart[]> {
  const planned = await Promise.allSettled(operations.map((operation) => planWheel(operation, options)));
  const works = planned.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failures = planned.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
  const opened = await openWorks(works);
  return [
    ...failures.map((error) => () => Promise.reject(error)),
    ...works.flatMap(({ operation }, index) => {
      const run = opened[index];
      return run === undefined ? [] : [async () => await partOf(operation, await run())];
    }),
  ];
}

async function partOf(operation: Operation, result: WheelResult): Promise<Part> {
  const interpreter = result.made === undefined ? [] : [await interpreterLine(operation)];
  return {
    failed: result.differing.length > 0 || result.outcomes.some(hasFailed),
    lines: [...interpreter, ...wheelLines(result, operation.workspace.directory)],
  };
}

/** @throws the only one; ElementErrors if there are several; a bug as it is */
function throwAll(errors: ReadonlySet<unknown>): void {
  const bug = [...errors].find((error) => !isUserError(error));
  if (bug !== undefined) throw bug as Error;
  throwCollected(
    [...errors].flatMap((error) => {
      if (error instanceof ElementErrors) return error.errors;
      return error instanceof ElementError ? [error] : [];
    }),
  );
}
