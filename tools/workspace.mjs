/** What the tools share. Built-in modules only: they run before the workspace's npm packages are there. */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's root directory. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Whether the module at `url` is the program that Node was asked to run. */
export function isMain(url) {
  const program = process.argv[1];
  return program !== undefined && realpathSync(program) === fileURLToPath(url);
}

/**
 * Runs a program with its output live on the terminal; answers its exit code and, where `capture` is set, the text it
 * wrote; `quiet` leaves its standard output out. A program ended by a signal, or that cannot be started, has the code 128 or 127.
 */
export function run(command, args, { cwd = root, env = process.env, capture = false, quiet = false } = {}) {
  return new Promise((resolve) => {
    const output = quiet ? 'ignore' : capture ? 'pipe' : 'inherit';
    const stdio = ['ignore', output, quiet ? 'inherit' : output];
    const child = spawn(command, args, { cwd, env, stdio });
    let text = '';
    for (const [stream, sink] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream?.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        sink.write(chunk);
      });
    }
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve({ code: 127, text });
    });
    child.on('close', (code) => resolve({ code: code ?? 128, text }));
  });
}

/** Seconds since `start` (a `performance.now()`), as people read them. */
export function secondsSince(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
