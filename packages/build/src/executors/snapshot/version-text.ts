/**
 * The option `python` as text. Nx reads `--python 3.12` as a number, and `3.10` as 3.1, which no Python that can be
 * built for is called.
 */
export function versionText(python: string | number | undefined): string | undefined {
  if (typeof python !== 'number') return python;
  return /^3\.[1-7]$/.test(String(python)) ? `${python}0` : String(python);
}
