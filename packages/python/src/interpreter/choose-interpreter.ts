import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { ElementError, type Origin } from '@wheelhouse/element';
import { formatOrigin, isProgram } from '@wheelhouse/element/internal';
import { pathCandidates, pyenvCandidates, readNumberedLines, type PythonEnvironment } from './candidates.js';
import type { Interpreter } from './interpreter.js';
import { answers, commandsFor, parsePythonRequest, pyenvNames, type PythonRequest } from './python-request.js';
import { probeInterpreter } from './probe-interpreter.js';
import { satisfies } from '../requirements/specifier.js';

/** What an interpreter is wanted for. */
export interface InterpreterRequest {
  /** The option `python`: a path, a command's name, or a version. */
  readonly python?: string | undefined;
  /** The project's directory, absolute. */
  readonly project: string;
  /** What messages call it. */
  readonly projectName: string;
  /** The workspace's directory, absolute. */
  readonly workspace: string;
  /** A specifier set. */
  readonly requiresPython?: string | undefined;
  readonly requiresPythonOrigin?: Origin | undefined;
  readonly environment: PythonEnvironment;
  /** A JSON file that remembers what interpreters are. */
  readonly memo?: string | undefined;
}

const FIX = 'install it, or choose another with the option `python` or a `.python-version` file';

/**
 * The interpreter of a project: that of the option `python`, else that of the nearest `.python-version` between the
 * project and the workspace, else the first on PATH that satisfies requires-python.
 *
 * @throws ElementError INTERPRETER saying what was looked for and what was found
 */
export async function chooseInterpreter(request: InterpreterRequest): Promise<Interpreter> {
  if (request.python !== undefined) return await named(request.python, 'the option `python`', request);
  const file = versionFile(request);
  if (file === undefined) return await firstOnPath(request);
  const lines = readNumberedLines(file);
  const originOf = (line: number): Origin => ({ file: relative(request.workspace, file), line, column: 0 });
  for (const { text, line } of lines) {
    const found = await byName(text, request);
    if (found !== undefined) return checked(found, `\`${formatOrigin(originOf(line))}\``, request);
  }
  throw await notFound(
    lines.map(({ text }) => text),
    originOf(lines[0]?.line ?? 1),
    request,
  );
}

/** What is requested by the option `python`, else by the nearest `.python-version`; no names if nothing is. */
export function requestedPython(request: Pick<InterpreterRequest, 'python' | 'project' | 'workspace'>): {
  readonly names: readonly string[];
  /** What requests it, for messages. */
  readonly by: string;
} {
  if (request.python !== undefined) return { names: [request.python], by: 'the option `python`' };
  const file = versionFile(request);
  if (file === undefined) return { names: [], by: '' };
  const names = readNumberedLines(file).map(({ text }) => text);
  return { names, by: `\`${relative(request.workspace, file)}\`` };
}

/**
 * A Python that can run this package's own scripts: the first on PATH that fits.
 *
 * @throws ElementError INTERPRETER
 */
export async function findPython(environment: PythonEnvironment, memo?: string, specifier = '>=3.8'): Promise<string> {
  for (const candidate of pathCandidates(environment)) {
    const interpreter = await probeInterpreter(candidate, memo);
    if (interpreter !== undefined && satisfies(interpreter.version, specifier)) return interpreter.executable;
  }
  throw new ElementError({
    code: 'INTERPRETER',
    message: `no Python \`${specifier}\` is on PATH: ${environment.PATH ?? ''}`,
    hint: 'install python3',
  });
}

async function firstOnPath(request: InterpreterRequest): Promise<Interpreter> {
  const wrong: string[] = [];
  for (const candidate of pathCandidates(request.environment)) {
    const interpreter = await probeInterpreter(candidate, request.memo);
    if (interpreter === undefined) continue;
    if (fits(interpreter, request)) return interpreter;
    wrong.push(`${candidate} is ${interpreter.version}`);
  }
  const wanted = request.requiresPython === undefined ? 'Python' : `Python \`${request.requiresPython}\``;
  const found = wrong.length === 0 ? 'none' : wrong.join(', ');
  throw new ElementError({
    code: 'INTERPRETER',
    message: `the project \`${request.projectName}\` needs ${wanted}, but PATH has no such interpreter: ${found}`,
    origin: request.requiresPythonOrigin,
    hint: FIX,
  });
}

