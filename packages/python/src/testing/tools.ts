import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { Io } from '@wheelhouse/element';
import { chooseInterpreter, findPython } from '../interpreter/choose-interpreter.js';
import type { Interpreter } from '../interpreter/interpreter.js';
import { ensureTools, type Tools } from '../tools/ensure-tools.js';

/** Discards output, and ignores the end of single streams. */
export const io: Io = { log: { write: () => undefined }, signal: new AbortController().signal };

/** One tools environment for all test files, kept between runs. */
export async function sharedTools(): Promise<Tools> {
  const store = join(__dirname, '..', '..', '..', '..', 'node_modules', '.cache', 'wheelhouse-tests');
  return await ensureTools({
    store,
    python: () => findPython(process.env, undefined, '>=3.10'),
    environment: process.env,
    io,
  });
}

/** The interpreter that tests run with. */
export async function anInterpreter(): Promise<Interpreter> {
  const workspace = temporaryDirectory();
  return await chooseInterpreter({
    project: workspace,
    projectName: 'tests',
    workspace,
    requiresPython: '>=3.10',
    environment: process.env,
  });
}

const made: string[] = [];
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** A new directory, which goes when the tests of the file that asked for it have ended. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-python-'));
  made.push(directory);
  return directory;
}
