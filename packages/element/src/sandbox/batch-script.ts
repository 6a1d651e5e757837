import type { Step } from '../plugin/ports.js';
import { SANDBOX_UMASK } from './contract.js';

/** The file descriptor on which the batch says which step it begins. No command inherits it. */
export const STATUS_FD = 3;

/**
 * The POSIX sh script that runs `steps` one after the other and stops at the first that fails, with its exit code
 * (BuildStream 2.8's batch). Before a step begins, its index is a line on {@link STATUS_FD} and `+ LABEL` a line of the
 * log; commands have `/dev/null` as their input and standard output as their error output.
 *
 * A shell adds variables of its own (`PWD`, `OLDPWD`, `SHLVL`) and drops those whose names it cannot hold, so a command
 * is started by `env -i`. A root without `env` makes do with the shell's own means.
 */
export function batchScript(steps: readonly Step[]): string {
  const names = new Set(steps.flatMap((step) => Object.keys(step.environment)).filter(isShellName));
  const preamble = [
    'exec 2>&1',
    `umask ${SANDBOX_UMASK.toString(8).padStart(4, '0')}`,
    'if command -v env >/dev/null 2>&1',
    'then launch() { exec env -i "$@"; }',
    'else launch() {',
    `unset PWD OLDPWD SHLVL ${[...names].join(' ')}`,
    'while :; do case $1 in *=*) export "$1"; shift;; *) break;; esac; done',
    'exec "$@"',
    '}; fi',
    'begin() { printf \'%s\\n\' "$1" >&3; printf \'+ %s\\n\' "$2"; }',
    'fail() { printf "Command \'%s\' failed with exitcode %s\\n" "$2" "$1"; exit "$1"; }',
  ];
  return [...preamble, ...steps.map(stepScript), 'exit 0', ''].join('\n');
}

function stepScript(step: Step, index: number): string {
  const label = shellQuote(step.label);
  const cwd = shellQuote(step.cwd);
  const assignments = Object.entries(step.environment).map(([name, value]) => shellQuote(`${name}=${value}`));
  const command = ['launch', ...assignments, ...step.argv.map(shellQuote)].join(' ');
  return [
    `begin ${index} ${label}`,
    `( { [ -d ${cwd} ] || mkdir -p ${cwd}; } && cd ${cwd} && ${command} ) ${STATUS_FD}>&- </dev/null || fail $? ${label}`,
  ].join('\n');
}

/** `text` as one word of POSIX sh. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function isShellName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
