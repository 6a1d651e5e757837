import { ElementError } from '@wheelhouse/element';
import { isValidName, normalizeName } from '@wheelhouse/python/internal';
import { KEYWORDS, PROJECT_DIRECTORIES, STANDARD_LIBRARY, TEMPLATE_DISTRIBUTIONS } from './taken-modules.js';

/** The name of the package that a distribution contains: `my-app` contains `my_app`. */
export function moduleName(distribution: string): string {
  return normalizeName(distribution).replaceAll('-', '_');
}

/** Refuses what cannot name a distribution and a package in it. @throws ElementError NAME */
export function checkName(name: string): void {
  if (!isValidName(name)) {
    throw new ElementError({
      code: 'NAME',
      message: `\`${name}\` is not a distribution name`,
      hint: 'a name has ASCII letters, digits, `-`, `_` and `.`, and begins and ends with a letter or digit (PEP 508)',
    });
  }
  const module = moduleName(name);
  const reason = reasonAgainst(module);
  if (reason !== undefined) {
    throw new ElementError({
      code: 'NAME',
      message: `\`${name}\` would have a package \`${module}\`, which ${reason}`,
      hint: 'choose another name',
    });
  }
  checkDistribution(name, 'choose another name');
}

/**
 * Refuses the name of a distribution that generated projects use: everything that requires that distribution would get
 * the project.
 *
 * @throws ElementError NAME
 */
export function checkDistribution(name: string, hint: string): void {
  const distribution = normalizeName(name);
  if (!TEMPLATE_DISTRIBUTIONS.has(distribution)) return;
  throw new ElementError({
    code: 'NAME',
    message: `\`${name}\` is a distribution on the index that generated Python projects use: everything that requires \`${distribution}\` would get this project instead`,
    hint,
  });
}

function reasonAgainst(module: string): string | undefined {
  if (/^\d/.test(module)) return 'begins with a digit';
  if (KEYWORDS.has(module)) return 'is a Python keyword';
  if (PROJECT_DIRECTORIES.has(module)) return 'is a name with another meaning in a project';
  if (STANDARD_LIBRARY.has(module)) return "is a module of Python's standard library";
  return undefined;
}
