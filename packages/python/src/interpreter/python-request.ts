import type { Interpreter } from './interpreter.js';
import { isSpecifier, satisfies } from '../requirements/specifier.js';

/** A Python that is requested in the syntax of uv or pyenv. */
export interface PythonRequest {
  /** `sys.implementation.name`; any if absent. */
  readonly implementation?: string;
  /** What the version begins with, such as `3.12`. */
  readonly version?: string;
  /** Versions that will do. */
  readonly specifier?: string;
  /** Whether it is one without the global interpreter lock (PEP 703). */
  readonly isFreeThreaded: boolean;
  /** `sys.platform` and the machine of a request such as `cpython-3.12.1-linux-x86_64-gnu`. */
  readonly platform?: { readonly system: string; readonly machine: string };
}

/** uv's short and long names of implementations. https://docs.astral.sh/uv/concepts/python-versions/ */
const IMPLEMENTATIONS: Readonly<Record<string, string>> = {
  python: '',
  cpython: 'cpython',
  cp: 'cpython',
  pypy: 'pypy',
  pp: 'pypy',
  graalpy: 'graalpy',
  gp: 'graalpy',
};

const SYSTEMS: Readonly<Record<string, string>> = {
  linux: 'linux',
  macos: 'darwin',
  darwin: 'darwin',
  windows: 'win32',
};

/** `cpython-3.12.1-linux-x86_64-gnu`, as `uv python list` shows it. */
const KEY = /^([a-z]+)-([^-]+)(?:-([a-z]+)-([a-z0-9_]+)(?:-[a-z0-9]+)?)?$/;
const NAMED = /^([a-z]*)@?(\d.*)?$/;
/** pyenv names an implementation's own version after Python's: `pypy3.10-7.3.12`. */
const PYENV = /^([a-z]+\d\.\d+)-\d[\d.]*$/;
const VERSION = /^(\d+(?:\.\d+){0,2}(?:(?:a|b|rc)\d+)?)(t|\+freethreaded)?$/;
/** `312` in `cp312`. */
const SHORT = /^(3)(\d{1,2})(t|\+freethreaded)?$/;

/**
 * Reads what a `.python-version` or the option `python` asks for: `3.12`, `3.13t`, `cpython@3.12`, `pypy3.10`,
 * `cpython-3.12.1-linux-x86_64-gnu`, `>=3.12,<3.13`.
 *
 * @returns `undefined` if it is not one of these, such as a path, or the name of a command or of a virtual environment
 */
export function parsePythonRequest(given: string): PythonRequest | undefined {
  const text = given.trim().toLowerCase();
  if (/^[<>=!~]/.test(text)) {
    return isSpecifier(text) && /\d/.test(text) ? { specifier: text, isFreeThreaded: false } : undefined;
  }
  const [, key, keyVersion = '', system, machine] = KEY.exec(text) ?? [];
  if (key !== undefined && Object.hasOwn(IMPLEMENTATIONS, key) && /^\d/.test(keyVersion)) {
    const found = named(key, keyVersion);
    if (found === undefined || system === undefined || machine === undefined) return found;
    return { ...found, platform: { system: SYSTEMS[system] ?? system, machine } };
  }
  const [, name, version] = NAMED.exec(PYENV.exec(text)?.[1] ?? text) ?? [];
  if (name === undefined || (name !== '' && !Object.hasOwn(IMPLEMENTATIONS, name))) return undefined;
  // `python` alone is a command.
  if (version === undefined) return name === '' || name === 'python' ? undefined : named(name, undefined);
  return named(name, version);
}

function named(name: string, text: string | undefined): PythonRequest | undefined {
  const implementation = IMPLEMENTATIONS[name] ?? '';
  const base = implementation === '' ? {} : { implementation };
  if (text === undefined) return { ...base, isFreeThreaded: false };
  const [, major, minor, mark] = SHORT.exec(text) ?? [];
  if (major !== undefined && minor !== undefined && minor !== '') {
    return { ...base, version: `${major}.${minor}`, isFreeThreaded: mark !== undefined };
  }
  const [, version, threads] = VERSION.exec(text) ?? [];
  return version === undefined ? undefined : { ...base, version, isFreeThreaded: threads !== undefined };
}

/** Whether an interpreter is one that is asked for. */
export function answers(interpreter: Interpreter, request: PythonRequest): boolean {
  const { implementation, version, specifier, isFreeThreaded, platform } = request;
  const { markers } = interpreter;
  if (implementation !== undefined && interpreter.implementation !== implementation) return false;
  if (interpreter.abiFlags.includes('t') !== isFreeThreaded) return false;
  if (version !== undefined && interpreter.version !== version && !interpreter.version.startsWith(`${version}.`)) {
    return false;
  }
  if (specifier !== undefined && !satisfies(interpreter.version, specifier)) return false;
  if (platform === undefined) return true;
  const machine = { arm64: 'aarch64', amd64: 'x86_64' }[markers.platform_machine.toLowerCase()];
  const machines = [markers.platform_machine.toLowerCase(), machine];
  return platform.system === markers.sys_platform && machines.includes(platform.machine);
}

/** The commands that may be it, beside what pyenv has. */
export function commandsFor({ implementation, version, isFreeThreaded }: PythonRequest): string[] {
  const minor = version?.split('.').slice(0, 2).join('.');
  const stem = implementation === 'pypy' || implementation === 'graalpy' ? implementation : 'python';
  const exact = minor?.includes('.') === true ? [`${stem}${minor}${isFreeThreaded ? 't' : ''}`] : [];
  return [...exact, ...(stem === 'python' ? [] : [`${stem}3`, stem]), 'python3', 'python'];
}

/** The names under which pyenv may have installed it. */
export function pyenvNames({ implementation, version, isFreeThreaded }: PythonRequest): string[] {
  if (version === undefined) return [];
  if (implementation !== undefined && implementation !== 'cpython') return [`${implementation}${version}`];
  return [`${version}${isFreeThreaded ? 't' : ''}`];
}
