/** The normalised form of a distribution's or an extra's name (PEP 503, PEP 685): lower case, runs of `-_.` as one `-`. */
export function normalizeName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** Whether `name` can name a distribution (PEP 508). */
export function isValidName(name: string): boolean {
  return /^[a-z0-9]$|^[a-z0-9][a-z0-9._-]*[a-z0-9]$/i.test(name);
}
