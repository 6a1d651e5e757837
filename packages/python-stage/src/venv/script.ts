import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import type { Interpreter } from '@wheelhouse/python/internal';
import { runProgram } from '@wheelhouse/python/fetch';
import type { PythonEngine } from '../workspace/python-engine.js';

/** What {@link runScript} runs. */
export interface ScriptRun {
  /** A script beside this file. */
  readonly script: string;
  /** What it is given, as JSON. */
  readonly input: unknown;
}

/**
 * Runs a script of this package on this machine, by a project's interpreter and with nothing of the project's.
 *
 * @returns what it wrote @throws ElementError VENV with its message
 */
export async function runScript(
  { signal, environment }: Pick<PythonEngine, 'signal' | 'environment'>,
  { executable }: Interpreter,
  { script, input }: ScriptRun,
): Promise<string> {
  const { code, stdout, output } = await runProgram(executable, ['-I', '-B', join(__dirname, script)], {
    environment: { PATH: environment.PATH, LC_ALL: 'C.UTF-8' },
    signal,
    input: JSON.stringify(input),
  });
  if (code === 0) return stdout;
  throw new ElementError({
    code: 'VENV',
    message: `\`${executable}\` cannot make the environment: \`${script}\` exited with code ${code}`,
    detail: output,
    hint: "the interpreter needs Python's `venv` module, and a writable directory",
  });
}
