/** The page of the codes of users' errors, from the interfaces that declare them. */
import ts from 'typescript';
import { commentOf, madeBy, nodesOf, sources, table } from './page.mjs';

/** Every code with the package that declares it and what its comment says. */
export function errorCodes() {
  return sources().flatMap(({ packageName, file }) =>
    [...nodesOf(file)]
      .filter((node) => ts.isInterfaceDeclaration(node) && node.name.text === 'ErrorCodes')
      .flatMap((node) => node.members.map((member) => [member.name.text, packageName, commentOf(member)])),
  );
}

/** The page of all codes. */
export function errorCodesPage() {
  const rows = errorCodes()
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, packageName, meaning]) => [`\`${code}\``, `\`@wheelhouse/${packageName}\``, meaning]);
  return [
    '# Error codes',
    madeBy('the declarations of `ErrorCodes`'),
    'An `ElementError` has one of these as its `code`. Plugins add theirs by declaration merging. The codes of loading are named as in BuildStream.',
    table(['code', 'declared by', 'meaning'], rows),
  ].join('\n\n');
}
