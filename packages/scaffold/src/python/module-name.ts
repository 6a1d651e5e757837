import { ElementError } from '@wheelhouse/element';
import { isValidName, normalizeName } from '@wheelhouse/python';

/** Python's keywords ("Lexical analysis, Keywords"): none of them can be imported. */
const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

/** The directories that a project has beside its package: a package of that name would take their place. */
const TAKEN = new Set(['tests', 'test', 'docs', 'docker', 'scripts', 'locks', 'src', 'build', 'dist', 'setup']);

/** The name of the package that a distribution brings: `my-app` brings `my_app`. */
export function moduleName(distribution: string): string {
  return normalizeName(distribution).replaceAll('-', '_');
}

/** Refuses what cannot name a distribution and a package in it. @throws ElementError NAME */
export function checkName(name: string): void {
  if (!isValidName(name)) {
    throw new ElementError({
      code: 'NAME',
      message: `\`${name}\` is no distribution name`,
      hint: 'a name has ASCII letters, digits, `-`, `_` and `.`, and begins and ends with a letter or digit (PEP 508)',
    });
  }
  const module = moduleName(name);
  if (/^\d/.test(module) || KEYWORDS.has(module) || TAKEN.has(module)) {
    throw new ElementError({
      code: 'NAME',
      message: `\`${name}\` would bring a package \`${module}\`, which ${reason(module)}`,
      hint: 'choose another name',
    });
  }
}

function reason(module: string): string {
  if (/^\d/.test(module)) return 'begins with a digit';
  return KEYWORDS.has(module) ? 'is a keyword of Python' : 'is the name of something else in a project';
}
