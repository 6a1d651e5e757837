import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileStamp, replaceMemo } from '@wheelhouse/element/internal';
import type { Interpreter } from './interpreter.js';

const run = promisify(execFile);
/** The program with which a Python describes itself: an absolute path. It needs nothing beside it. */
export const PROBE_SCRIPT: string = join(__dirname, 'probe.py');
/** Raised whenever `probe.py` describes an interpreter in another way. */
const FORMAT = 1;
/** Interpreters remembered; those described longest ago are forgotten first. */
const CAPACITY = 50;

interface Entry {
  readonly path: string;
  readonly stat: string;
  /** The real program's, where `path` is a link or belongs to a virtual environment. */
  readonly realStat: string;
  readonly interpreter: Interpreter;
}

/**
 * Asks a Python to describe itself. The answer is remembered for as long as the file of that path, and the program it
 * stands for, are the same by their stat; a script that chooses an interpreter each time it runs is asked each time.
 *
 * @param memo a JSON file that remembers; without it nothing outlives the call
 * @returns `undefined` if the program is no Python 3, or does not run
 */
export async function probeInterpreter(path: string, memo?: string): Promise<Interpreter | undefined> {
  const entries = memo === undefined ? [] : readMemo(memo);
  const stat = statOf(path);
  if (stat === undefined) return undefined;
  const known = entries.find((entry) => entry.path === path && entry.stat === stat);
  if (known !== undefined && statOf(known.interpreter.executable) === known.realStat) return known.interpreter;
  const interpreter = await describe(path);
  if (interpreter === undefined) return undefined;
  const realStat = statOf(interpreter.executable);
  if (memo !== undefined && realStat !== undefined && !isScript(path)) {
    const others = entries.filter((entry) => entry.path !== path);
    writeMemo(memo, [...others, { path, stat, realStat, interpreter }].slice(-CAPACITY));
  }
  return interpreter;
}

/** Whether a program begins with `#!`: a shim, which may run another interpreter tomorrow. */
export function isScript(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(2);
    readSync(file, head);
    return head.toString('latin1') === '#!';
  } finally {
    closeSync(file);
  }
}

async function describe(path: string): Promise<Interpreter | undefined> {
  let answer: Omit<Interpreter, 'tagsDigest'>;
  try {
    const { stdout } = await run(path, ['-I', PROBE_SCRIPT], { maxBuffer: 1 << 24 });
    answer = JSON.parse(stdout) as Omit<Interpreter, 'tagsDigest'>;
  } catch {
    // Not a Python 3, or one that cannot start: no candidate.
    return undefined;
  }
  return asInterpreter(answer);
}

/** What `probe.py` has answered, with what stands for its tags. */
export function asInterpreter(answer: Omit<Interpreter, 'tagsDigest'>): Interpreter {
  const tagsDigest = createHash('sha256')
    .update(JSON.stringify([answer.implementation, answer.version, answer.tags]))
    .digest('hex');
  return { ...answer, tagsDigest };
}

function statOf(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat?.isFile() === true ? fileStamp(stat) : undefined;
}

function readMemo(path: string): readonly Entry[] {
  try {
    const memo = JSON.parse(readFileSync(path, 'utf8')) as { format?: unknown; entries?: readonly Entry[] };
    return memo.format === FORMAT ? (memo.entries ?? []) : [];
  } catch {
    // No memo yet, or one cut short: the interpreter is run again.
    return [];
  }
}

function writeMemo(path: string, entries: readonly Entry[]): void {
  replaceMemo(path, JSON.stringify({ format: FORMAT, entries }));
}
