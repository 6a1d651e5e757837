import { shellQuote } from '../base/shell-quote.js';
import { compareBytes } from '../cas/directory.js';
import type { Refusal, Step } from '../plugin/ports.js';
import { SANDBOX_UMASK } from './contract.js';

/** One program that runs all steps of an action: what every sandbox starts, and what REAPI's `Command` names. */
export interface BatchCommand {
  /** The program, found by the `PATH` of `environment`, and its arguments. */
  readonly arguments: readonly string[];
  /** What the environments of all steps have in common, sorted by name. The program gives each step exactly its own. */
  readonly environment: readonly (readonly [name: string, value: string])[];
}

/** Linux takes no longer argument (MAX_ARG_STRLEN, execve(2)), counting the zero byte at its end. */
const LONGEST_ARGUMENT = 128 * 1024;

/** Each argument is a piece of the script, so that not all of it has to fit into one. */
const RUN_PARTS = 'for part do eval "$part"; done';

/** The line on the program's standard error when a step begins. Commands do not inherit that file. */
const STATUS = /^step (\d+)$/;

/**
 * Runs `steps` one after the other and stops at the first that fails, with its exit code (BuildStream 2.8's batch).
 * Before a step begins, `+ LABEL` is a line of the standard output, which is the log, and `step INDEX` a line of the
 * standard error, which {@link readBatchStatus} reads. Commands have `/dev/null` as their input, and the log for both of
 * their outputs.
 *
 * A shell adds variables of its own (`PWD`, `OLDPWD`, `SHLVL`) and drops those whose names it cannot hold, so a command
 * is started by `env -i`. In a root without `env` the shell's own means are used.
 */
export function batchCommand(steps: readonly Step[]): BatchCommand {
  const environments = new Map<string, string>();
  const parts = steps.map((step, index) => stepScript(step, index, launcherOf(step, environments)));
  return {
    arguments: ['sh', '-c', RUN_PARTS, 'sh', preamble(steps), ...environments.values(), ...parts],
    environment: sharedEnvironment(steps),
  };
}

/** The index of the last step that a batch began, from its standard error; `undefined` if it began none. */
export function readBatchStatus(errorOutput: string): number | undefined {
  const begun = errorOutput.split('\n').flatMap((line) => STATUS.exec(line)?.[1] ?? []);
  const last = begun.at(-1);
  return last === undefined ? undefined : Number(last);
}

/** Why a batch cannot start a step, in any sandbox. */
export function refuseStep(step: Step): Refusal | undefined {
  const { argv, environment, label } = step;
  const [program] = argv;
  if (program === undefined || program === '' || program.includes('=') || program.startsWith('-')) {
    return {
      message: `\`${program ?? ''}\` of '${label}' cannot be the name of a program`,
      hint: 'run it with `sh -c`',
    };
  }
  const name = Object.keys(environment).find((key) => key === '' || key.includes('=') || key.startsWith('-'));
  if (name !== undefined) return { message: `\`${name}\` of '${label}' cannot be the name of a variable` };
  const texts = [...argv, ...Object.entries(environment).flat()];
  if (texts.some((text) => text.includes('\0'))) return { message: `'${label}' contains a NUL byte` };
  return refuseLength(step);
}

function refuseLength(step: Step): Refusal | undefined {
  const environments = new Map<string, string>();
  const parts = [stepScript(step, 0, launcherOf(step, environments)), ...environments.values()];
  if (parts.every((part) => Buffer.byteLength(part) < LONGEST_ARGUMENT)) return undefined;
  return {
    message: `'${firstLine(step.label)}' is too long: the maximum for a command, and for its environment, is ${LONGEST_ARGUMENT} bytes`,
    hint: 'move the commands into a script in the sources',
  };
}

function firstLine(label: string): string {
  const [line = ''] = label.split('\n');
  return line.length <= 60 ? line : `${line.slice(0, 60)}...`;
}

function preamble(steps: readonly Step[]): string {
  const names = new Set(steps.flatMap((step) => Object.keys(step.environment)).filter(isShellName));
  return [
    // The status goes where the standard error went; commands do not inherit it.
    'exec 3>&2 2>&1',
    `umask ${SANDBOX_UMASK.toString(8).padStart(4, '0')}`,
    'if command -v env >/dev/null 2>&1',
    'then launch() { exec env -i "$@"; }',
    'else launch() {',
    `unset PWD OLDPWD SHLVL ${[...names].sort(compareBytes).join(' ')}`,
    'while :; do case $1 in *=*) export "$1"; shift;; *) break;; esac; done',
    'exec "$@"',
    '}; fi',
    'begin() { printf \'step %s\\n\' "$1" >&3; printf \'+ %s\\n\' "$2"; }',
    'fail() { printf "Command \'%s\' failed with exitcode %s\\n" "$2" "$1"; exit "$1"; }',
  ].join('\n');
}

/** The function that starts a command in the environment of `step`; written once for all steps that have the same. */
function launcherOf({ environment }: Step, known: Map<string, string>): string {
  const assignments = sorted(environment).map(([name, value]) => shellQuote(`${name}=${value}`));
  const command = ['launch', ...assignments, '"$@"'].join(' ');
  if (!known.has(command)) known.set(command, `launch${known.size}() { ${command}; }`);
  return `launch${[...known.keys()].indexOf(command)}`;
}

function stepScript({ argv, cwd, label }: Step, index: number, launcher: string): string {
  const directory = shellQuote(cwd);
  const command = [launcher, ...argv.map(shellQuote)].join(' ');
  return [
    `begin ${index} ${shellQuote(label)}`,
    `( { [ -d ${directory} ] || mkdir -p ${directory}; } && cd ${directory} && ${command} ) 3>&- </dev/null || fail $? ${shellQuote(label)}`,
  ].join('\n');
}

function sharedEnvironment(steps: readonly Step[]): (readonly [string, string])[] {
  const [first, ...others] = steps;
  if (first === undefined) return [];
  return sorted(first.environment).filter(([name, value]) =>
    others.every(({ environment }) => Object.hasOwn(environment, name) && environment[name] === value),
  );
}

function sorted(environment: Readonly<Record<string, string>>): (readonly [string, string])[] {
  return Object.entries(environment).sort(([a], [b]) => compareBytes(a, b));
}

function isShellName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
