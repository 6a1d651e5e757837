import { spawn } from 'node:child_process';

/** The ids of a user who is nobody else's. */
export const ORDINARY_ID = 65_534;

/** The words in front of a command that run it as an ordinary user. Needs root. */
export function ordinaryUser(): string[] {
  if (process.getuid?.() !== 0)
    throw new Error('two users are needed, and only root can be two: run the tests as root');
  return ['setpriv', `--reuid=${ORDINARY_ID}`, `--regid=${ORDINARY_ID}`, '--clear-groups', '--'];
}

/** How a program went. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, with this environment alone. */
export async function runProgram(
  words: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ended> {
  const [program = '', ...args] = words;
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ exitCode, stdout, stderr });
    });
  });
}

/** The same, and an error with its output if it does not end well. */
export async function runWell(...args: Parameters<typeof runProgram>): Promise<Ended> {
  const ended = await runProgram(...args);
  if (ended.exitCode === 0) return ended;
  throw new Error(`${args[0].join(' ')} ended with ${String(ended.exitCode)}:\n${ended.stdout}\n${ended.stderr}`);
}
