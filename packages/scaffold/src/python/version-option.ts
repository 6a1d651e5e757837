/**
 * The option `python` as text. Nx hands on a version as a number wherever it looks like one, by which `3.10` becomes
 * 3.1: no Python that is called so can be meant.
 */
export function pythonOption(value: string | number | undefined): string | undefined {
  if (typeof value !== 'number') return value;
  return value === 3.1 ? '3.10' : String(value);
}

/**
 * What `.python-version` says for an option `python`: a version as it was given, else the first two numbers of the
 * interpreter that was named, since a path holds on one machine.
 */
export function versionFileText(option: string, python: string): string {
  const version = /^(?:python-?)?(\d+\.\d+(?:\.\d+)?)$/.exec(option)?.[1];
  return `${version ?? python}\n`;
}
