import { posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { parseFilename, type Interpreter } from '@wheelhouse/python/internal';

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
      .filter((file) => !(parseFilename(file)?.tags ?? []).some((tag) => tags.has(tag)))
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
