import { posix } from 'node:path';
import { ElementError, throwCollected } from '@wheelhouse/element';
import type { Interpreter } from '@wheelhouse/python';

/**
 * Checks that an interpreter takes every wheel, by their compatibility tags (PEP 425), the C library's among them.
 *
 * @param wheels paths @throws ElementErrors IMAGE, one for each wheel that does not fit
 */
export function checkFit(wheels: readonly string[], interpreter: Interpreter, base: string): void {
  const tags = new Set(interpreter.tags);
  const {
    implementation,
    version,
    tags: [best = ''],
  } = interpreter;
  throwCollected(
    wheels
      .map((path) => posix.basename(path))
      .filter((file) => !tagsOf(file).some((tag) => tags.has(tag)))
      .map(
        (file) =>
          new ElementError({
            code: 'IMAGE',
            message: `\`${file}\` does not fit the interpreter of the base ${base}: ${implementation} ${version}, whose best tag is \`${best}\``,
            hint: 'use a base with the interpreter that the wheels are built for, or build them for the interpreter of the base with the option `python`',
          }),
      ),
  );
}

/** The tags in a wheel's name, compressed sets written out (binary distribution format, "Compressed tag sets"). */
function tagsOf(file: string): string[] {
  const [pythons = '', abis = '', platforms = ''] = file
    .replace(/\.whl$/, '')
    .split('-')
    .slice(-3);
  return pythons
    .split('.')
    .flatMap((python) =>
      abis.split('.').flatMap((abi) => platforms.split('.').map((platform) => `${python}-${abi}-${platform}`)),
    );
}