async function named(name: string, by: string, request: InterpreterRequest): Promise<Interpreter> {
  const found = await byName(name, request);
  if (found === undefined) throw await notFound([name], undefined, request);
  return checked(found, by, request);
}

/** A path, what uv or pyenv call a Python, or a name that PATH or pyenv knows. */
async function byName(name: string, request: InterpreterRequest): Promise<Interpreter | undefined> {
  const { environment, memo } = request;
  if (name.includes('/')) {
    const path = isAbsolute(name) ? name : resolve(request.workspace, name);
    return isProgram(path) ? await probeInterpreter(path, memo) : undefined;
  }
  const asked = parsePythonRequest(name);
  for (const candidate of candidatesFor(name, asked, environment)) {
    const interpreter = await probeInterpreter(candidate, memo);
    if (interpreter !== undefined && (asked === undefined || answers(interpreter, asked))) return interpreter;
  }
  return undefined;
}

function* candidatesFor(
  name: string,
  asked: PythonRequest | undefined,
  environment: PythonEnvironment,
): Generator<string> {
  for (const installed of asked === undefined ? [name] : pyenvNames(asked)) {
    yield* pyenvCandidates(environment, installed);
  }
  yield* pathCandidates(environment, asked === undefined ? [name] : commandsFor(asked));
  // A range may be answered by any that is there.
  if (asked?.specifier === undefined) return;
  yield* pathCandidates(environment);
  yield* pyenvCandidates(environment);
}

function checked(interpreter: Interpreter, by: string, request: InterpreterRequest): Interpreter {
  if (fits(interpreter, request)) return interpreter;
  throw new ElementError({
    code: 'INTERPRETER',
    message: `the project \`${request.projectName}\` needs Python \`${request.requiresPython ?? ''}\`, but ${interpreter.executable}, set by ${by}, is ${interpreter.version}`,
    origin: request.requiresPythonOrigin,
    hint: FIX,
  });
}

function fits(interpreter: Interpreter, request: InterpreterRequest): boolean {
  return request.requiresPython === undefined || satisfies(interpreter.version, request.requiresPython);
}

async function notFound(
  names: readonly string[],
  origin: Origin | undefined,
  { environment, memo }: InterpreterRequest,
): Promise<ElementError> {
  const found: string[] = [];
  for (const candidate of pathCandidates(environment)) {
    const interpreter = await probeInterpreter(candidate, memo);
    if (interpreter !== undefined) found.push(`${candidate} is ${interpreter.version}`);
  }
  const unread = names.filter((name) => !name.includes('/') && parsePythonRequest(name) === undefined);
  const forms =
    unread.length === 0
      ? ''
      : `; \`${unread.join('`, `')}\` is not a version (\`3.12\`, \`3.13t\`, \`cpython@3.12\`, \`>=3.12,<3.13\`), so it is taken as the name of a command or a pyenv environment`;
  return new ElementError({
    code: 'INTERPRETER',
    message: `the Python \`${names.join('`, `')}\`, which ${origin === undefined ? 'the option `python`' : 'this file'} requests, is not on this machine; found: ${found.length === 0 ? 'none' : found.join(', ')}`,
    origin,
    hint: `${FIX}${forms}`,
  });
}

function versionFile(request: Pick<InterpreterRequest, 'project' | 'workspace'>): string | undefined {
  let directory = request.project;
  for (;;) {
    const file = join(directory, '.python-version');
    if (readNumberedLines(file).length > 0) return file;
    if (relative(request.workspace, directory) === '' || dirname(directory) === directory) return undefined;
    directory = dirname(directory);
  }
}
